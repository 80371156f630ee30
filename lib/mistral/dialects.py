"""The three dialects: how a recipe becomes a request body, and how a chunk of the answer is parsed.

text     prompt   -> outputs[0].text                 AWS docs, model-parameters-mistral-text-completion, 2026
message  messages -> choices[0].message.content      AWS docs, model-parameters-mistral-chat-completion, 2026
delta    messages -> choices[0].delta.content        AWS model cards and AWS samples, 2026; no parameter page
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from lib.mistral.guardrail import findings
from lib.mistral.prompt import render
from lib.mistral.recipe import Recipe


class ChunkError(ValueError):
    """The bytes of a chunk are not a JSON object."""


@dataclass(frozen=True)
class Usage:
    """What the service measured: tokens, and times in ms if it reports them.

    `cached_tokens`: how many of the input tokens were read from the model's cache.
    """

    input_tokens: int
    output_tokens: int
    latency_ms: int | None
    first_byte_ms: int | None
    cached_tokens: int = 0


@dataclass(frozen=True)
class Chunk:
    """One piece of an answer. `text` continues the text of earlier chunks and may be empty. So does
    `thinking`, which is what a model says to itself before it answers.

    `stop_reason` (stop, length, tool_calls, ...) and `usage` arrive once, near the end. A stream without a
    stop reason was cut off. `blocked`: a guardrail replaced the answer with its own message. `guardrail`:
    what it found; None without one (lib/mistral/guardrail.py).
    """

    text: str
    stop_reason: str | None
    usage: Usage | None
    blocked: bool
    thinking: str = ""
    guardrail: tuple[str, ...] | None = None


def body(recipe: Recipe) -> bytes:
    """The JSON to send for a recipe, in UTF-8, with the keys in the order of the AWS docs.

    A parameter that is None is not sent. An empty stop list is not sent either, because the AWS docs do not
    list stop for every model.
    """
    stop = list(recipe.stop) or None
    if recipe.model.dialect == "text":
        fields: dict[str, object] = {
            "prompt": render(recipe.system, recipe.messages),
            "max_tokens": recipe.max_tokens,
            "stop": stop,
            "temperature": recipe.temperature,
            "top_p": recipe.top_p,
            "top_k": recipe.top_k,
        }
    else:
        fields = {
            "messages": _messages(recipe),
            "max_tokens": recipe.max_tokens,
            "top_p": recipe.top_p,
            "temperature": recipe.temperature,
            "stop": stop,
        }
    sent = {name: value for name, value in fields.items() if value is not None}
    return json.dumps(sent, ensure_ascii=False).encode()


def read_chunk(data: bytes) -> Chunk:
    """The chunk in the bytes of one event that is one whole object. Raises ChunkError.

    A `lib.mistral.chunks.ChunkReader` reads the events of a whole answer, however they were cut.
    """
    try:
        fields = json.loads(data)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise ChunkError("A chunk of the answer is not a JSON object.")
    chunk = parsed(fields)
    return replace(chunk, text=_displayable(chunk.text), thinking=_displayable(chunk.thinking))


def parsed(fields: dict[str, Any]) -> Chunk:
    """The chunk in one object, in any of the three dialects; a character may be cut at the end of its text.

    Fields that are missing, null or of an unexpected type count as absent, because the exact chunks of the
    delta dialect are not documented.
    """
    choice = _first(fields.get("outputs")) or _first(fields.get("choices"))
    said = _dict(choice.get("delta")) or _dict(choice.get("message"))
    reason = choice.get("stop_reason") or choice.get("finish_reason")
    return Chunk(
        text=_text(choice.get("text")) or _text(said.get("content")),
        stop_reason=reason if isinstance(reason, str) and reason else None,
        usage=_usage(fields),
        blocked=fields.get("amazon-bedrock-guardrailAction") == "INTERVENED",
        thinking=_thinking(said),
        guardrail=findings(fields),
    )


def _messages(recipe: Recipe) -> list[dict[str, str]]:
    messages = [{"role": turn.role, "content": turn.text} for turn in recipe.messages]
    if recipe.system.strip():
        messages.insert(0, {"role": "system", "content": recipe.system})
    return messages


def _text(content: object) -> str:
    if isinstance(content, list):
        # Mistral's own API sends the answer of reasoning models as a list of parts.
        parts = [part.get("text") if isinstance(part, dict) else part for part in content]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _thinking(said: dict[str, Any]) -> str:
    """The thinking in a message: parts of the content, or a field beside it."""
    content = said.get("content")
    parts = [_dict(part).get("thinking") for part in content] if isinstance(content, list) else []
    beside = (said.get(name) for name in ("reasoning_content", "reasoning", "thinking"))
    return "".join(map(_text, parts)) or next(filter(None, map(_text, beside)), "")


def _displayable(text: str) -> str:
    """JSON can contain half a surrogate pair as an escape, which can be neither displayed nor stored."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _usage(fields: dict[str, Any]) -> Usage | None:
    metrics = _dict(fields.get("amazon-bedrock-invocationMetrics"))
    # The delta dialect has OpenAI's chunk format, and so perhaps OpenAI's field for usage.
    openai = _dict(fields.get("usage"))
    read = _count(metrics.get("inputTokenCount")), _count(metrics.get("outputTokenCount"))
    # Bedrock counts what is read from the cache, or written into it, apart from the other input tokens.
    cached = _count(metrics.get("cacheReadInputTokenCount")) or 0
    apart = cached + (_count(metrics.get("cacheWriteInputTokenCount")) or 0)
    if None in read:
        read = _count(openai.get("prompt_tokens")), _count(openai.get("completion_tokens"))
        details = _dict(openai.get("prompt_tokens_details"))
        cached, apart = _count(details.get("cached_tokens")) or 0, 0  # OpenAI counts it as part of the prompt
    if read[0] is None or read[1] is None:
        return None
    latency, first_byte = metrics.get("invocationLatency"), metrics.get("firstByteLatency")
    total = read[0] + apart
    return Usage(total, read[1], _count(latency), _count(first_byte), min(cached, total))


def _count(value: object) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _first(value: object) -> dict[str, Any]:
    return _dict(value[0]) if isinstance(value, list) and value else {}
