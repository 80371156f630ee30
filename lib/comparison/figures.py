"""Two facts about the answers of one setting: how many are different, and where they part.

Formulas, sources and limits: docs/statistics.md.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

ENOUGH = 4
"""Answers of each setting from which on an order can be told. With three each, even answers that part
completely give no order at the 5 % level: that happens by chance in 2 of 20 arrangements."""

# Chinese, Japanese and Korean are written without spaces between words: there each sign counts as a word.
_SIGNS = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W{_SIGNS}]+(?:['’][^\W{_SIGNS}]+)*|[^\w\s]")
# Student's t, 0.975 quantile, for 1 to 30 degrees of freedom (NIST/SEMATECH e-Handbook, 1.3.6.7.2).
_T = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)


@dataclass(frozen=True)
class Figures:
    """Of the answers to one recipe, two or more.

    `different` of `answers` texts differ. `shared`: the words that two answers have in common from the
    beginning, on average over all pairs. `each`: the same between one answer and the others, in their order.
    `error`: the standard error of `shared`; None for two answers, and where none parts.
    """

    answers: int
    different: int
    shared: float
    each: tuple[float, ...]
    error: float | None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % confidence for `shared`, at least 0; None where no error is known."""
        if self.error is None:
            return None
        reach = quantile(self.answers - 1) * self.error
        return max(0.0, self.shared - reach), self.shared + reach


def figures(texts: Sequence[str]) -> Figures | None:
    """None for fewer than two answers."""
    if len(texts) < 2:
        return None
    told = [words(text) for text in texts]
    count = len(told)
    pairs = [[0.0 if one is other else float(shared(one, other)) for other in told] for one in told]
    each = tuple(sum(row) / (count - 1) for row in pairs)
    different = len(groups(texts))
    error = None
    if count > 2 and different > 1:
        error = jackknife(
            count, lambda kept: fmean(pairs[one][other] for one in kept for other in kept if one != other)
        )
    return Figures(count, different, fmean(each), each, error)


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words are the same from the beginning; all of them where the answers never part."""
    return next(
        (at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right),
        min(len(one), len(other)),
    )


def jackknife(count: int, estimate: Callable[[Sequence[int]], float]) -> float:
    """The standard error of an estimate, from the estimates without one of the `count` observations each.

    `estimate` gets the indexes of the observations that are kept. (Efron and Tibshirani, An Introduction to
    the Bootstrap, 1993, equation 11.5)
    """
    without = [estimate([at for at in range(count) if at != left_out]) for left_out in range(count)]
    mean = fmean(without)
    return math.sqrt((count - 1) / count * sum((value - mean) ** 2 for value in without))


def quantile(freedom: int) -> float:
    """Student's t for a two-sided 95 % interval; 1.96 beyond 30 degrees of freedom."""
    return _T[freedom - 1] if freedom <= len(_T) else 1.96


def order(one: Figures, other: Figures) -> int | None:
    """1 if answers of `one` part later than those of `other`, -1 if earlier, None if that would be guessing.

    Told where the 95 % interval of the difference is without 0 and both have ENOUGH answers. Answers that are
    all the same never part, so they are not said to part earlier, short as they may be.
    """
    if min(one.answers, other.answers) < ENOUGH or (one.error is None and other.error is None):
        return None
    error = math.hypot(one.error or 0.0, other.error or 0.0)
    apart = one.shared - other.shared
    # The degrees of freedom of the smaller group: never more certain than Welch's approximation.
    if abs(apart) <= quantile(min(one.answers, other.answers) - 1) * error:
        return None
    never = one if apart < 0 else other
    return None if never.different == 1 else int(math.copysign(1, apart))


def words(text: str) -> list[str]:
    """Words and single signs in order. White space does not count; letters are compared composed (NFC)."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def groups(texts: Sequence[str]) -> list[list[int]]:
    """The indexes of answers that are the same but for white space; the largest group first."""
    found: dict[tuple[str, ...], list[int]] = {}
    for index, text in enumerate(texts):
        found.setdefault(tuple(words(text)), []).append(index)
    return sorted(found.values(), key=len, reverse=True)


def how_many(found: Figures) -> str:
    """The first fact: "7 of 10 different", "3 of 3 the same"."""
    if found.different == 1:
        return f"{found.answers} of {found.answers} the same"
    return f"{found.different} of {found.answers} different"


def where(found: Figures) -> str:
    """The second: "after 4.2 words (2.1 to 6.3)"; "nowhere" for answers that are all the same, and "at the
    first word" where no two share one."""
    if found.different == 1:
        return "nowhere"
    if not found.shared:
        return "at the first word"
    interval = found.interval
    told = f" ({interval[0]:.1f} to {interval[1]:.1f})" if interval else ""
    return f"after {found.shared:.1f} words{told}"


def compared(names: Sequence[str], found: Sequence[Figures | None]) -> list[str]:
    """One sentence for each two neighbours: which setting's answers part earlier, or "too few to say"."""
    known = [(name, each) for name, each in zip(names, found, strict=True) if each]
    sentences = []
    for (name, one), (other_name, other) in pairwise(known):
        verdict = order(one, other)
        if verdict is None:
            reason = _why_not(one, other)
            sentences.append(f"{name} and {other_name}: {reason}")
        else:
            sooner, later = (other_name, name) if verdict > 0 else (name, other_name)
            sentences.append(f"Answers of {sooner} part earlier than those of {later}.")
    return sentences


def _why_not(one: Figures, other: Figures) -> str:
    if one.different == other.different == 1:
        return "no answers part."
    return "too few to say which part earlier."
