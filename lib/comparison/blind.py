"""Blind taste: which answer was liked best in each round, chosen without seeing the settings."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

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


class Round(NamedTuple):
    """One pick: the kind of prompt, and the label of the column that was liked best."""

    kind: str
    label: str


def kind(prompt: str) -> str:
    """What sort of text a prompt asks for, guessed from its English words; "other prompts" if none fits."""
    text = " ".join(prompt.lower().split())
    return next((name for name, pattern in _KINDS if re.search(pattern, text)), OTHER)


def tally(rounds: Sequence[Round]) -> list[str]:
    """One phrase for each kind of prompt, the most played first: "Temperature 0.3 for code (2 of 3)".

    Where several columns were picked equally often, all of them are named.
    """
    phrases = []
    for name, played in Counter(one.kind for one in rounds).most_common():
        picks = Counter(one.label for one in rounds if one.kind == name)
        best = max(picks.values())
        labels = " and ".join(label for label, count in picks.items() if count == best)
        phrases.append(f"{labels} for {name} ({best} of {played})")
    return phrases
