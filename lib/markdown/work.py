"""How much work the Markdown of a stranger is for a browser, and how much of the Markdown is drawn.

The unit is about what one line, one mark such as a star, or one cell of a table takes: half a millisecond in
Chromium on a slow machine. Formulas have a limit of their own, in `lib.markdown.katex`.
"""

from __future__ import annotations

import re

MOST = 1_000
"""The work of the answers that are drawn as Markdown. A usual answer takes 20 to 200."""
DEEPEST = 12
"""The deepest nesting of lists and quotes that is drawn; deeper ones cost more than their length."""
_WIDEST_INDENT = 40
"""Spaces before a marker of a list or quote: a list that is indented further is nested too deep, too."""
_CHARACTERS = 100
"""Characters of plain text that take one unit."""
# What `lib.markdown.rules` puts into a span of its own counts, too.
_MARKS = re.compile(r"[*_~`|#<:@&\\\[\]]|[-=>](?=[-=>])|www\.", re.IGNORECASE)
_MARKER = r"(?:[>*+-]|\d{1,9}[.)])"
_CONTAINERS = re.compile(rf"(?:[ \t]*{_MARKER}(?=[ \t>]))+")


def work(text: str) -> int:
    """The work for the whole text."""
    return sum(map(_of_line, text.splitlines()))


def drawable(text: str, most: int = MOST) -> int:
    """How many characters from the beginning can be drawn with `most` work: whole lines, in front of the
    first that is too much or nested too deep."""
    at, left = 0, most
    for line in text.splitlines(keepends=True):
        left -= _of_line(line)
        if left < 0 or _too_deep(line):
            return at
        at += len(line)
    return at


def _of_line(line: str) -> int:
    return 1 + len(line) // _CHARACTERS + len(_MARKS.findall(line))


def _too_deep(line: str) -> bool:
    found = _CONTAINERS.match(line)
    if found is None:
        return False
    indent = len(line) - len(line.lstrip(" \t"))
    return indent > _WIDEST_INDENT or len(re.findall(_MARKER, found[0])) > DEEPEST
