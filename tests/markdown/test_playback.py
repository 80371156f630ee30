"""A recorded answer keeps its text and its times."""

from __future__ import annotations

import random
import time
from itertools import pairwise

from lib.bedrock.answer import Answer, Beat
from lib.markdown.playback import due, play
from lib.markdown.sanitize import sanitize
from tests.support.makers import answered, recipe
from tests.support.random_makers import HOSTILE


def recorded(text: str, beats: tuple[Beat, ...]) -> Answer:
    return answered(recipe(), text, timeline=beats)


def test_the_pieces_joined_are_the_harmless_text() -> None:
    rng = random.Random(7)
    for _ in range(300):
        text = " ".join(rng.choices(HOSTILE, k=5)) + "\n\n`code` and\n```\nmore\n```\n"
        cuts = sorted(rng.sample(range(len(text)), 12))
        sizes = [second - first for first, second in pairwise([0, *cuts, len(text)])]
        beats = tuple(Beat(float(at), size) for at, size in enumerate(sizes))
        pieces = play(recorded(text, beats), time.monotonic() - 60)
        shown = "".join(piece for piece in pieces if isinstance(piece, str))
        assert shown == sanitize(text.removeprefix(" "))


def test_each_piece_comes_at_its_time_and_ticks_in_between() -> None:
    beats = tuple(Beat(float(ms), 2) for ms in (30, 60, 250, 520))
    since, ticks = time.monotonic(), []
    seen = {
        count: (time.monotonic() - since) * 1000
        for count in due(recorded("abcdefgh", beats), since, lambda: ticks.append(1))
    }
    for count, beat in enumerate(beats, 1):
        arrived = min(ms for shown, ms in seen.items() if shown >= count * 2)
        assert beat.ms <= arrived < beat.ms + 100
    assert len(ticks) > 5


def test_an_answer_without_times_comes_whole() -> None:
    assert "".join(map(str, play(recorded("All of it.", ()), 0.0))) == sanitize("All of it.")
