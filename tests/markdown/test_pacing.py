"""Pacing and splitting of an answer on its way to the page."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.bedrock.reply import Reply
from lib.markdown import pacing
from lib.markdown.pacing import BlockSplitter, paced
from lib.markdown.streamlit_markdown import streamlit_markdown
from tests.support.calls import counted, runtime, start
from tests.support.scripted_endpoint import Endpoint
from tests.support.scripted_engine import MARKDOWN

START = 1000.0
BLOCKS = st.lists(
    st.sampled_from(
        [
            "A paragraph of some words.\n\n",
            "Two lines\nof it.\n\n",
            "# A heading\n\n",
            "- one\n- two\n\n- three\n\n",
            "1. first\n\n   more of it\n\n2. second\n\n",
            "* star\n\n* star\n\n",
            "```py\nx = 1\n\ny = 2\n```\n\n",
            "~~~\na\n\n```\n\nb\n~~~\n\n",
            "- ```sh\n  ls\n\n  pwd\n  ```\n\n",
            "$$\na\n\nb\n$$\n\n",
            "| a | b |\n| - | - |\n| 1 | 2 |\n\n",
            "\n\n\n",
        ]
    ),
    max_size=14,
).map("".join)


class Played:
    """A stream from memory: chunks at set times, on a clock that moves only when somebody waits."""

    def __init__(self, arrivals: Iterable[tuple[float, str]], end: float | None = None) -> None:
        self.arrivals = [(START + at, text) for at, text in arrivals]
        self.end = START + end if end is not None else self.arrivals[-1][0] if self.arrivals else START
        self.now = START

    @property
    def ended(self) -> bool:
        return self.now >= self.end

    def read(self, seen: int, timeout: float) -> list[str]:
        waited = [at for at, _ in self.arrivals[seen : seen + 1]] + [self.end]
        self.now = max(self.now, min(self.now + timeout, *waited))
        return [text for at, text in self.arrivals if at <= self.now][seen:]

    def wait_ended(self, timeout: float) -> bool:
        self.now = max(self.now, min(self.now + timeout, self.end))
        return self.ended


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[[Played], list[tuple[float, str]]]:
    """When each update of a played stream came, in seconds from its start, and its text."""

    def run(stream: Played) -> list[tuple[float, str]]:
        monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=lambda: stream.now))
        return [(stream.now - START, text) for text in paced(cast(Reply, stream))]

    return run


Play = Callable[[Played], list[tuple[float, str]]]


def at_rate(rate: float, count: int, first: float = 0.3) -> list[tuple[float, str]]:
    return [(first + index / rate, f"w{index} ") for index in range(count)]


def test_the_first_chunk_passes_at_once(play: Play) -> None:
    arrivals = at_rate(1000, 50, first=0.731)
    assert play(Played(arrivals))[0] == (pytest.approx(0.731), "w0 ")


@pytest.mark.parametrize("rate", [2, 10, 20, 30])
def test_chunks_at_a_pace_an_eye_can_follow_pass_one_by_one_and_at_once(play: Play, rate: float) -> None:
    arrivals = at_rate(rate, 60)
    updates = play(Played(arrivals))
    assert [text for _, text in updates] == [text for _, text in arrivals]
    assert all(
        at == pytest.approx(due, abs=0.001) for (at, _), (due, _) in zip(updates, arrivals, strict=True)
    )


def test_chunks_that_are_sent_evenly_pass_at_once_also_where_they_arrive_unevenly(play: Play) -> None:
    late = itertools.cycle([0.0, 0.02, 0.005, 0.025])
    arrivals = [(at + next(late), text) for at, text in at_rate(30, 90)]
    assert play(Played(arrivals)) == [(pytest.approx(at), text) for at, text in arrivals]


def test_many_answers_at_once_are_updated_less_often() -> None:
    assert [pacing.gap_s(running) for running in (0, 30, 64, 500)] == pytest.approx([0.03, 0.03, 0.064, 0.5])


@pytest.mark.parametrize("ends", [" ", "\n\n**"])
def test_white_space_waits_for_text_and_what_is_left_of_it_comes_at_the_end(ends: str) -> None:
    arrivals = [(0.1, "one"), (0.2, "\n"), (0.3, "\n*"), (0.4, "two*"), (0.5, ends)]
    pieces = list(pacing.paced_markdown(cast(Reply, Played(arrivals, end=0.6))))
    drawn = [piece for piece in pieces if isinstance(piece, str)]
    assert all(piece.strip() for piece in drawn[:-1])
    assert re.sub(r"\\\n|\s+", " ", "".join(drawn)).startswith("one *two*")


@pytest.mark.parametrize("rate", [60, 100, 500, 5000])
def test_fast_chunks_are_merged_to_one_update_in_30_ms_on_average(play: Play, rate: float) -> None:
    arrivals = at_rate(rate, int(rate * 4))
    updates = play(Played(arrivals))
    times = [at for at, _ in updates]
    busiest = max(sum(begin <= at < begin + 1 for at in times) for begin in times[8:])
    assert 25 <= busiest <= 36
    assert "".join(text for _, text in updates) == "".join(text for _, text in arrivals)


def test_no_chunk_waits_longer_than_the_merging_takes(play: Play) -> None:
    arrivals = at_rate(100, 300)
    updates = play(Played(arrivals))
    shown = itertools.accumulate(len(text) for _, text in updates)
    for (at, _), length in zip(updates, shown, strict=True):
        due = next(
            due
            for (due, _), so_far in zip(
                arrivals, itertools.accumulate(len(text) for _, text in arrivals), strict=True
            )
            if so_far >= length
        )
        assert at - due <= pacing.gap_s(0) + 0.001


def test_a_chunk_after_a_pause_passes_at_once(play: Play) -> None:
    fast = at_rate(200, 100)
    later = fast[-1][0] + 1.0
    updates = play(Played([*fast, (later, "after")], end=later + 5))
    assert updates[-1] == (pytest.approx(later), "after")


def test_a_burst_after_a_pause_begins_at_once(play: Play) -> None:
    slow = at_rate(5, 10)
    later = slow[-1][0] + 1.0
    burst = [(later + index / 1000, "b") for index in range(100)]
    updates = [(at, text) for at, text in play(Played([*slow, *burst])) if "b" in text]
    assert updates[0][0] == pytest.approx(later)
    assert len(updates) <= 12
    assert "".join(text for _, text in updates) == "b" * 100


def test_the_last_chunk_does_not_wait_when_the_answer_has_ended(play: Play) -> None:
    arrivals = at_rate(200, 101)
    updates = play(Played(arrivals))
    assert updates[-1][0] == pytest.approx(arrivals[-1][0], abs=0.001)


def test_a_tick_comes_at_least_every_50_ms(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Played([*at_rate(100, 100, first=2.0), (5.0, "last")], end=7.0)
    monkeypatch.setattr(pacing, "time", SimpleNamespace(monotonic=lambda: stream.now))
    ticks: list[float] = []
    assert "".join(paced(cast(Reply, stream), lambda: ticks.append(stream.now))).endswith("last")
    assert max(later - earlier for earlier, later in itertools.pairwise(ticks)) <= 0.0501


def test_an_answer_without_text_gives_nothing(play: Play) -> None:
    assert play(Played([], end=0.5)) == []
    assert play(Played([(0.1, ""), (0.2, "")], end=0.5)) == []


@given(st.lists(st.tuples(st.floats(0, 0.2), st.text("ab \n", max_size=4)), max_size=60), st.floats(0, 0.3))
def test_pacing_loses_nothing_whatever_the_rhythm(gaps: list[tuple[float, str]], rest: float) -> None:
    times = list(itertools.accumulate(gap for gap, _ in gaps))
    stream = Played(
        zip(times, (text for _, text in gaps), strict=True), end=sum(gap for gap, _ in gaps) + rest
    )
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pacing, "time", SimpleNamespace(monotonic=lambda: stream.now))
        assert "".join(paced(cast(Reply, stream))) == "".join(text for _, text in gaps)


def test_a_real_answer_passes_whole(endpoint: Endpoint) -> None:
    stream = start(runtime(endpoint.url), "chunks=120 rate=400")
    updates = list(paced(stream))
    assert "".join(updates) == counted(120) == stream.answer.text
    assert len(updates) < 30
    again = pacing.paced_markdown(stream)
    assert "".join(piece for piece in again if isinstance(piece, str)) == counted(120)


def test_the_paced_markdown_escapes_prices_and_drops_the_leading_space() -> None:
    stream = Played([(0.1, " A coffee is $3"), (0.2, ".50, "), (0.3, "a tea $2.")])
    pieces = pacing.paced_markdown(cast(Reply, stream))
    assert "".join(cast(Any, pieces)) == r"A coffee is \$3.50, a tea \$2."


@pytest.mark.parametrize("cut", range(3, len(MARKDOWN), 41))
def test_a_text_that_goes_on_is_drawn_as_if_it_had_come_at_once(cut: int) -> None:
    """The cuts are inside a fence, a list and a table, too."""
    whole, begun = pacing.unfinished_block(MARKDOWN[:cut])
    assert whole + begun == MARKDOWN[:cut]
    pieces = pacing.paced_markdown(cast(Reply, Played([(0.1, MARKDOWN[cut:])])), begun=begun)
    drawn = "".join(piece for piece in pieces if isinstance(piece, str))
    assert streamlit_markdown(whole) + drawn == streamlit_markdown(MARKDOWN)


def test_a_fence_or_a_list_that_is_not_finished_is_one_block() -> None:
    for block in ("```py\na\n\nb\n", "- one\n\n- two\n\n", "1. one\n\n   ```\n   x\n\n   y"):
        assert pacing.unfinished_block(f"Before.\n\n{block}") == ("Before.\n\n", block)
    assert pacing.unfinished_block("") == ("", "")


def test_the_space_before_the_text_of_a_later_part_stays() -> None:
    pieces = pacing.paced_markdown(cast(Reply, Played([(0.1, " away")])), begun="Far")
    assert "".join(cast(Any, pieces)) == "Far away"


def elements(text: str, cuts: Iterable[int] = (), least: int = 0) -> list[str]:
    """The elements that the splitter makes of a text that arrives in pieces."""
    splitter, made, at = BlockSplitter(least), [""], 0
    for cut in [*sorted(cuts), len(text)]:
        for piece in splitter.feed(text[at:cut]):
            if callable(piece):
                made.append("")
            else:
                made[-1] += piece
        at = cut
    return made


@given(BLOCKS, st.data())
def test_elements_joined_are_the_text_and_do_not_depend_on_the_chunking(
    text: str, data: st.DataObject
) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=15))
    least = data.draw(st.sampled_from([0, 20, 100]))
    made = elements(text, cuts, least)
    assert "".join(made) == text
    assert made == elements(text, (), least) == elements(text, range(len(text)), least)


@given(st.text("a`~$-1. \n\r\u2028#", max_size=120), st.data())
def test_any_text_at_all_is_kept(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text)), max_size=15))
    assert "".join(elements(text, cuts)) == text


@given(BLOCKS)
def test_an_element_never_ends_inside_a_fence_a_formula_or_a_list(text: str) -> None:
    for element in elements(text)[:-1]:
        assert element.endswith("\n\n")
        code = re.sub(r"^~~~\n.*?^~~~$", "", element, flags=re.DOTALL | re.MULTILINE)
        assert len(re.findall(r"^(?:- |  )?```", code, re.MULTILINE)) % 2 == 0
        assert element.count("~~~") % 2 == 0
        assert element.count("$$") % 2 == 0
    for before, after in itertools.pairwise(elements(text)):
        assert not (re.search(r"^([-*]|\d\.) .*\n\n\Z", before, re.MULTILINE) and re.match(r"[-*\d]", after))
        assert not after[:1].isspace()


def test_paragraphs_and_blocks_become_elements_of_their_own() -> None:
    assert elements("one\n\ntwo\n\n# three\n\n") == ["one\n\n", "two\n\n", "# three\n\n"]
    parts = elements(MARKDOWN)
    assert len(parts) > 6
    assert sum("```" in part for part in parts) == 1
    assert sum(part.startswith("|") for part in parts) == 1


def test_short_answers_stay_whole() -> None:
    text = "one\n\ntwo\n\n" * 10
    assert elements(text, least=400) == [text]
    long = "A sentence of some length.\n\n" * 60
    assert all(400 <= len(part) < 500 for part in elements(long, least=400)[:-1])


def test_the_elements_of_a_converted_answer_are_the_converted_answer() -> None:
    text = MARKDOWN * 5
    stream = Played((index / 50, text[at : at + 7]) for index, at in enumerate(range(0, len(text), 7)))
    pieces = list(pacing.paced_markdown(cast(Reply, stream)))
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == streamlit_markdown(text)
    assert sum(callable(piece) for piece in pieces) >= 5
