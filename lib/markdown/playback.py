"""Plays a recorded answer again with its recorded timing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from lib.bedrock.answer import Answer
from lib.markdown.pacing import BlockSplitter
from lib.markdown.sanitize import Token, tokens

TICK_S = 0.05
"""The longest time between two ticks."""
_MERGE_S = 0.04
"""The shortest time between two updates."""


def play(
    answer: Answer, since: float, tick: Callable[[], object] = lambda: None
) -> Iterator[str | Callable[[], None]]:
    """Input for `st.write_stream`: sanitised Markdown, in which a callable starts a new element.

    `since` is the time.monotonic() at which the request counts as sent. Text that is due already is yielded
    at once. An answer without a timeline is yielded whole.
    """
    blocks, rest = BlockSplitter(), _Cut(answer.text)
    for count in due(answer, since, tick):
        if drawn := rest.take(count):
            yield from blocks.feed(drawn)
    yield from blocks.feed(rest.take(len(answer.text)))


def due(answer: Answer, since: float, tick: Callable[[], object] = lambda: None) -> Iterator[int]:
    """How many characters of the text are due, each time that this number grows."""
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
            _wait_until(max(since + beats[seen].ms / 1000, time.monotonic() + _MERGE_S), tick)


def _wait_until(moment: float, tick: Callable[[], object]) -> None:
    while (left := moment - time.monotonic()) > 0:
        tick()
        time.sleep(min(left, TICK_S))


class _Cut:
    """Takes the tokens of a text one after the other; a token is drawn when all of it is due."""

    def __init__(self, text: str) -> None:
        # Mistral 7B's first token begins with a space, which is not displayed.
        self._taken = 1 if text.startswith(" ") else 0
        self._tokens = tokens(text[self._taken :])
        self._next: Token | None = next(self._tokens, None)

    def take(self, count: int) -> str:
        """The Markdown to add when `count` characters are due, after what was taken before."""
        out = []
        while self._next and self._taken < count:
            length, drawn = self._next
            part = min(length, count - self._taken)
            if part < length and len(drawn) != length:
                break
            whole = part == length
            out.append(drawn if whole else drawn[:part])
            self._taken += part
            self._next = next(self._tokens, None) if whole else Token(length - part, drawn[part:])
        return "".join(out)
