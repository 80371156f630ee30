"""A shared comparison as a blind taste: the reader picks an answer before its settings are shown.

Nothing of it needs a model. Every reader of a link sees the same answers under the same letters, so that a
class can talk about them.
"""

import hashlib
import json
import random
from collections.abc import Sequence

from lib.comparison.blind import LONGEST_LABEL, QUESTIONS, Question, Round, taste
from lib.comparison.plan import FEWEST, MOST, label, subject_of
from lib.mistral.explanation import on_one_line
from lib.mistral.recipe import Recipe
from lib.records.answer_json import recipe_to_json
from lib.records.shared import Shared

_ID = 12  # hexadecimal digits, as the id of a run has (lib/records/run_records.py)


def tasted(shared: Shared) -> list[int]:
    """The entries that a reader chooses from: of each recipe the first with a text, in the link's order."""
    found: dict[Recipe, int] = {}
    for index, entry in enumerate(shared.entries):
        if entry.answer and entry.answer.shown_text.strip():
            found.setdefault(entry.recipe, index)
    return list(found.values())


def questions(shared: Shared) -> tuple[Question, ...]:
    """What can be asked of this; nothing unless it is a comparison with the answers of two settings."""
    chosen = _recipes(shared) if shared.kind == "comparison" else []
    if not FEWEST <= len(chosen) <= MOST:
        return ()
    return QUESTIONS if subject_of(chosen) == "temperature" else ("best",)


def order(shared: Shared) -> list[int]:
    """The entries of `tasted` in the order in which they are shown before the pick."""
    shuffled = tasted(shared)
    random.Random(round_id(shared)).shuffle(shuffled)
    return shuffled


def letter(place: int) -> str:
    """What the answer at this place of `order` is called; `place` counts from 0."""
    return f"Answer {chr(ord('A') + place)}"


def name(shared: Shared, index: int) -> str:
    """What an entry of `tasted` is called: by the setting that was compared, or else by all settings."""
    recipe, subject = shared.entries[index].recipe, subject_of(_recipes(shared))
    if subject is None:
        return on_one_line(recipe)[:LONGEST_LABEL]
    return label(recipe, subject, tasted(shared).index(index) + 1)


def tasting_round(shared: Shared, picked: int) -> Round | None:
    """The round in which the entry `picked` was picked; None if that tells no preference."""
    if shared.question is None:
        return None
    compared = tasted(shared)
    texts = [answer.shown_text for index in compared if (answer := shared.entries[index].answer)]
    at = compared.index(picked)
    return taste(_recipes(shared), texts, at, name(shared, picked), shared.question)


def picked_in(shared: Shared, done: Round) -> int | None:
    """The entry that was picked in an earlier round; None if there is no such entry."""
    return next((index for index in tasted(shared) if name(shared, index) == done.label), None)


def round_id(shared: Shared) -> str:
    """The key of this taste among the rounds of a browser: the same whenever the same link is opened."""
    made_of: Sequence[object] = [
        shared.question,
        *([recipe_to_json(shared.entries[index].recipe), _text(shared, index)] for index in tasted(shared)),
    ]
    return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:_ID]


def _text(shared: Shared, index: int) -> str:
    answer = shared.entries[index].answer
    return answer.text if answer else ""


def _recipes(shared: Shared) -> list[Recipe]:
    return [shared.entries[index].recipe for index in tasted(shared)]
