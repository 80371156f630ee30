"""Which turns are on which page of a long conversation."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lib.conversation.paging import PAGE, STEP, page_spans


def test_every_turn_is_on_one_page_and_none_holds_more_than_ten() -> None:
    for turns in range(230):
        spans = page_spans(turns)
        assert (spans[0][0], spans[-1][1]) == (0, turns)
        assert all(one[1] == other[0] for one, other in pairwise(spans))
        assert all(end - start <= PAGE for start, end in spans)


@pytest.mark.parametrize(
    ("turns", "pages"),
    [
        (0, [(0, 0)]),
        (5, [(0, 5)]),
        (10, [(0, 10)]),
        (11, [(0, 5), (5, 11)]),
        (15, [(0, 5), (5, 15)]),
        (16, [(0, 10), (10, 16)]),
        (47, [(0, 10), (10, 20), (20, 30), (30, 40), (40, 47)]),
        (200, [*((start, start + 10) for start in range(0, 190, 10)), (190, 200)]),
    ],
)
def test_the_pages_of_a_conversation(turns: int, pages: list[tuple[int, int]]) -> None:
    assert page_spans(turns) == pages


def test_up_to_ten_turns_are_one_page_and_the_newest_page_then_holds_six_to_ten() -> None:
    assert [len(page_spans(turns)) for turns in (0, 1, 10, 11)] == [1, 1, 1, 2]
    for turns in range(11, 230):
        start, end = page_spans(turns)[-1]
        assert STEP < end - start <= PAGE
