"""Turns a Reply into input for `st.write_stream`, at a cost linear in the length of the answer.

`st.write_stream` sends the whole current element again with every piece. Therefore a new Markdown element
begins after a complete block, and chunks are merged where they come faster than `gap_s` on average.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

from lib.bedrock import live_replies
from lib.bedrock.reply import Reply
from lib.markdown.streamlit_markdown import StreamlitMarkdown

TICK_S = 0.05
"""The longest time between two ticks, and so the longest time until Streamlit can stop the script."""
_GRACE = 2
"""How many updates may come before their time, because chunks that are sent evenly arrive unevenly."""
ELEMENT_CHARACTERS = 400
"""The shortest element, in characters. A short answer is therefore one element."""

# The first line of a list item may open a fence; "```code```" is inline code, wherever it stands.
_FENCE = re.compile(r"\s*(?:(?:[-+*]|\d{1,9}[.)])\s+)*(`{3,}(?=[^`]*$)|~{3,})")
_LIST_ITEM = re.compile(r"\s*([-+*]|\d{1,9}[.)])\s")


def paced_markdown(
    stream: Reply, tick: Callable[[], object] = lambda: None, begun: str = ""
) -> Iterator[str | Callable[[], None]]:
    """Pieces of Markdown; a callable between them starts a new element. `tick` runs at least every 50 ms.

    `begun`: the text that the stream goes on with, from a beginning of a block on (`unfinished_block`). White
    space waits for other text, without which `st.write_stream` would send the same again.
    """
    blank = ""
    for piece in _pieces(stream, tick, begun):
        if callable(piece):
            yield piece
        elif (blank := blank + piece).strip():
            yield blank
            blank = ""
    if blank:
        yield blank


def _pieces(stream: Reply, tick: Callable[[], object], begun: str) -> Iterator[str | Callable[[], None]]:
    markdown, blocks = StreamlitMarkdown(), BlockSplitter()
    yield from blocks.feed(markdown.feed(begun))
    first = not begun
    for text in paced(stream, tick):
        yield from blocks.feed(markdown.feed(text.removeprefix(" ") if first else text))
        first = False
    yield from blocks.feed(markdown.finish())


def gap_s(running: int) -> float:
    """Seconds between two updates of an answer on average, while `running` answers arrive in this process.

    30 ms for few. More than 30 share a thousand updates a second, which one process can send beside its other
    work.
    """
    return max(0.030, running / 1_000)


def paced(stream: Reply, tick: Callable[[], object] = lambda: None) -> Iterator[str]:
    """All text of the stream. A chunk passes at once unless updates came faster than `gap_s` on average, with
    `_GRACE` of them before their time; then it waits and is merged with what comes meanwhile.
    """
    seen, due = 0, 0.0
    while True:
        tick()
        ended = stream.ended  # checked before reading, so that text which arrives in between is still read
        new = stream.read(seen, 0 if ended else TICK_S)
        if not new and ended:
            return
        gap = gap_s(len(live_replies.followed()))
        while new and (rest := due - _GRACE * gap - time.monotonic()) > 0:
            tick()
            if stream.wait_ended(min(rest, TICK_S)):
                break
            new += stream.read(seen + len(new), 0)
        seen += len(new)
        if text := "".join(new):
            due = max(due, time.monotonic()) + gap
            yield text


def unfinished_block(text: str) -> tuple[str, str]:
    """`text` in two: whole blocks, and the last block, which text that follows may still belong to."""
    blocks = [""]
    for piece in BlockSplitter(least=0).feed(text):
        if callable(piece):
            blocks.append("")
        else:
            blocks[-1] += piece
    return "".join(blocks[:-1]), blocks[-1]


def _new_element() -> None:
    """`st.write_stream` ends the current element when it gets a callable."""


class BlockSplitter:
    """Finds where a new Markdown element may begin: after a blank line at top level.

    No element begins inside a code fence or a `$$` block, or between the items of a list. The joined pieces
    are the text.
    """

    def __init__(self, least: int = ELEMENT_CHARACTERS) -> None:
        self._least, self._size = least, 0
        self._line = ""
        self._closing = ""  # the line that ends the current fence or formula
        self._after_blank = self._in_list = False

    def feed(self, text: str) -> Iterator[str | Callable[[], None]]:
        piece = ""
        for line in text.splitlines(keepends=True):
            if not self._line and self._may_begin(line):
                if piece:
                    yield piece
                piece, self._size, self._in_list = "", 0, False
                yield _new_element
            self._size += len(line)
            self._line += line
            if line.endswith("\n"):
                self._end_line(self._line.rstrip())
                self._line = ""
            piece += line
        if piece:
            yield piece

    def _may_begin(self, line: str) -> bool:
        at_top = self._after_blank and not self._closing and not line[0].isspace()
        continues_list = self._in_list and (line[0] in "-+*" or line[0].isdigit())
        return at_top and self._size >= self._least and not continues_list

    def _end_line(self, line: str) -> None:
        fence = _FENCE.match(line)
        if self._closing:
            if line.strip().startswith(self._closing) and not line.strip().strip(self._closing[0]):
                self._closing = ""
        elif fence or line.strip() == "$$":
            self._closing = fence[1] if fence else "$$"
            self._in_list = self._in_list or bool(_LIST_ITEM.match(line))
        elif _LIST_ITEM.match(line):
            self._in_list = True
        elif line and not line[0].isspace() and self._after_blank:
            self._in_list = False
        self._after_blank = not line and not self._closing
