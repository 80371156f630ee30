"""Reading what a browser gave back, field by field; BadRecordError where it is not as it was written."""

from __future__ import annotations

import json
import re
from typing import Any

from lib.bedrock.answer import Answer, Beat, Status
from lib.bedrock.problems import ENTRIES, Problem
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Recipe

RECORDS = 1000
"""The most variants of a conversation that are read."""
RECORD_CHARACTERS = 1_000_000
Place = dict[str, Any]

_STATUSES: tuple[Status, ...] = ("complete", "stopped", "broken", "failed", "running")
_ID = re.compile(r"[0-9a-f]{16}")
_WORD = re.compile(r"[\w.:/-]{1,100}", re.ASCII)  # shown as Markdown, so nothing that could be more
_LARGEST = 10**9
_LONGEST_SENTENCE = 2000


class BadRecordError(ValueError):
    """A record that cannot be used."""


def an_object(text: object) -> dict[str, Any]:
    """The JSON object in `text`."""
    if not isinstance(text, str) or len(text) > RECORD_CHARACTERS:
        raise BadRecordError
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadRecordError from None
    if not isinstance(found, dict):
        raise BadRecordError
    return found


def is_id(value: object) -> bool:
    """True for what `conversation.new_id` makes; ids become keys of widgets."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def a_text(value: object) -> str:
    """Half surrogate pairs, which JSON can carry in and nothing can send out, become question marks."""
    if not isinstance(value, str):
        raise BadRecordError
    return value.encode(errors="replace").decode()


def whole(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LARGEST:
        raise BadRecordError
    return value


def answer(saved: object, recipe: Recipe) -> Answer:
    """One part of an answer."""
    if not isinstance(saved, dict) or saved.get("status") not in _STATUSES:
        raise BadRecordError
    text = a_text(saved.get("text", ""))
    request_id = _word(saved.get("request_id"))
    told = saved.get("problem")
    problem = _problem(told, request_id) if isinstance(told, dict) else None
    status: Status = saved["status"]
    if status == "stopped" and problem and problem.kind == "left":  # version 0.1 called these stopped, too
        status = "broken" if text.strip() else "failed"
    return Answer(
        recipe=recipe,
        text=text,
        status=status,
        stop_reason=_word(saved.get("stop_reason")),
        usage=_usage(saved.get("usage")),
        timeline=_timeline(saved.get("beats"), saved.get("characters"), len(text)),
        duration_ms=_milliseconds(saved.get("ms", 0)),
        request_id=request_id,
        problem=problem,
    )


def place(saved: dict[str, Any]) -> Place:
    """Where a variant hangs; only what is known of it."""
    parent, after, sent = saved.get("parent"), saved.get("after"), saved.get("sent")
    found: Place = {
        "parent": parent if is_id(parent) else None,
        "index": whole(saved.get("index")),
        "chosen": saved.get("chosen") is True,
    }
    if is_id(after):
        found |= {"after": after, "drop": whole(saved.get("drop"))}
    elif isinstance(sent, list) and len(sent) <= RECORDS and all(is_id(one) for one in sent):
        found["sent"] = sent
    return found


def _word(value: object) -> str | None:
    return value if isinstance(value, str) and _WORD.fullmatch(value) else None


def _milliseconds(value: object) -> float:
    if type(value) not in (int, float) or not 0 <= value <= _LARGEST:  # type: ignore[operator]
        raise BadRecordError
    return float(value)  # type: ignore[arg-type]


def _usage(saved: object) -> Usage | None:
    if not isinstance(saved, list) or len(saved) != 4:
        return None
    latency, first = (None if value is None else whole(value) for value in saved[2:])
    return Usage(whole(saved[0]), whole(saved[1]), latency, first)


def _timeline(steps: object, characters: object, length: int) -> tuple[Beat, ...]:
    """Steps are microseconds since the beat before. Empty where it does not belong to the text."""
    if not isinstance(steps, list) or not isinstance(characters, list) or len(steps) != len(characters):
        return ()
    found, at = [], 0
    for step, count in zip(steps, characters, strict=True):
        at += whole(step)
        found.append(Beat(at / 1000, whole(count)))
    return tuple(found) if sum(beat.characters for beat in found) == length else ()


def _problem(saved: dict[str, Any], request_id: str | None) -> Problem:
    """Its title is taken from the table and not from the save, for it is shown as Markdown."""
    kind = saved.get("kind")
    cause, fix = (a_text(saved.get(name))[:_LONGEST_SENTENCE] for name in ("cause", "fix"))
    shown = saved.get("shown") is True
    kind = kind if isinstance(kind, str) and kind in ENTRIES else "unexpected"
    entry = ENTRIES[kind]
    return Problem(kind, entry.title, cause, fix, entry.retry, shown, request_id, entry.level)
