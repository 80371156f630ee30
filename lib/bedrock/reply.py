"""The handle of one answer, running or ended. A running one has a thread that reads the event stream.

A reply ends with its stream, or earlier: by `close`, because somebody pressed Stop, or by `leave`, because
its tab is gone (`lib.bedrock.live_replies.follow`). `close` and `leave` cut the connection, so that the model
stops and nothing more is billed.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Protocol, Self

from botocore.exceptions import ClientError

from lib.bedrock.answer import Answer, Beat, Status
from lib.bedrock.connection import CallSocket
from lib.bedrock.gate import FreePermit, Permit, Refused
from lib.bedrock.plain_body import check_is_stream
from lib.bedrock.problems import Problem, blocked, broken_off, cut_short, empty_answer, left, still_thinking
from lib.bedrock.unbegun import NOT_READY, never_began
from lib.mistral.chunks import ChunkReader
from lib.mistral.dialects import Chunk, Usage
from lib.mistral.recipe import Recipe

PATIENCE_S = (0.5, 1.5)
"""Seconds before each new attempt to send a call that was refused."""
_FOLLOW_S = 0.25
"""The longest wait of an iteration for new text, in seconds."""
LINGER_S = 1.0
"""The longest wait for the end of a stream whose answer is complete, in seconds: text may still follow."""


class Explain(Protocol):
    """Turns an exception into a Problem (see `lib.bedrock.problems.explain`)."""

    def __call__(self, error: BaseException, *, shown: bool, request_id: str | None) -> Problem: ...


class _EndedError(Exception):
    """The reply was ended before its request was sent."""


class Reply:
    """Iterate over a reply for its text as it arrives; this can be repeated. `close()` stops it. `answer` can
    be read at any time.

    `call` performs `invoke_model_with_response_stream` and returns boto3's response; it runs on the reader
    thread. Errors of the call are not raised: `answer.problem` describes them. `Reply.of` makes the reply of
    an answer that has ended: restored from the browser, or shared by somebody.

    `reserve` returns the permit to call, or raises Refused; it runs on the reader thread, too. The permit is
    settled or released when the reply ends.
    """

    def __init__(
        self,
        recipe: Recipe,
        call: Callable[[], Mapping[str, Any]],
        explain: Explain,
        *,
        reserve: Callable[[], Permit] = FreePermit,
        patience_s: tuple[float, ...] = PATIENCE_S,
    ) -> None:
        self._prepare(recipe)
        self._call, self._explain, self._patience_s = call, explain, patience_s
        self._reserve = reserve
        threading.Thread(target=self._read_stream, name="answer-reader", daemon=True).start()

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """The reply whose whole answer is known. Raises ValueError for an answer that is still running."""
        if answer.status == "running":
            raise ValueError("an answer that is running has no end yet")
        reply = cls.__new__(cls)
        reply._prepare(answer.recipe)
        reply._chunks = [answer.text]
        reply._answer = answer
        reply._ended.set()
        return reply

    def _prepare(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self._answer: Answer | None = None  # set at the end
        self._permit: Permit | None = None
        self._may_have_begun = False  # True from the moment in which a request may reach the model
        self._changed = threading.Condition()
        self._ended = threading.Event()
        self._when_ended: list[Callable[[], object]] = []
        self._socket = CallSocket()
        self._reader = ChunkReader()
        self._chunks: list[str] = []
        self._thinking: list[str] = []
        self._thinking_since_ms: float | None = None
        self._first_text_ms: float | None = None
        self._timeline: list[Beat] = []
        self._raw: list[bytes] = []
        self._stop_reason: str | None = None
        self._usage: Usage | None = None
        self._problem: Problem | None = None
        self._request_id: str | None = None
        self._guardrail: tuple[str, ...] | None = None
        self._tier: str | None = None
        self._started = time.monotonic()
        self._made_on = date.today()
        self._lingering: threading.Timer | None = None

    @property
    def ended(self) -> bool:
        """True once nothing more will arrive."""
        return self._ended.is_set()

    @property
    def answer(self) -> Answer:
        """What has arrived so far; always the same object once the reply has ended."""
        with self._changed:
            return self._answer or self._so_far("running", self._problem)

    def _so_far(self, status: Status, problem: Problem | None) -> Answer:
        return Answer(
            recipe=self.recipe,
            text="".join(self._chunks),
            status=status,
            stop_reason=self._stop_reason,
            usage=self._usage,
            timeline=tuple(self._timeline),
            duration_ms=self._elapsed_ms(),
            request_id=self._request_id,
            problem=problem,
            made_on=self._made_on,
            thinking="".join(self._thinking),
            thinking_ms=self._thinking_ms(),
            guardrail=self._guardrail,
            tier=self._tier,
            chunks=tuple(raw.decode(errors="replace") for raw in self._raw),
        )

    @property
    def thinking_ms(self) -> float | None:
        """How long the model thought, or has thought so far; None if it has not begun to."""
        with self._changed:
            return self._answer.thinking_ms if self._answer else self._thinking_ms()

    def forget_chunks(self) -> None:
        """Free the raw chunks of a reply that has ended; only the page's X-ray shows them."""
        with self._changed:
            if self._answer:
                self._answer = replace(self._answer, chunks=())

    def read(self, seen: int, timeout: float) -> list[str]:
        """The pieces of text after the first `seen`; waits up to `timeout` seconds for one."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._chunks) > seen or self.ended, timeout)
            return self._chunks[seen:]

    def wait_ended(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the end; True if the reply has ended."""
        return self._ended.wait(timeout)

    def when_ended(self, callback: Callable[[], object]) -> None:
        """Call `callback` once, on the thread that ends the reply; at once if it has ended already."""
        with self._changed:
            if not self.ended:
                self._when_ended.append(callback)
                return
        callback()

    def __iter__(self) -> Iterator[str]:
        seen = 0
        while True:
            ended = self.ended  # read before the text, so that no text between the two is lost
            new = self.read(seen, _FOLLOW_S)
            seen += len(new)
            yield from new
            if ended and not new:
                return

    def close(self) -> None:
        """Stop the answer and keep its text. Returns at once; the connection is cut and the model stops."""
        if self._end("stopped"):
            self._socket.cut()

    def leave(self, outage: bool = False) -> None:
        """Stop the answer because its tab is gone, or has been out of reach for too long (`outage`).

        As `close`, but the status is "broken" or "failed", and the Problem is `left`.
        """
        shown = any(self._chunks)
        if self._end("broken" if shown else "failed", left(outage=outage, shown=shown, **self._about())):
            self._socket.cut()

    def _about(self) -> dict[str, Any]:
        return {"model_name": self.recipe.model.name, "request_id": self._request_id}

    def _elapsed_ms(self) -> float:
        return (time.monotonic() - self._started) * 1000

    def _read_stream(self) -> None:
        body = None
        try:
            self._take_permit()
            with self._socket.carrying():
                response = self._send()
                body = response["body"]
                self._request_id = response["ResponseMetadata"].get("RequestId")
                self._tier = response.get("serviceTier")
                check_is_stream(response)
                for event in body:
                    if "chunk" in event:
                        self._take(event["chunk"].get("bytes", b""))
            self._end_without_error()
        except BaseException as error:  # this is a thread: an error that it raised would reach nobody
            self._end_with(error)
        finally:
            if body is not None:
                with contextlib.suppress(Exception):
                    body.close()

    def _take_permit(self) -> None:
        permit = self._reserve()
        with self._changed:
            if not self.ended:
                self._permit = permit
                return
        permit.release()
        raise _EndedError

    def _send(self) -> Mapping[str, Any]:
        """The response to the request, which is sent again after a pause if the model is not ready yet."""
        for pause in (*self._patience_s, None):
            with self._changed:
                if self.ended:
                    raise _EndedError
                self._may_have_begun = True
            self._socket.sent = False
            try:
                return self._call()
            except Exception as error:
                if self._socket.sent and not never_began(error):
                    raise
                with self._changed:
                    self._may_have_begun = False
                again = isinstance(error, ClientError) and error.response["Error"]["Code"] in NOT_READY
                if not again or pause is None or self._ended.wait(pause):
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _take(self, raw: bytes) -> None:
        with self._changed:
            if self.ended:
                return
            self._raw.append(raw)
            chunks = self._reader.read(raw)
            self._timeline.append(Beat(self._elapsed_ms(), sum(len(chunk.text) for chunk in chunks)))
            if text := "".join(chunk.text for chunk in chunks):
                self._chunks.append(text)
            for chunk in chunks:
                self._note(chunk)
            self._changed.notify_all()
        if self._stop_reason and self._usage and not self._lingering:
            self._lingering = threading.Timer(LINGER_S, self._end_without_error)
            self._lingering.daemon = True
            self._lingering.start()

    def _note(self, chunk: Chunk) -> None:
        """Store what a chunk says besides its text. The lock is held."""
        self._stop_reason = chunk.stop_reason or self._stop_reason
        self._usage = chunk.usage or self._usage
        if chunk.blocked:
            self._problem = blocked(**self._about())
        if chunk.guardrail is not None:
            self._guardrail = tuple(dict.fromkeys((*(self._guardrail or ()), *chunk.guardrail)))
        if chunk.thinking:
            self._thinking.append(chunk.thinking)
            self._thinking_since_ms = self._thinking_since_ms or self._elapsed_ms()
        if chunk.text and self._first_text_ms is None:
            self._first_text_ms = self._elapsed_ms()

    def _take_rest(self) -> None:
        """Add the text that the chunk reader held back to the last chunk. The lock is held."""
        rest = self._reader.finish()
        if rest.text and self._timeline:
            last = self._timeline[-1]
            self._timeline[-1] = last._replace(characters=last.characters + len(rest.text))
            self._chunks.append(rest.text)
        self._note(rest)

    def _thinking_ms(self) -> float | None:
        """How long the model has thought: up to its first text, or up to now."""
        if self._thinking_since_ms is None:
            return None
        until = self._first_text_ms or self._elapsed_ms()
        return until - self._thinking_since_ms

    def _end_without_error(self) -> bool:
        with self._changed:
            self._take_rest()
        shown = any(self._chunks)
        about = self._about()
        if not self._stop_reason and self._problem is None:
            return self._end("broken" if shown else "failed", broken_off(shown=shown, **about))
        problem = self._problem
        if problem is None and self._stop_reason == "length":
            ending = cut_short if shown or not self._thinking else still_thinking
            problem = ending(max_tokens=self.recipe.max_tokens, **about)
        elif problem is None and not shown:
            problem = empty_answer(**about)
        return self._end("complete", problem)

    def _end_with(self, error: BaseException) -> bool:
        if self._stop_reason:  # the answer was complete before the error
            return self._end_without_error()
        with self._changed:
            self._take_rest()
        shown = any(self._chunks)
        if isinstance(error, Refused):
            problem = error.problem
        else:
            problem = self._explain(error, shown=shown, request_id=self._request_id)
        return self._end("broken" if shown else "failed", problem)

    def _end(self, status: Status, problem: Problem | None = None) -> bool:
        """Set the final status. Only the first call has an effect; True for this one."""
        with self._changed:
            if self.ended:
                return False
            if self._lingering:
                self._lingering.cancel()
            self._take_rest()
            self._answer = self._so_far(status, problem)
            self._timeline, self._raw = [], []
            self._settle(
                status
            )  # before anybody learns of the end: the next call needs the rest of the budget
            self._ended.set()
            self._changed.notify_all()
            callbacks, self._when_ended = self._when_ended, []
        for callback in callbacks:
            callback()
        return True

    def _settle(self, status: Status) -> None:
        if self._permit is None:
            return
        if self._may_have_begun:
            self._permit.settle(self._usage if status == "complete" else None)
        else:
            self._permit.release()
