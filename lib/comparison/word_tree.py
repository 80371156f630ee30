"""Answers as a tree of words: what they share from the beginning is one line, which forks where they part."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lib.comparison.figures import shared, words


@dataclass(frozen=True)
class Branch:
    """Words that all of `answers` go on with, and where they fork after them.

    `text`: the words of this piece, as the first of the answers writes them. `answers`: indexes into the
    texts that the tree was made of. `ends`: those of them that end here. `forks`: the largest first.
    """

    text: str
    answers: tuple[int, ...]
    ends: tuple[int, ...]
    forks: tuple[Branch, ...]

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Branch]]:
        """This branch and all that fork from it, each with its depth, in reading order."""
        yield depth, self
        for fork in self.forks:
            yield from fork.walk(depth + 1)


def word_tree(texts: Sequence[str]) -> Branch:
    """The tree of one text or more; its root has no text where they share no first word.

    White space does not count, as in the figures: the pieces are written as in the first text that has them.
    """
    composed = [unicodedata.normalize("NFC", text) for text in texts]
    return _branch(composed, [words(text) for text in composed], list(range(len(texts))), 0)


def _branch(texts: Sequence[str], told: Sequence[list[str]], members: list[int], start: int) -> Branch:
    first = told[members[0]]
    end = min(shared(first[start:], told[index][start:]) for index in members) + start
    going: dict[str, list[int]] = {}
    for index in members:
        if len(told[index]) > end:
            going.setdefault(told[index][end], []).append(index)
    forks = sorted(going.values(), key=len, reverse=True)
    return Branch(
        text=_piece(texts[members[0]], first, start, end),
        answers=tuple(members),
        ends=tuple(index for index in members if len(told[index]) == end),
        forks=tuple(_branch(texts, told, group, end) for group in forks),
    )


def _piece(text: str, told: list[str], start: int, end: int) -> str:
    """Words `start` to `end` of the text, with the white space and signs between them, on one line."""
    if start == end:
        return ""
    at, places = 0, []
    for word in told[:end]:
        at = text.index(word, at)
        places.append(at)
        at += len(word)
    return " ".join(text[places[start] : at].split())
