"""How far apart the answers of one column are, as one number, 0 to 1. Formula and limits: docs/spread.md."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from rapidfuzz.distance import Levenshtein

SHORT = 12
"""The number of words up to which answers are compared as a whole: a name is the same or another one."""

# Chinese, Japanese and Korean are written without spaces between words: so each sign counts as a word.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+(?:['’][^\W{_SIGNS}]+)*|[^\w\s]")


@dataclass(frozen=True)
class Spread:
    """Of two answers or more.

    `value`: 0 all the same, 1 nothing in common. `kind` "whole": short answers, (d - 1) / (n - 1) for d
    distinct ones of n. `kind` "words": longer ones, the mean over all pairs of the word distance.
    `each`: how far each answer is from the others on average, in the order they were given.
    """

    value: float
    kind: Literal["whole", "words"]
    answers: int
    distinct: int
    each: tuple[float, ...]


def spread(texts: Sequence[str]) -> Spread | None:
    """None for fewer than two answers: one alone has no spread."""
    if len(texts) < 2:
        return None
    told = [words(text) for text in texts]
    short = max(map(len, told)) <= SHORT
    counts = len(texts)
    distances = {
        (one, other): float(told[one] != told[other]) if short else distance(told[one], told[other])
        for one, other in combinations(range(counts), 2)
    }
    distinct = len(groups(texts))
    mean = sum(distances.values()) / len(distances)
    each = tuple(
        sum(apart for pair, apart in distances.items() if index in pair) / (counts - 1)
        for index in range(counts)
    )
    value = (distinct - 1) / (counts - 1) if short else mean
    return Spread(value, "whole" if short else "words", counts, distinct, each)


def distance(one: Sequence[str], other: Sequence[str]) -> float:
    """Words to insert, leave out or replace to turn one into the other, as a share of the longer one.

    `rapidfuzz.distance.Levenshtein.normalized_distance` over words (RapidFuzz 3.14 documentation).
    """
    return float(Levenshtein.normalized_distance(one, other))


def words(text: str) -> list[str]:
    """Words and single signs in order. White space does not count; letters are compared composed (NFC)."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def groups(texts: Sequence[str]) -> list[list[int]]:
    """The indexes of answers that are the same but for white space; the largest group first."""
    found: dict[tuple[str, ...], list[int]] = {}
    for index, text in enumerate(texts):
        found.setdefault(tuple(words(text)), []).append(index)
    return sorted(found.values(), key=len, reverse=True)


def in_words(found: Spread) -> str:
    """The spread in words that need no knowledge of statistics."""
    if found.distinct == 1:
        return f"all {found.answers} the same"
    if found.kind == "whole":
        return f"{found.distinct} different answers of {found.answers}"
    return f"about {found.value * 100:.0f} of 100 words differ between two answers"
