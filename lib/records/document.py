"""The JSON of a link or file, and the check of every field of it.

    {"sirocco": 1, "kind": "answer", "date": "2026-11-22", "left_out": ["system"],
     "entries": [{"recipe": {...}, "answer": {...}}]}

Recipes and answers are spelled as in lib/records/answer_json.py. `date` is the day on which the answers were
made; an answer made on another day names its own, and the document is then version 2. An entry with
`"after": n` goes on where entry n ended: its turns follow those of entry n and its answer, of which the
oldest `dropped` turns are left out; so a conversation is stored once. A document with an answer of a model
that thought is version 3. `"question": "best"` or `"hottest"` makes a comparison a blind taste, and the
document version 4. A document has the oldest version that it can have, so that earlier versions of Sirocco
open what they know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from lib.mistral.recipe import Message, Recipe
from lib.records.answer_json import (
    THINKING,
    a_date,
    answer_from_json,
    answer_to_json,
    filled,
    messages_from_json,
    recipe_from_json,
    recipe_to_json,
)
from lib.records.json_reader import ODD, Refusal, a_count, a_list, an_object, check_names
from lib.records.shared import KINDS, PARTS, Entry, Shared
from lib.records.tasting import questions

VERSION = 4
MOST_ENTRIES = 300
MOST_TO_CHECK = 60_000_000  # characters over all recipes, a turn counting as 500 more; well under a second
_REACH = 3  # how far back an entry looks for the one that it goes on from


def to_document(shared: Shared) -> dict[str, Any]:
    """`shared` as the JSON object described above; what is empty or not set is left out."""
    entries = [_entry(index, shared) for index in range(len(shared.entries))]
    document = {
        "sirocco": _version(shared, [entry["answer"] for entry in entries if "answer" in entry]),
        "kind": shared.kind,
        "date": shared.date.isoformat(),
        "left_out": list(shared.left_out),
        "question": shared.question,
        "entries": entries,
    }
    return filled(document)


def from_document(document: Mapping[str, Any]) -> Shared:
    """What `to_document` was given. Raises Refusal for anything that it cannot have made."""
    _check_version(document.get("sirocco"))
    check_names(document, ("sirocco", "kind", "date", "left_out", "question", "entries"))
    kind, left_out = document.get("kind"), a_list(document, "left_out")
    if kind not in KINDS or left_out != [part for part in PARTS if part in left_out]:
        raise Refusal(ODD)
    found = a_list(document, "entries")
    if not found or (kind == "answer" and len(found) > 1):
        raise Refusal("does not hold a Sirocco recipe.")
    if len(found) > MOST_ENTRIES:
        raise Refusal(f"holds more than {MOST_ENTRIES} answers.")
    day = a_date(document.get("date"))
    entries: list[Entry] = []
    spare = MOST_TO_CHECK
    for fields in found:
        entries.append(_read_entry(an_object(fields), entries, spare, day))
        spare -= weight(entries[-1].recipe.messages)
    shared = Shared(kind, day, tuple(entries), tuple(left_out), document.get("question"))
    if shared.question is not None and shared.question not in questions(shared):
        raise Refusal(ODD)
    return shared


def weight(messages: Sequence[Message]) -> int:
    """The cost of checking these messages, to be compared with MOST_TO_CHECK."""
    return sum(len(message.text) + 500 for message in messages)


def _entry(index: int, shared: Shared) -> dict[str, Any]:
    recipe, answer = shared.entries[index].recipe, shared.entries[index].answer
    after, dropped, messages = _base(index, shared.entries)
    if answer and answer.made_on == shared.date:
        answer = replace(answer, made_on=None)
    return filled(
        {
            "after": after,
            "dropped": dropped or None,
            "recipe": recipe_to_json(recipe, messages),
            "answer": answer and answer_to_json(answer, private=False),
        }
    )


def _base(index: int, entries: Sequence[Entry]) -> tuple[int | None, int, tuple[Message, ...]]:
    """The earlier entry that this one continues, the number of turns left out of it, and the new messages."""
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


def _version(shared: Shared, answers: Sequence[Mapping[str, Any]]) -> int:
    """The oldest version that reads this, with these answers."""
    if shared.question:
        return 4
    if any(name in answer for answer in answers for name in THINKING):
        return 3
    return 2 if any("date" in answer for answer in answers) else 1


def _check_version(version: object) -> None:
    if type(version) is not int or version < 1:
        raise Refusal("does not hold a Sirocco recipe.")
    if version > VERSION:
        raise Refusal(f"was made by a newer version of Sirocco; this one reads format {VERSION}.")


def _read_entry(fields: Mapping[str, Any], earlier: Sequence[Entry], spare: int, day: date) -> Entry:
    check_names(fields, ("after", "dropped", "recipe", "answer"))
    before: tuple[Message, ...] = ()
    if "after" in fields:
        after = a_count(fields, "after", len(earlier) - 1)
        said = _said(earlier[after])
        before = said[a_count(fields, "dropped", len(said)) if "dropped" in fields else 0 :]
    elif "dropped" in fields:
        raise Refusal(ODD)
    recipe = _read_recipe(an_object(fields.get("recipe")), before, spare)
    if "answer" not in fields:
        return Entry(recipe)
    return Entry(recipe, answer_from_json(an_object(fields["answer"]), recipe, origin="shared", made_on=day))


def _read_recipe(fields: Mapping[str, Any], before: tuple[Message, ...], spare: int) -> Recipe:
    messages = (*before, *messages_from_json(fields))
    if weight(messages) > spare:
        raise Refusal("holds more turns than Sirocco opens.")
    return recipe_from_json(fields, messages)
