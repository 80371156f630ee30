"""Blind taste: which answer was liked best, or taken for the hottest, without seeing the settings."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, get_args

from lib.comparison.figures import groups
from lib.mistral.recipe import Recipe

Question = Literal["best", "hottest"]
QUESTIONS: tuple[Question, ...] = get_args(Question)
ASKED: Mapping[Question, str] = {"best": "Which do you like best?", "hottest": "Which is the hottest?"}
PICKS: Mapping[Question, str] = {"best": "I like this best", "hottest": "This is the hottest"}
"""The question, and the label of the button below each answer."""
MOST = 500
"""Rounds that are kept."""
LONGEST_LABEL = 100
"""Characters of the name of a column in a round."""

_KINDS = (
    ("code", r"\b(code|function|script|program|python|javascript|java|sql|regex|bash)\b"),
    ("haiku", r"\bhaikus?\b"),
    ("poems", r"\b(poems?|verses?|rhymes?|limericks?|sonnets?)\b"),
    ("stories", r"\b(story|stories|tale|fairy tale)\b"),
    ("names", r"\b(names?|slogans?|titles?)\b"),
    (
        "facts",
        r"^(in one sentence,? )?(what|who|when|where|which|how many|how much|how far|is|are|does|did)\b",
    ),
)
OTHER = "other prompts"
KINDS = (*(name for name, _ in _KINDS), OTHER)


class Round(NamedTuple):
    """One pick: the kind of prompt, and the label of the column that was picked.

    `right`: whether the pick was the hottest column, where that was the question.
    """

    kind: str
    label: str
    question: Question = "best"
    right: bool = False


def kind(prompt: str) -> str:
    """What sort of text a prompt asks for, guessed from its English words; "other prompts" if none fits."""
    text = " ".join(prompt.lower().split())
    return next((name for name, pattern in _KINDS if re.search(pattern, text)), OTHER)


def taste(
    recipes: Sequence[Recipe], texts: Sequence[str], picked: int, label: str, question: Question
) -> Round | None:
    """The round of a pick among the columns with these recipes and texts; `label`: of the picked column.

    None if another column has the same text, because then the pick is no preference.
    """
    if any(picked in group and len(group) > 1 for group in groups(texts)):
        return None
    hottest = max(recipe.temperature or 0 for recipe in recipes)
    right = question == "hottest" and recipes[picked].temperature == hottest
    return Round(kind(recipes[picked].prompt), label, question, right)


def tally(rounds: Sequence[Round]) -> list[str]:
    """One phrase for each kind of prompt, the most played first: "Temperature 0.3 for code (2 of 3)".

    Where several columns were picked equally often, all of them are named.
    """
    phrases, rounds = [], [one for one in rounds if one.question == "best"]
    for name, played in Counter(one.kind for one in rounds).most_common():
        picks = Counter(one.label for one in rounds if one.kind == name)
        best = max(picks.values())
        labels = " and ".join(label for label, count in picks.items() if count == best)
        phrases.append(f"{labels} for {name} ({best} of {played})")
    return phrases


def hottest_found(rounds: Sequence[Round]) -> tuple[int, int]:
    """How often the hottest column was picked, and how often it was asked for."""
    asked = [one for one in rounds if one.question == "hottest"]
    return sum(one.right for one in asked), len(asked)
