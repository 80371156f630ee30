"""Where the reading of an answer stands: the text that is not decided yet, and what is known before it."""

from __future__ import annotations

import re
from typing import NamedTuple

from lib.markdown.blocks import Blocks
from lib.markdown.katex import MOST_WORK

HOLD = None
"""What a rule returns if it cannot decide until more text has arrived."""
_SHORTCODE = re.compile(r":[+-]?\w[\w+-]*$")
_TAIL = 80
"""How much of the line before is kept for rules to look at, in characters."""


class Drawn(NamedTuple):
    """A rule's decision: `text` is drawn for the next `length` characters. `written` stands for them in the
    line that the rules after it see, if that is not what was written."""

    length: int
    text: str
    written: str | None = None


def entity(character: str) -> str:
    """The character as a reference, which Markdown never takes for a mark."""
    return f"&#{ord(character)};"


def alone(character: str) -> str:
    """The character in a span of its own. Streamlit replaces addresses, `:name:` and `->` in the text of a
    span after references are resolved, so only the end of the span stops that."""
    return f":color[{entity(character)}]"


class Scan:
    """`text[at:]` is not decided yet. `shared`: the text is from a stranger, and nothing may be a link."""

    def __init__(self, shared: bool) -> None:
        self.shared = shared
        self.text, self.at, self.final = "", 0, False
        self.formula_work = MOST_WORK  # that is left for the formulas of a stranger
        self.blocks = Blocks()
        self._parts: list[str] = []
        self.tail = ""  # the last characters of the line, as they were written
        self.length = 0  # of the line up to here
        self.new_paragraph()

    def new_paragraph(self) -> None:
        """No mark that was opened before can be closed from here on."""
        self.open_runs = ""  # of stars and tildes that may begin emphasis
        self.pending = ("", "")  # a run that may go on: its character, and the character before it
        self.brackets = ""  # open square brackets: "[", or "!" for those of an image
        self.definition = False  # whether the paragraph begins with a square bracket
        self.angle = ""  # inside angle brackets: the part of the address that is being read
        self.address: int | None = None  # inside a bare address: its open parentheses

    @property
    def at_content(self) -> bool:
        """Whether the content of the line begins here."""
        return self.length == self.blocks.start

    @property
    def at_block(self) -> bool:
        """Whether a block such as a fence can begin here."""
        return self.at_content and not self.blocks.indented

    @property
    def before(self) -> str:
        """The character before, in this line; an empty string at its beginning."""
        return "" if self.at_content else self.tail[-1:]

    @property
    def line(self) -> str:
        """The line up to here, as it was written."""
        return "".join(self._parts)

    @property
    def content(self) -> str:
        """The line up to here without its indentation, quote marks and list markers."""
        return self.line[self.blocks.start :]

    @property
    def shortcode(self) -> bool:
        """Whether the text before, up to a colon, can be the name of an emoji or icon."""
        return bool(_SHORTCODE.search(self.tail))

    def ahead(self, length: int) -> str:
        return self.text[self.at : self.at + length]

    def next(self, offset: int) -> str:
        """The character `offset` places further; an empty string if none has arrived."""
        return self.text[self.at + offset : self.at + offset + 1]

    def at_text(self, wanted: str) -> bool:
        return self.text.startswith(wanted, self.at)

    def short_of(self, length: int) -> bool:
        """Whether fewer characters have arrived, and more may come."""
        return not self.final and len(self.text) - self.at < length

    def run(self, character: str) -> int:
        """How often the character stands here."""
        end = self.at
        while self.text.startswith(character, end):
            end += 1
        return end - self.at

    def reaches_end(self, length: int) -> bool:
        return self.at + length >= len(self.text)

    def take(self, drawn: Drawn) -> None:
        """Go past what is decided."""
        written = self.ahead(drawn.length) if drawn.written is None else drawn.written
        self.at += drawn.length
        if written == "\n":
            self._parts.clear()
            self.tail, self.length = "", 0
            return
        self._parts.append(written)
        self.length += len(written)
        self.tail = (self.tail + written)[-_TAIL:]
