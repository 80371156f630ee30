"""Follows the blocks of Markdown line by line: quotes, list items, code, tables and paragraphs.

It reads a line from its beginning as the characters arrive and tells, when the content of the line
begins, what the line is. It follows CommonMark 0.31.2 and the tables of GitHub Flavored Markdown, without
HTML blocks: Streamlit displays HTML as text.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["", "text", "code", "fence", "row"]
"""What a line is: `code` is indented, `fence` stands between fences, `row` belongs to a table. It is empty
until the content of the line begins."""
_QUOTE = 0
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
_UNDERLINE = re.compile(r"(?:=+|-+)[ \t]*$")
_DEFINITION = re.compile(r"\[[^\[\]]+\]:[ \t]*\S+")
_CELL = r"[ \t]*:?-+:?[ \t]*"
_DELIMITERS = re.compile(rf"\|?{_CELL}(?:\|{_CELL})*\|?[ \t]*$")
_BAR = re.compile(r"(?<!\\)(?:\\\\)*\|")
_BULLETS, _DIGITS = "-+*", "0123456789"


class Blocks:
    """`kind` is about the current line, and `start` the place in it where its content begins."""

    _base: int
    _column: int
    _digits: str

    def __init__(self) -> None:
        self.kind: Kind = ""
        self._containers: list[int] = []  # _QUOTE, or the width of a list item up to its content
        self._fence = ""
        self._paragraph = self._table = False
        self._last = ""  # the content of the last line of the paragraph
        self.new_item = False  # whether the content of a list item begins here
        self.first_code_line = False  # whether the line follows the one that opened a code block
        self._begin_line()

    @property
    def paragraph(self) -> bool:
        """Whether the line before this one is a line of a paragraph that this line may continue."""
        return self._paragraph and not self._opened

    @property
    def last(self) -> str:
        """The content of the line before, if that belongs to a paragraph; else an empty string."""
        return self._last if self.paragraph else ""

    @property
    def quoted(self) -> bool:
        """Whether the line is part of a quote."""
        return _QUOTE in self._containers

    @property
    def continuation(self) -> str:
        """The prefix that puts a further line into the same quotes and list items."""
        return "".join("> " if width == _QUOTE else " " * width for width in self._containers)

    def prefix(self, text: str, at: int, final: bool) -> int | None:
        """The length of the next piece of the line's prefix; 0 if the content begins at `at`; None if that
        depends on text that has not arrived."""
        character = text[at]
        if character in " \t":
            return self._space(character)
        if self._pending is not None and not self._digits:
            self._begin_item()
        if self._match(character):
            return self._quote_mark()
        if self._fence:
            if not self._lazy:
                return self._begin_content("fence")
            self._close_leaf()
        indent = self._column - self._base
        if indent >= 4:
            self.indented = True
            return self._begin_content("text" if self.paragraph else "code")
        if character == ">" and not self._digits:
            self._open()
            self._opened.append((_QUOTE, self._length))
            return self._quote_mark()
        marker = self._marker(text, at, final)
        if marker != 0:
            return marker
        row = self._table and not self._lazy and not self._opened
        return self._begin_content("row" if row else "text")

    def open_fence(self, marks: str) -> None:
        """The line turned out to open a code block."""
        self._drop_unmatched()
        self._close_leaf()
        self._fence, self.kind = marks, "fence"
        self._opening = True

    def end_paragraph(self) -> None:
        """The line turned out to be a block of its own, such as a formula."""
        self._drop_unmatched()
        self._close_leaf()
        self.kind = "code"

    def end(self, line: str) -> bool:
        """End the line. `line` is all of it; returns whether it was text of a paragraph."""
        kind, content = self.kind, line[self.start :] if self.kind else ""
        self.first_code_line = self._opening
        broken = False
        if kind == "fence":
            self._end_fence_line(content)
        elif not kind:
            self._end_blank_line()
        elif kind == "text":
            broken = self._end_text_line(line, content)
        elif kind == "code":
            self._paragraph = False
        self._begin_line()
        return broken

    # The prefix.

    def _begin_line(self) -> None:
        self.kind, self.new_item = "", False
        self._length = 0  # characters of the prefix so far
        self.start = 0  # where the content begins
        self.indented = False  # by four columns or more, so that no block but code can begin
        self._column = self._base = 0  # of the next character, and of the content of the innermost container
        self._matched = 0  # containers of the line before that this line continues
        self._opened: list[tuple[int, int]] = []  # new containers, and where each begins in the line
        self._pending: int | None = None  # the column after a list marker whose content has not begun
        self._marker_at = 0
        self._digits = ""  # of what may become a list marker
        self._optional_space = self._opening = False

    @property
    def _lazy(self) -> bool:
        return self._matched < len(self._containers) and not self._opened

    def _space(self, character: str) -> int:
        if self._digits:
            return self._begin_content("text")
        before = self._column
        self._column += 1 if character == " " else 4 - self._column % 4
        if self._optional_space:
            self._base, self._optional_space = before + 1, False
        self._length += 1
        return 1

    def _match(self, character: str) -> bool:
        """Match the containers that go on; True if the character is the mark of a quote that goes on."""
        while not self._opened and self._matched < len(self._containers):
            width = self._containers[self._matched]
            if width == _QUOTE:
                if character != ">" or self._column - self._base > 3 or self._digits:
                    return False
                self._matched += 1
                return True
            if self._column - self._base < width:
                return False
            self._base += width
            self._matched += 1
        return False

    def _quote_mark(self) -> int:
        self._length += 1
        self._column += 1
        self._base, self._optional_space = self._column, True
        return 1

    def _marker(self, text: str, at: int, final: bool) -> int | None:
        """The length of a list marker or of a part of it; 0 if there is none; None if that is not known."""
        character, after = text[at], text[at + 1 : at + 2]
        interrupts = self.paragraph and not self._lazy
        if character in _DIGITS and len(self._digits) < 9:
            self._digits += character
            self._length += 1
            return 1
        ordered = bool(self._digits) and character in ".)"
        if not ordered and (self._digits or character not in _BULLETS):
            return 0
        if not after and not final:
            return None
        if after not in (" ", "\t", "\n", "") or (interrupts and after in ("\n", "")):
            return 0
        if ordered and interrupts and int(self._digits) != 1:
            return 0
        self._open()
        self._marker_at = self._length - len(self._digits)
        self._column += len(self._digits) + 1
        self._length += 1
        self._pending, self._digits = self._column, ""
        return 1

    def _begin_item(self) -> None:
        """The content of a list item begins here: now its width is known."""
        assert self._pending is not None
        spaces = self._column - self._pending
        width = self._pending - self._base + (spaces if 1 <= spaces <= 4 else 1)
        self._opened.append((width, self._marker_at))
        self.new_item = True
        self._base += width
        self._pending = None

    def _open(self) -> None:
        """A new container begins; what it interrupts ends."""
        if not self._opened:
            self._containers = self._containers[: self._matched]
            self._close_leaf()

    def _begin_content(self, kind: Kind) -> int:
        self.start = self._length - len(self._digits)
        if not (self._lazy and self.paragraph):
            self._drop_unmatched()
        self.kind = kind
        return 0

    def _drop_unmatched(self) -> None:
        """Containers that this line does not continue end; those that it opened stay."""
        if self._lazy:
            self._close_leaf()
        if not self.kind or self._lazy:
            self._containers = self._containers[: self._matched] + [width for width, _ in self._opened]
            self._matched = len(self._containers)

    def _close_leaf(self) -> None:
        self._paragraph = self._table = False
        self._fence = self._last = ""

    # The end of a line.

    def _end_blank_line(self) -> None:
        """A blank line ends a paragraph, a table, and each quote that has no mark on it."""
        if self._pending is not None:
            self._column = self._pending
            self._begin_item()
            self._drop_unmatched()
        kept = self._containers[self._matched :]
        if _QUOTE in kept:
            self._containers = self._containers[: self._matched + kept.index(_QUOTE)]
            self._close_leaf()
        if not self._fence:
            self._close_leaf()

    def _end_fence_line(self, content: str) -> None:
        marks = content.strip(" \t")
        if not self._opening and marks.startswith(self._fence) and not marks.strip(self._fence[0]):
            indent = self._column - self._base
            if indent < 4:
                self._fence = ""

    def _end_text_line(self, line: str, content: str) -> bool:
        if self.indented:
            self._last = content
            return True
        rule = self._rule(line)
        if rule is not None:
            self._containers = self._containers[:rule]
            self._close_leaf()
            return False
        if _HEADING.match(content):
            self._drop_unmatched()
            self._close_leaf()
            return False
        if self.paragraph and self._matched == len(self._containers):
            if _UNDERLINE.match(content) and not _DEFINITION.match(self._last):
                self._close_leaf()
                return False
            if self._delimiters(content):
                self._close_leaf()
                self._table = True
                return False
        self._paragraph, self._table, self._last = True, False, content
        return True

    def _rule(self, line: str) -> int | None:
        """How many containers stand around a thematic break; None if the line is none. A line such as
        `- - -` was read as list items at first."""
        if line.rstrip(" \t")[-1:] not in ("*", "-", "_"):
            return None
        before = len(self._containers) - len(self._opened)
        for index, (width, start) in enumerate(self._opened):
            if width != _QUOTE and _RULE.match(line, start):
                return before + index
        underline = self.paragraph and self._matched == len(self._containers) and line[self.start] == "-"
        found = _RULE.match(line, self.start)
        if not found or (underline and _UNDERLINE.match(line, self.start)):
            return None
        return self._matched

    def _delimiters(self, content: str) -> bool:
        """Whether this line, under the last one, makes a table of the two."""
        if not _DELIMITERS.match(content) or ("|" not in content and ":" not in content):
            return False
        return _cells(content) == _cells(self._last)


def _cells(line: str) -> int:
    bars = len(_BAR.findall(line))
    inner = line.strip(" \t")
    outer = inner.startswith("|") + (len(inner) > 1 and bool(re.search(r"(?<!\\)\|$", inner)))
    return bars - outer + 1
