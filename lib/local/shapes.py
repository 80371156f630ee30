"""The forms in which real services send an answer, for tests and for developers of other clients.

`payloads` gives what stands in the events of one answer, in the chosen form. An endpoint sends each payload
as one event. The forms are those of `lib.mistral.chunks`; sources are named there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Json = dict[str, Any]


def payloads(form: str, thinking: Sequence[str], text: Sequence[str], reason: str = "stop") -> list[bytes]:
    """One answer in this form. Raises KeyError for a form that is not in FORMS."""
    return FORMS[form](list(thinking), list(text), reason)


def _delta(content: object = None, **more: object) -> Json:
    said = {"role": "assistant", **({} if content is None else {"content": content}), **more}
    return {"choices": [{"index": 0, "delta": said, "finish_reason": None}]}


def _last(reason: str, tokens: int) -> Json:
    counts = {"inputTokenCount": 9, "outputTokenCount": tokens}
    times = {"invocationLatency": 2400, "firstByteLatency": 300}
    return {
        "choices": [{"index": 0, "delta": {"content": ""}, "finish_reason": reason}],
        "amazon-bedrock-invocationMetrics": counts | times,
    }


def _encoded(documents: Sequence[Json]) -> list[bytes]:
    return [json.dumps(document, ensure_ascii=False).encode() for document in documents]


def _whole(thinking: list[Json], text: list[str], reason: str) -> list[bytes]:
    pieces = [*thinking, *(_delta(piece) for piece in text)]
    return _encoded([*pieces, _last(reason, len(pieces))])


def _parts(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
    """Mistral's own API: parts of the content."""
    inner = ([{"type": "thinking", "thinking": [{"type": "text", "text": piece}]}] for piece in thinking)
    return _whole([_delta(part) for part in inner], text, reason)


def _field(name: str) -> Callable[[list[str], list[str], str], list[bytes]]:
    """Servers with OpenAI's chunk format: a field beside the content."""

    def made(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
        return _whole([_delta(**{name: piece}) for piece in thinking], text, reason)

    return made


def _tags(opening: str, closing: str) -> Callable[[list[str], list[str], str], list[bytes]]:
    """Inside the text, between tags, which are cut into pieces of three characters."""

    def made(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
        whole = opening + "".join(thinking) + (closing + "\n\n" + "".join(text) if text else "")
        pieces = [whole[at : at + 3] for at in range(0, len(whole), 3)]
        return _whole([], pieces, reason)

    return made


def _empty_events(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
    return [event for whole in _whole([], thinking + text, reason) for event in (b"", whole, b" ")]


def _two_in_one(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
    events = _whole([], thinking + text, reason)
    return [b"\n".join(events[at : at + 2]) for at in range(0, len(events), 2)]


def _text_after_the_end(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
    *before, last = _whole([], thinking + text, reason)
    return [*before[:-1], last, before[-1]]


def _cut_anywhere(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
    """Events of seven bytes: they end inside objects and inside characters."""
    stream = b"".join(_whole([], thinking + text, reason))
    return [stream[at : at + 7] for at in range(0, len(stream), 7)]


def _half_characters(thinking: list[str], text: list[str], reason: str) -> list[bytes]:
    """Each half of a character that JSON writes as two (an emoji, say) in an event of its own."""
    halves = "".join(thinking + text).encode("utf-16-be")
    units = [halves[at : at + 2].decode("utf-16-be", "surrogatepass") for at in range(0, len(halves), 2)]
    documents = [*(_delta(unit) for unit in units), _last(reason, len(units))]
    return [json.dumps(document).encode() for document in documents]


FORMS: Mapping[str, Callable[[list[str], list[str], str], list[bytes]]] = {
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
"""The first five keep thinking apart; the others send all of it as text."""
THINKING_FORMS = tuple(FORMS)[:5]
