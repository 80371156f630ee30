"""Marks, in the Markdown of an answer, the words that the answer beside it does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lib.markdown.word_diff import changes

MOST = 0.75
"""The largest share of new words that is marked. Above it nearly all words would be coloured."""
_OPEN, _CLOSE = ":blue-background[", "]"
_WORD = re.compile(r"\w+(?:['’]\w+)*")
# Parts that a mark would break: code, formulas, links, directives, escapes, tags, the number of a list item.
_KEPT = re.compile(
    r"^(?P<fence>`{3,}|~{3,}).*?(?:^(?P=fence)|\Z)"
    r"|(?P<ticks>`+)(?!`).*?(?<!`)(?P=ticks)(?!`)"
    r"|\$\$.*?\$\$|(?<!\\)\$[^$\n]+\$"
    r"|^(?: {4}|\t).*?$"
    r"|!?\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\]|:[^\n]*)?"
    r"|https?://\S+|www\.\S+|\S+@\S+"
    r"|<[^>\n]*>|&#?\w+;"
    r"|:[\w/-]+(?::|(?=\[))|\\\S"
    r"|^\s*\d+[.)]",
    re.MULTILINE | re.DOTALL,
)


def marked(before: str, after: str) -> tuple[str, float]:
    """`after` (Markdown as it is drawn) with its new words marked, and the share of its words that are new.

    If that share is larger than MOST, the text is returned unchanged.
    """
    spans = [(match.start(), match.end()) for match in _WORD.finditer(after)]
    if not spans:
        return after, 0.0
    fresh = _inside(spans, list(_added(before, after)))
    share = len(fresh) / len(spans)
    if share > MOST:
        return after, share
    kept = [(match.start(), match.end()) for match in _KEPT.finditer(after)]
    return _with_marks(after, _joined(after, _outside(fresh, kept))), share


def _added(before: str, after: str) -> Iterator[tuple[int, int]]:
    """The ranges (start, end) of `after` that `before` does not have."""
    at = 0
    for change in changes(before, after):
        if change.kind == "removed":
            continue
        if change.kind == "added":
            yield at, at + len(change.text)
        at += len(change.text)


def _inside(spans: list[tuple[int, int]], ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans that overlap one of the ranges; both are sorted."""
    found, at = [], 0
    for start, end in spans:
        while at < len(ranges) and ranges[at][1] <= start:
            at += 1
        if at < len(ranges) and ranges[at][0] < end:
            found.append((start, end))
    return found


def _outside(spans: list[tuple[int, int]], ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    touching = set(_inside(spans, ranges))
    return [span for span in spans if span not in touching]


def _joined(text: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, with neighbouring words and the space between them joined into one span."""
    out: list[tuple[int, int]] = []
    for start, end in spans:
        if out and text[out[-1][1] : start] == " ":
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _with_marks(text: str, spans: list[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], _OPEN, text[start:end], _CLOSE]
        at = end
    return "".join([*parts, text[at:]])
