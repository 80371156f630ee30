"""The JSON of a recipe and of an answer: the same in links, files, exports, saved chats and kept runs.

    {"model_id": ..., "turns": [{"role": ..., "text": ...}], "system": ..., "stop": [...],
     "temperature": ..., and so on for each of lib.mistral.recipe.NUMBERS}

    {"text": ..., "status": ..., "stop_reason": ..., "usage": {"input_tokens": ..., "output_tokens": ...},
     "duration_ms": ..., "times": [412, 31, ...], "characters": [0, 5, ...], "date": "2026-11-22",
     "thinking": ..., "thinking_ms": ...}

`times` are milliseconds since the chunk before (the first: since the request), `characters` what each chunk
added to the text. `thinking` is not shared unless the sender wants it; `thinking_ms` is, because it tells
that the tokens are not those of the text alone. What stays in the visitor's own browser or is exported by its
owner is `private`: it also has the request id, the problem, and tenths of a millisecond. What is empty or not
set is left out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields as fields_of
from datetime import date
from itertools import accumulate, pairwise
from typing import Any, cast, get_args

from lib.bedrock.answer import Answer, Beat, Origin, Status
from lib.bedrock.problems import ENTRIES, Problem
from lib.mistral.dialects import Usage
from lib.mistral.guardrail import MOST_FINDINGS
from lib.mistral.recipe import NUMBERS, SETTINGS, Message, Recipe, RecipeError
from lib.records.json_reader import ODD, Refusal, a_count, a_list, a_text, an_object, check_names

LONGEST_MS = 24 * 60 * 60 * 1000
_BILLION = 10**9
_RECIPE = ("model_id", "turns", *SETTINGS)
THINKING = ("thinking", "thinking_ms")
"""Fields that only answers of models that think have, so that documents without them keep their version."""
_ANSWER = ("text", "status", "stop_reason", "usage", "duration_ms", "times", "characters", "date", *THINKING)
_PRIVATE = ("request_id", "problem", "shared", "guardrail", "tier")
_PROBLEM = ("kind", "cause", "fix", "shown")
_USAGE = tuple(field.name for field in fields_of(Usage))
_STATUSES = tuple(status for status in get_args(Status) if status != "running")
_WORD = re.compile(r"[\w.:/-]{1,100}", re.ASCII)  # without white space and brackets: it is drawn as Markdown
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LONGEST_SENTENCE = 2000


def recipe_to_json(recipe: Recipe, messages: Sequence[Message] | None = None) -> dict[str, Any]:
    """The recipe as JSON, with other `messages` if the container stores the earlier ones elsewhere."""
    said = recipe.messages if messages is None else messages
    return filled(
        {
            "model_id": recipe.model_id,
            "turns": [{"role": message.role, "text": message.text} for message in said],
            "system": recipe.system,
            **{name: getattr(recipe, name) for name in NUMBERS},
            "stop": list(recipe.stop),
        }
    )


def recipe_from_json(fields: Mapping[str, Any], messages: tuple[Message, ...]) -> Recipe:
    """The recipe with these settings and `messages`. Raises Refusal."""
    check_names(fields, _RECIPE)
    try:
        # Recipe checks the type of every setting itself.
        return Recipe(
            model_id=fields.get("model_id"),  # type: ignore[arg-type]
            messages=messages,
            stop=tuple(a_list(fields, "stop")),
            **{name: fields[name] for name in ("system", *NUMBERS) if name in fields},
        )
    except RecipeError as error:
        # The error's own words repeat the value, which is a stranger's.
        raise Refusal(f"does not fit: as {error.field}, Sirocco allows {error.allowed}.") from None


def messages_from_json(fields: Mapping[str, Any]) -> tuple[Message, ...]:
    """The `turns` of a recipe. Raises Refusal."""
    found = []
    for message in a_list(fields, "turns"):
        if set(an_object(message)) != {"role", "text"} or not all(
            isinstance(one, str) for one in message.values()
        ):
            raise Refusal(ODD)
        found.append(Message(message["role"], message["text"]))
    return tuple(found)


def answer_to_json(answer: Answer, *, private: bool) -> dict[str, Any]:
    """The answer without its recipe."""
    reason, problem, thought = answer.stop_reason, answer.problem, answer.thinking_ms
    at = [0.0, *(round(beat.ms, 1) if private else int(beat.ms) for beat in answer.timeline)]
    fields: dict[str, Any] = {
        "text": answer.text,
        "status": answer.status,
        "stop_reason": reason if reason is None or _WORD.fullmatch(reason) else "other",
        "usage": answer.usage and _usage_to_json(answer.usage),
        "duration_ms": round(answer.duration_ms, 1) if private else int(answer.duration_ms),
        "times": [round(later - earlier, 1 if private else None) for earlier, later in pairwise(at)],
        "characters": [beat.characters for beat in answer.timeline],
        "date": answer.made_on and answer.made_on.isoformat(),
        "thinking": answer.thinking,
        "thinking_ms": None if thought is None else round(thought, 1 if private else None),
    }
    if private:
        fields["request_id"] = answer.request_id
        fields["problem"] = problem and {name: getattr(problem, name) for name in _PROBLEM}
        fields["guardrail"], fields["tier"] = answer.guardrail, answer.tier
        fields["shared"] = True if answer.origin == "shared" else None
    return filled(fields)


def answer_from_json(
    fields: Mapping[str, Any],
    recipe: Recipe,
    *,
    origin: Origin,
    made_on: date | None = None,
    private: bool = False,
) -> Answer:
    """The answer that `answer_to_json` was given. `made_on` is used if it has no date. Raises Refusal."""
    check_names(fields, (*_ANSWER, *_PRIVATE) if private else _ANSWER)
    text, status, reason = a_text(fields, "text"), fields.get("status"), _word(fields, "stop_reason")
    if status not in _STATUSES:
        raise Refusal(ODD)
    request_id = _word(fields, "request_id")
    problem = _problem(an_object(fields["problem"]), request_id) if "problem" in fields else None
    if status == "stopped" and problem and problem.kind == "left":  # version 0.1 called these stopped, too
        status = "broken" if text.strip() else "failed"
    return Answer(
        recipe=recipe,
        text=text,
        status=cast(Status, status),
        stop_reason=reason,
        usage=_usage(an_object(fields["usage"])) if "usage" in fields else None,
        timeline=_timeline(fields, len(text), private),
        duration_ms=_milliseconds(fields.get("duration_ms"), private),
        request_id=request_id,
        problem=problem,
        origin="shared" if fields.get("shared") is True else origin,
        guardrail=_guardrail(fields) if "guardrail" in fields else None,
        tier=_word(fields, "tier"),
        made_on=a_date(fields["date"]) if "date" in fields else made_on,
        thinking=a_text(fields, "thinking") if "thinking" in fields else "",
        thinking_ms=_milliseconds(fields["thinking_ms"], private) if "thinking_ms" in fields else None,
    )


def _usage_to_json(usage: Usage) -> dict[str, Any]:
    fields = {name: getattr(usage, name) for name in _USAGE}
    return filled(fields | {"cached_tokens": usage.cached_tokens or None})


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields without those that are empty or not set."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [])}


def a_date(value: object) -> date:
    """The day in `value`, as YYYY-MM-DD. Raises Refusal."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise Refusal("does not say on which day it was made.")


def _word(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not (isinstance(value, str) and _WORD.fullmatch(value)):
        raise Refusal(ODD)
    return value


def _guardrail(fields: Mapping[str, Any]) -> tuple[str, ...]:
    found = a_list(fields, "guardrail")
    if len(found) > MOST_FINDINGS or not all(isinstance(each, str) for each in found):
        raise Refusal(ODD)
    return tuple(each[:_LONGEST_SENTENCE] for each in found)


def _milliseconds(value: object, private: bool) -> float:
    if type(value) is not int and not (private and type(value) is float):
        raise Refusal(ODD)
    if not 0 <= value <= LONGEST_MS:
        raise Refusal(ODD)
    return float(value)


def _timeline(fields: Mapping[str, Any], length: int, private: bool) -> tuple[Beat, ...]:
    times, characters = a_list(fields, "times"), a_list(fields, "characters")
    kinds = {int, float} if private else {int}
    if not {*map(type, times)} <= kinds or not {*map(type, characters)} <= {int}:
        raise Refusal(ODD)
    if not all(0 <= number <= LONGEST_MS for number in (*times, *characters)):
        raise Refusal(ODD)
    if len(times) != len(characters) or sum(times) > LONGEST_MS or (times and sum(characters) != length):
        raise Refusal("tells of times that do not fit its text.")
    at = (float(ms) for ms in accumulate(times))
    return tuple(map(Beat, (round(ms, 1) for ms in at) if private else at, characters))


def _usage(fields: Mapping[str, Any]) -> Usage:
    check_names(fields, _USAGE)
    known = {name: a_count(fields, name, _BILLION) for name in fields}
    if not {"input_tokens", "output_tokens"} <= set(known):
        raise Refusal(ODD)
    return Usage(**dict.fromkeys(_USAGE) | {"cached_tokens": 0} | known)  # type: ignore[arg-type]


def _problem(fields: Mapping[str, Any], request_id: str | None) -> Problem:
    """The title comes from the table and not from the JSON, because it is drawn as Markdown."""
    kind = fields.get("kind")
    kind = kind if isinstance(kind, str) and kind in ENTRIES else "unexpected"
    cause, fix = (a_text(fields, name)[:_LONGEST_SENTENCE] for name in ("cause", "fix"))
    entry, shown = ENTRIES[kind], fields.get("shown") is True
    return Problem(kind, entry.title, cause, fix, entry.retry, shown, request_id, entry.level)
