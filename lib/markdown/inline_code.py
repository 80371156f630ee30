"""Backticks: inline code and the first line of a code block."""

from __future__ import annotations

import re

from lib.markdown.scan import HOLD, Drawn, Scan, entity

LONGEST = 2000
"""The longest inline code, in characters. A backtick waits no longer than that for its end."""
_STOPS = re.compile(r"`+|\n|\\?\|")
_LINE_BREAK = re.compile(r"\n[ \t]*")
_NO_CONTINUATION = "#>+-=~|*:$0123456789"
# A bar ends the cell of a table, and so the code, if the next line makes this line the head of a table.
_SPLIT_BY_TABLE = re.compile(r"\|.*(?:[\[<@&!]|://|www\.)|(?:[\[<@&!]|://|www\.).*\|", re.IGNORECASE)
_LANGUAGE = re.compile(r"[ \t]*(\S*)")
_ICON, _ICON_PARTS = ":material/", (":", "material/")


def backtick(scan: Scan) -> Drawn | None:
    """Inline code as a whole, the first line of a code block, or backticks that are only characters."""
    run = scan.run("`")
    if scan.at_block and run >= 3:
        line_end = scan.text.find("\n", scan.at)
        info = scan.text[scan.at + run : line_end if line_end >= 0 else len(scan.text)]
        if "`" not in info:
            return HOLD if line_end < 0 and not scan.final else fence(scan, "`" * run, info)
    if scan.reaches_end(run) and not scan.final:
        return HOLD
    end = _end(scan, run)
    if end is None:
        return HOLD
    if not end:
        return Drawn(run, entity("`") * run)
    code = _LINE_BREAK.sub(" ", scan.text[scan.at : end])
    if scan.shared and _SPLIT_BY_TABLE.search(code):
        return Drawn(run, entity("`") * run)
    return Drawn(end - scan.at, _without_icons(code, run), code)


def fence(scan: Scan, marks: str, info: str) -> Drawn:
    """The first line of a code block. The language Mermaid is left out: Streamlit would replace the code by a
    picture as soon as the answer is complete."""
    scan.blocks.open_fence(marks)
    language = _LANGUAGE.match(info)
    drawn = "" if language and language[1].lower().startswith("mermaid") else info
    return Drawn(len(marks + info), marks + drawn, marks + info)


def _end(scan: Scan, run: int) -> int | None:
    """Where the inline code ends; 0 if it does not; None if that is not known yet."""
    start = scan.at + run
    limit = min(len(scan.text), start + LONGEST)
    for found in _STOPS.finditer(scan.text, start, limit):
        text = found[0]
        if text[0] == "`":
            if found.end() == len(scan.text) and not scan.final:
                return None
            if len(text) == run:
                return found.end()
        elif text == "\n":
            goes_on = _continues(scan, found.end())
            if not goes_on:
                return goes_on
        elif text == "|" and scan.blocks.kind == "row":
            return 0
    return None if limit < start + LONGEST and not scan.final else 0


def _continues(scan: Scan, at: int) -> int | None:
    """Whether the line at `at` continues the paragraph; None if that is not known yet."""
    if scan.blocks.kind != "text" or scan.blocks.quoted:
        return 0
    rest = scan.text[at : at + LONGEST].lstrip(" \t")
    if not scan.final and (not rest or (rest[0] == "`" and len(rest) < 3)):
        return None
    return int(bool(rest) and rest[0] not in _NO_CONTINUATION + "\n" and not rest.startswith("```"))


def _without_icons(code: str, run: int) -> str:
    """Streamlit replaces `:material/` even in code; two pieces of code show the text as it is."""
    marks = "`" * run
    return code.replace(_ICON, f"{_ICON_PARTS[0]}{marks}:color[]{marks}{_ICON_PARTS[1]}")
