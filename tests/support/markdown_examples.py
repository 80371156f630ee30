"""The examples of CommonMark and GFM that are compared, and the list of those that differ on purpose."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

_FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "markdown"
_WHOLE = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

DIFFERENT = {
    "commonmark 112": "white space alone on a line",
    "commonmark 118": "white space at the end",
    "commonmark 129": "white space alone on a line",
    "commonmark 334": "inline code of spaces alone",
    "gfm 493": "three tildes",
}
"""The examples that the page draws in another way than the reference, with the kind of docs/markdown.md."""


@dataclass(frozen=True)
class Example:
    """`name` is the file and the number of the example."""

    name: str
    section: str
    markdown: str


def compared() -> list[Example]:
    """All examples without raw HTML, images and titles of links."""
    found = []
    for file in ("commonmark", "gfm"):
        entries = json.loads((_FIXTURES / f"{file}.json").read_text(encoding="utf-8"))
        found += [
            Example(f"{file} {entry['number']}", entry["section"], entry["markdown"])
            for entry in entries
            if not _left_out(entry["markdown"])
        ]
    return found


def _left_out(text: str) -> bool:
    tokens = [inner for token in _WHOLE.parse(text) for inner in (token, *(token.children or ()))]
    return any(
        token.type in ("html_block", "html_inline", "image")
        or (token.type == "link_open" and token.attrGet("title"))
        for token in tokens
    )
