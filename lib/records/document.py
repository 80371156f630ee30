"""The JSON of a link or file, version 1, and the check of every field of it.

    {"sirocco": 1, "kind": "answer", "date": "2026-11-22", "left_out": ["system"],
     "entries": [{"recipe": {"model_id": ..., "turns": [{"role": ..., "text": ...}], ...},
                  "answer": {"text": ..., "status": ..., "stop_reason": ..., "usage": {...},
                             "duration_ms": ..., "times": [412, 31, ...], "characters": [0, 5, ...]}}]}

`times` are whole milliseconds since the chunk before (the first: since the request), `characters` what each
chunk added to the text. An entry with `"after": n` goes on where entry n ended: its turns follow those of
entry n and its answer, of which the oldest `dropped` turns are left out; so a conversation is stored once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import date
from itertools import accumulate, pairwise
from typing import Any, cast, get_args

from lib.bedrock.answer import Answer, Beat, Status
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Message, Recipe, RecipeError
from lib.records.json_reader import Refusal
from lib.records.shared import KINDS, PARTS, Entry, Shared

VERSION = 1
MOST_ENTRIES = 300
MOST_TO_CHECK = 60_000_000  # characters over all recipes, a turn counting as 500 more; well under a second
LONGEST_MS = 24 * 60 * 60 * 1000
_BILLION = 10**9
_REACH = 3  # how far back an entry looks for the one that it goes on from
_SETTINGS = ("temperature", "top_p", "top_k", "max_tokens")
_RECIPE = ("model_id", "turns", "system", *_SETTINGS, "stop")
_ANSWER = ("text", "status", "stop_reason", "usage", "duration_ms", "times", "characters")
_USAGE = tuple(field.name for field in fields_of(Usage))
_STATUSES = tuple(status for status in get_args(Status) if status != "running")
_REASON = re.compile(r"[\w.-]{1,64}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ODD = "holds something that is not part of a Sirocco recipe."


def to_document(shared: Shared) -> dict[str, Any]:
    """`shared` as the JSON object described above; what is empty or not set is left out."""
    entries = [_entry(index, shared.entries) for index in range(len(shared.entries))]
    document = {
        "sirocco": VERSION,
        "kind": shared.kind,
        "date": shared.date.isoformat(),
        "left_out": list(shared.left_out),
        "entries": entries,
    }
    return _filled(document)


def from_document(document: Mapping[str, Any]) -> Shared:
    """What `to_document` was given. Raises Refusal for anything that it cannot have made."""
    _check_version(document.get("sirocco"))
    _check_names(document, ("sirocco", "kind", "date", "left_out", "entries"))
    kind, left_out = document.get("kind"), _list(document, "left_out")
    if kind not in KINDS or left_out != [part for part in PARTS if part in left_out]:
        raise Refusal(_ODD)
    found = _list(document, "entries")
    if not found or (kind == "answer" and len(found) > 1):
        raise Refusal("does not hold a Sirocco recipe.")
    if len(found) > MOST_ENTRIES:
        raise Refusal(f"holds more than {MOST_ENTRIES} answers.")
    entries: list[Entry] = []
    spare = MOST_TO_CHECK
    for fields in found:
        entries.append(_read_entry(_object(fields), entries, spare))
        spare -= weight(entries[-1].recipe.messages)
    return Shared(kind, _date(document.get("date")), tuple(entries), tuple(left_out))


def weight(messages: Sequence[Message]) -> int:
    """What checking these turns costs, against MOST_TO_CHECK."""
    return sum(len(message.text) + 500 for message in messages)


def recipe_as_json(recipe: Recipe, messages: Sequence[Message] | None = None) -> dict[str, Any]:
    """The one spelling of a recipe; with other `messages` where a container tells the earlier ones itself."""
    said = recipe.messages if messages is None else messages
    fields: dict[str, Any] = {
        "model_id": recipe.model_id,
        "turns": [{"role": message.role, "text": message.text} for message in said],
        "system": recipe.system,
    }
    return _filled(fields | {name: getattr(recipe, name) for name in _SETTINGS} | {"stop": list(recipe.stop)})


def _entry(index: int, entries: Sequence[Entry]) -> dict[str, Any]:
    recipe, answer = entries[index].recipe, entries[index].answer
    after, dropped, messages = _base(index, entries)
    return _filled(
        {
            "after": after,
            "dropped": dropped or None,
            "recipe": recipe_as_json(recipe, messages),
            "answer": answer and _answer(answer),
        }
    )


def _base(index: int, entries: Sequence[Entry]) -> tuple[int | None, int, tuple[Message, ...]]:
    """The entry before `index` that it goes on from, how many turns of that went missing, what is new."""
    messages = entries[index].recipe.messages
    for after in range(index - 1, max(-1, index - 1 - _REACH), -1):
        said = _said(entries[after])
        for new in (1, 2):
            dropped = len(said) + new - len(messages)
            if 0 <= dropped < len(said) and said[dropped:] == messages[:-new]:
                return after, dropped, messages[-new:]
    return None, 0, messages


def _said(entry: Entry) -> tuple[Message, ...]:
    if entry.answer is None:
        return ()
    return (*entry.recipe.messages, Message("assistant", entry.answer.text))


def _answer(answer: Answer) -> dict[str, Any]:
    times = [0, *(int(beat.ms) for beat in answer.timeline)]
    reason = answer.stop_reason
    fields = {
        "text": answer.text,
        "status": answer.status,
        "stop_reason": reason if reason is None or _REASON.fullmatch(reason) else "other",
        "usage": answer.usage and _filled({name: getattr(answer.usage, name) for name in _USAGE}),
        "duration_ms": int(answer.duration_ms),
        "times": [later - earlier for earlier, later in pairwise(times)],
        "characters": [beat.characters for beat in answer.timeline],
    }
    return _filled(fields)


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [])}


def _check_version(version: object) -> None:
    if type(version) is not int or version < 1:
        raise Refusal("does not hold a Sirocco recipe.")
    if version > VERSION:
        raise Refusal(f"was made by a newer version of Sirocco; this one reads format {VERSION}.")


def _read_entry(fields: Mapping[str, Any], earlier: Sequence[Entry], spare: int) -> Entry:
    _check_names(fields, ("after", "dropped", "recipe", "answer"))
    before: tuple[Message, ...] = ()
    if "after" in fields:
        after = _count(fields, "after", len(earlier) - 1)
        said = _said(earlier[after])
        before = said[_count(fields, "dropped", len(said)) if "dropped" in fields else 0 :]
    elif "dropped" in fields:
        raise Refusal(_ODD)
    recipe = _read_recipe(_object(fields.get("recipe")), before, spare)
    answer = _read_answer(_object(fields["answer"]), recipe) if "answer" in fields else None
    return Entry(recipe, answer)


def _read_recipe(fields: Mapping[str, Any], before: tuple[Message, ...], spare: int) -> Recipe:
    _check_names(fields, _RECIPE)
    messages = (*before, *(_turn(_object(message)) for message in _list(fields, "turns")))
    if weight(messages) > spare:
        raise Refusal("holds more turns than Sirocco opens.")
    settings = {name: fields[name] for name in ("system", *_SETTINGS) if name in fields}
    try:
        return Recipe(
            model_id=fields.get("model_id"),  # type: ignore[arg-type]  # Recipe checks every type itself
            messages=messages,
            stop=tuple(_list(fields, "stop")),
            **settings,
        )
    except RecipeError as error:
        # The error's own words repeat the value, which is a stranger's.
        raise Refusal(f"does not fit: as {error.field}, Sirocco allows {error.allowed}.") from None


def _turn(fields: Mapping[str, Any]) -> Message:
    if set(fields) != {"role", "text"} or not all(isinstance(value, str) for value in fields.values()):
        raise Refusal(_ODD)
    return Message(fields["role"], fields["text"])


def _read_answer(fields: Mapping[str, Any], recipe: Recipe) -> Answer:
    _check_names(fields, _ANSWER)
    text, status, reason = fields.get("text", ""), fields.get("status"), fields.get("stop_reason")
    if not _is_text(text) or status not in _STATUSES:
        raise Refusal(_ODD)
    if reason is not None and not (isinstance(reason, str) and _REASON.fullmatch(reason)):
        raise Refusal(_ODD)
    return Answer(
        recipe=recipe,
        text=text,
        status=cast(Status, status),
        stop_reason=reason,
        usage=_usage(_object(fields["usage"])) if "usage" in fields else None,
        timeline=_timeline(fields, len(text)),
        duration_ms=float(_count(fields, "duration_ms", LONGEST_MS)),
        request_id=None,
        problem=None,
    )


def _timeline(fields: Mapping[str, Any], length: int) -> tuple[Beat, ...]:
    times, characters = _list(fields, "times"), _list(fields, "characters")
    if any(type(number) is not int or not 0 <= number <= LONGEST_MS for number in (*times, *characters)):
        raise Refusal(_ODD)
    if len(times) != len(characters) or sum(times) > LONGEST_MS or (times and sum(characters) != length):
        raise Refusal("tells of times that do not fit its text.")
    return tuple(Beat(float(ms), count) for ms, count in zip(accumulate(times), characters, strict=True))


def _usage(fields: Mapping[str, Any]) -> Usage:
    _check_names(fields, _USAGE)
    known = {name: _count(fields, name, _BILLION) for name in fields}
    if not {"input_tokens", "output_tokens"} <= set(known):
        raise Refusal(_ODD)
    return Usage(**{name: known.get(name) for name in _USAGE})  # type: ignore[arg-type]


def _date(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Refusal("does not say on which day it was made.")


def _is_text(value: object) -> bool:
    try:
        return isinstance(value, str) and value.encode() is not None
    except UnicodeEncodeError:
        return False


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Refusal(_ODD)
    return value


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise Refusal(_ODD)
    return value


def _count(fields: Mapping[str, Any], name: str, most: int) -> int:
    value = fields.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise Refusal(_ODD)
    return value


def _check_names(fields: Mapping[str, Any], known: Sequence[str]) -> None:
    if not set(fields) <= set(known):
        raise Refusal(_ODD)
