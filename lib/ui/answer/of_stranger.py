"""Texts that a stranger sent in a link or file: a page draws only as much as a browser can draw quickly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from lib.markdown.sanitize import sanitize
from lib.markdown.work import MOST, drawable, work

ANSWERS = 3
"""The answers of a page may together take this many times the work that one may take (work.MOST)."""
CHARACTERS = 100_000
"""The most characters of plain text on a page."""


@dataclass
class Room:
    """What may still be drawn on this page: `work` of Markdown, and `characters` of plain text.

    `work`: in the unit of lib/markdown/work.py. `left_out`: characters that were not drawn at all.
    """

    work: int = ANSWERS * MOST
    characters: int = CHARACTERS
    left_out: int = 0

    def takes(self, text: str) -> bool:
        """Whether all of the text can be drawn as Markdown. If so, its work is subtracted from `work`."""
        needed = work(text)
        fits = needed <= min(MOST, self.work) and drawable(text, needed) == len(text)
        self.work -= needed * fits
        return fits

    def markdown(self, text: str) -> None:
        """Draw as much of the beginning as possible as Markdown, and the rest as plain text."""
        drawn = drawable(text, min(MOST, self.work))
        self.work -= work(text[:drawn])
        if drawn:
            st.markdown(sanitize(text[:drawn]), anchors=False)
        if drawn < len(text):
            st.caption("The rest is shown as plain text." if drawn else "Shown as plain text.")
            self.text(text[drawn:])

    def text(self, text: str, draw: Callable[[str], object] = st.text) -> None:
        """Draw as much of the text as possible with `draw`, which draws plain text."""
        shown = text[: self.characters]
        self.characters -= len(shown)
        draw(shown)
        if rest := len(text) - len(shown):
            self.left_out += rest
            st.caption(f"{rest:,} more characters are not shown.")
