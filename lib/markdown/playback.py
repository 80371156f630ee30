"""Plays a recorded answer again with its recorded timing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from lib.bedrock.answer import Answer
from lib.markdown.pacing import BlockSplitter
from lib.markdown.streamlit_markdown import StreamlitMarkdown
from lib.markdown.work import work

TICK_S = 0.05
"""The longest time between two ticks."""
_MERGE_S = 0.04
"""The shortest time between two updates."""
_WORK_S = 0.001
"""How much longer it is for each unit of work in the element that the update draws anew."""


def play(
    answer: Answer, since: float, tick: Callable[[], object] = lambda: None
) -> Iterator[str | Callable[[], None]]:
    """Input for `st.write_stream`: sanitised Markdown, in which a callable starts a new element.

    `since` is the time.monotonic() at which the request counts as sent. Text that is due already is yielded
    at once. An answer without a timeline is yielded whole.
    """
    markdown, blocks, drawn, begun = StreamlitMarkdown(shared=True), BlockSplitter(), 0, 0
    text = answer.shown_text
    lead = len(answer.text) - len(text)  # a space at the beginning, which is not displayed

    def pause_s() -> float:
        return _MERGE_S + work(text[begun:drawn]) * _WORK_S

    for count in due(answer, since, tick, pause_s):
        for piece in blocks.feed(markdown.feed(text[drawn : count - lead])):
            if callable(piece):
                begun = drawn
            yield piece
        drawn = max(drawn, count - lead)
    yield from blocks.feed(markdown.feed(text[drawn:]) + markdown.finish())


def due(
    answer: Answer,
    since: float,
    tick: Callable[[], object] = lambda: None,
    pause_s: Callable[[], float] = lambda: _MERGE_S,
) -> Iterator[int]:
    """How many characters of the text are due, each time that this number grows, with a pause between."""
    seen = shown = 0
    beats = answer.timeline
    while seen < len(beats):
        now = (time.monotonic() - since) * 1000
        while seen < len(beats) and beats[seen].ms <= now:
            shown += beats[seen].characters
            seen += 1
        if shown:
            yield shown
        if seen < len(beats):
            _wait_until(max(since + beats[seen].ms / 1000, time.monotonic() + pause_s()), tick)


def _wait_until(moment: float, tick: Callable[[], object]) -> None:
    while (left := moment - time.monotonic()) > 0:
        tick()
        time.sleep(min(left, TICK_S))
