"""Makes Markdown from untrusted sources harmless: emphasis, headings, lists, tables and code are displayed,
but nothing can be clicked or fetched.

Everything is escaped except a few marks that cannot start a link, an image, a formula or a block in which the
escapes of the next line would not work. Escapes would be visible inside code, so code is left unchanged. Text
therefore counts as code only if every Markdown parser agrees: fences at the left margin, and inline code
within one line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lib.markdown.escape import escape

_FENCE = re.compile(r"(?P<indent> *)(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
_INFO = re.compile(r"[^\w+#.-]+")
_LINE_START = re.compile(r"(?:\s*(?:[-+*]|\d{1,9}[.)]|#{1,6}|>)(?=\s|$))*\s*")
_RULE = re.compile(r"[|\-: ]*(?<!:)")  # a separator line of a table, or a horizontal rule
_CODE = re.compile(r"(?<!`)(?P<ticks>`+)(?!`)[^|\n]*?[^|\n`](?P=ticks)(?!`)")
_PIECE = re.compile(r"[*_|]+|[^\W_]+|\s+|[^\w\s*|]+")


class Token(NamedTuple):
    """`drawn` is the Markdown for the next `length` characters. If it has the same length it can be cut
    anywhere."""

    length: int
    drawn: str


def inert(text: str) -> str:
    """The whole text, sanitised."""
    return "".join(token.drawn for token in tokens(text))


def tokens(text: str) -> Iterator[Token]:
    """The sanitised text in pieces. The text up to the end of any token is harmless, too."""
    fence, indent, start = "", 0, 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].replace("\r", " ")  # a carriage return alone would end a line in Markdown
        break_after = [Token(1, "\n")] if end < len(text) else []
        opening = None if fence else _FENCE.match(line)
        if fence:
            skipped = min(indent, len(line) - len(line.lstrip(" ")))
            yield from [Token(skipped, "")] if skipped else []
            yield Token(len(line) - skipped, line[skipped:])
            if line.strip().strip(fence[0]) == "" and line.strip().startswith(fence):
                fence = ""
        elif opening:
            # The fence is moved to the left margin, where it is a fence whatever the lines before it are.
            fence, indent = opening["marks"], len(opening["indent"])
            head = fence + _INFO.sub("", opening["info"]) + ("\n" if break_after else "")
            yield Token(len(line) + len(break_after), head)
            break_after = []
        else:
            yield from _line(line)
        yield from break_after
        start = end + 1


def _line(line: str) -> Iterator[Token]:
    if line.strip() and _RULE.fullmatch(line) and "::" not in line:
        yield Token(len(line), line)
        return
    lead = _LINE_START.match(line)
    at = lead.end() if lead else 0
    if at:
        # Four spaces would begin a code block, in which escapes are visible.
        yield Token(at, line[:at] if line[:at].strip() else line[:at].expandtabs(1)[-3:])
    for code in _CODE.finditer(line, at):
        yield from _escaped(line[at : code.start()])
        yield Token(len(code[0]), code[0])
        at = code.end()
    yield from _escaped(line[at:])


def _escaped(text: str) -> Iterator[Token]:
    for piece in _PIECE.finditer(text):
        part, drawn = piece[0], piece[0]
        if part[0] not in "*_|" and not part[0].isalnum():
            drawn = escape(part)
            if part[0] == "." and text[max(0, piece.start() - 3) : piece.start()].lower() == "www":
                drawn = f":color[&#46;]{escape(part[1:])}"
        yield Token(len(part), drawn)
