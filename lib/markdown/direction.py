"""Lists from right to left: their bullets and numbers stand on the right.

The direction of a paragraph follows its first letter, which CSS can ask for. That of a list belongs to its
whole block, for which Streamlit 1.67.0 has nothing. So an empty span stands at the beginning of an item whose
first letter is from right to left, and `lib/ui/app/page.css` turns the list that contains it.
"""

from __future__ import annotations

import unicodedata

from lib.markdown.scan import HOLD, Drawn, Scan

MARK = ":shimmer[]"
"""An empty span that nothing else draws."""
_LOOKED_AT = 3
_MARKUP_BEFORE_LETTERS = "*_\"'("


def item_mark(scan: Scan) -> Drawn | None:
    """What to draw at the beginning of a list item: the mark, or nothing."""
    for offset in range(_LOOKED_AT):
        character = scan.next(offset)
        if not character:
            return Drawn(0, "", "") if scan.final else HOLD
        if unicodedata.bidirectional(character) in ("R", "AL"):
            return Drawn(0, MARK, "")
        if not _neutral(character):
            break
    return Drawn(0, "", "")


def _neutral(character: str) -> bool:
    """Whether letters of either direction can follow, in a text that no other rule is about."""
    kind = unicodedata.category(character)
    return (
        character in _MARKUP_BEFORE_LETTERS
        or (not character.isascii() and kind[0] in "PSM")
        or character == " "
    )
