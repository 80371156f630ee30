"""The forms in which real services send an answer, for tests and for developers of other clients.

`payloads` returns the payloads of the events of one answer, in the chosen form. An endpoint sends each
payload as one event. The forms are those of `lib.mistral.chunks`; sources are named there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lib.local.engine import End

Json = dict[str, Any]

THOUGHT = (
    "Okay, ", "somebody ", "asks ", "me ", "something. ", "First ", "I ", "read ", "it ", "once ", "more, ",
    "then ", "I ", "choose ", "my ", "words, ", "and ", "then ", "I ", "answer.",
)  # fmt: skip
"""What this endpoint sends as thinking, one token each, because its model does not think."""
_METRICS = {
    "inputTokenCount": 9,
    "outputTokenCount": 9,
    "invocationLatency": 2400,
    "firstByteLatency": 300,
}


def payloads(
    form: str,
    thinking: Sequence[str],
    text: Sequence[str],
    reason: str = "stop",
    metrics: Mapping[str, int] = _METRICS,
) -> list[bytes]:
    """One answer in this form. Raises KeyError for a form that is not in FORMS."""
    return FORMS[form](list(thinking), list(text), _last(reason, metrics))


def played(form: str, text: Sequence[str], end: End, most: int, metrics: Mapping[str, int]) -> list[bytes]:
    """The answer of the model in this form, after some thinking if the form has a place for it.

    `most`: how many tokens the answer and the thinking may have together. `metrics` are of the answer alone.
    """
    thinking = THOUGHT[:most] if form in THINKING_FORMS else ()
    said = text[: most - len(thinking)]
    reason = end.stop_reason if len(said) == len(text) else "length"
    tokens = end.output_tokens - (len(text) - len(said)) + len(thinking)
    return payloads(form, thinking, said, reason, {**metrics, "outputTokenCount": tokens})


def _delta(content: object = None, **more: object) -> Json:
    said = {"role": "assistant", **({} if content is None else {"content": content}), **more}
    return {"choices": [{"index": 0, "delta": said, "finish_reason": None}]}


def _last(reason: str, metrics: Mapping[str, int]) -> Json:
    return {
        "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": reason}],
        "amazon-bedrock-invocationMetrics": dict(metrics),
    }


def _encoded(documents: Sequence[Json]) -> list[bytes]:
    return [json.dumps(document, ensure_ascii=False).encode() for document in documents]


def _whole(thinking: list[Json], text: list[str], last: Json) -> list[bytes]:
    return _encoded([*thinking, *(_delta(piece) for piece in text), last])


def _parts(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
    """Thinking as parts of the content, as Mistral's own API sends it."""
    inner = ([{"type": "thinking", "thinking": [{"type": "text", "text": piece}]}] for piece in thinking)
    return _whole([_delta(part) for part in inner], text, last)


def _field(name: str) -> Callable[[list[str], list[str], Json], list[bytes]]:
    """Thinking in a field beside the content, as servers with OpenAI's chunk format send it."""

    def made(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
        return _whole([_delta(**{name: piece}) for piece in thinking], text, last)

    return made


def _tags(opening: str, closing: str) -> Callable[[list[str], list[str], Json], list[bytes]]:
    """Thinking inside the text, between tags; the text is cut into pieces of three characters."""

    def made(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
        whole = opening + "".join(thinking) + (closing + "\n\n" + "".join(text) if text else "")
        pieces = [whole[at : at + 3] for at in range(0, len(whole), 3)]
        return _whole([], pieces, last)

    return made


def _empty_events(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
    return [event for each in _whole([], thinking + text, last) for event in (b"", each, b" ")]


def _two_in_one(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
    events = _whole([], thinking + text, last)
    return [b"\n".join(events[at : at + 2]) for at in range(0, len(events), 2)]


def _text_after_the_end(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
    *before, end = _whole([], thinking + text, last)
    return [*before[:-1], end, *before[-1:]]


def _cut_anywhere(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
    """Events of seven bytes: they end inside objects and inside characters."""
    stream = b"".join(_whole([], thinking + text, last))
    return [stream[at : at + 7] for at in range(0, len(stream), 7)]


def _half_characters(thinking: list[str], text: list[str], last: Json) -> list[bytes]:
    """Each UTF-16 unit in an event of its own, so that the halves of an emoji are apart."""
    halves = "".join(thinking + text).encode("utf-16-be")
    units = [halves[at : at + 2].decode("utf-16-be", "surrogatepass") for at in range(0, len(halves), 2)]
    documents = [*(_delta(unit) for unit in units), last]
    return [json.dumps(document).encode() for document in documents]


FORMS: Mapping[str, Callable[[list[str], list[str], Json], list[bytes]]] = {
    "parts": _parts,
    "reasoning_content": _field("reasoning_content"),
    "reasoning": _field("reasoning"),
    "think-brackets": _tags("[THINK]", "[/THINK]"),
    "think-angles": _tags("<think>", "</think>"),
    "empty-events": _empty_events,
    "two-in-one": _two_in_one,
    "text-after-the-end": _text_after_the_end,
    "cut-anywhere": _cut_anywhere,
    "half-characters": _half_characters,
}
"""The first five mark the thinking as such; the others send it as text."""
THINKING_FORMS = tuple(FORMS)[:5]
