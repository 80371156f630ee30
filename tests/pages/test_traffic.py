"""How much the server sends for a prompt. Numbers of messages and bytes do not depend on other load."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple

import pytest

from tests.support.replica import replica
from tests.support.scripted_endpoint import scripted
from tests.support.traffic import CountingVisitor, Traffic

pytestmark = pytest.mark.slow
SLOW_TO_BEGIN = "chunks=20 rate=20 first=0.5"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("traffic")
    with scripted(folder / "events") as endpoint, replica(folder / "log", endpoint) as app:
        yield app.url


@pytest.fixture
def visitor(url: str) -> Iterator[CountingVisitor]:
    with CountingVisitor(url) as visitor:
        yield visitor


def test_the_first_prompt_costs_no_more_than_this(visitor: CountingVisitor) -> None:
    assert_at_most(visitor.count(SLOW_TO_BEGIN, "w20"), Traffic(18, 55, 12, 0, 1, 14_800))


def test_a_prompt_after_five_others_costs_no_more_than_this(visitor: CountingVisitor) -> None:
    for number in range(1, 6):
        visitor.count(f"chunks={number} rate=0", f"w{number}")
    assert_at_most(visitor.count(SLOW_TO_BEGIN, "w20"), Traffic(23, 110, 12, 0, 1, 25_900))


def test_the_first_words_of_a_quick_answer_come_before_the_rest_of_the_page(visitor: CountingVisitor) -> None:
    assert visitor.count("chunks=20 rate=20", "w20").before_text <= 25


def test_a_text_is_sent_once_even_if_pieces_are_fast_and_some_are_white_space(
    visitor: CountingVisitor,
) -> None:
    assert visitor.count("text=markdown chunks=150 rate=150", "turn here").repeats == 0


def assert_at_most(told: Traffic, most: Traffic) -> None:
    assert all(is_ <= at_most for is_, at_most in zip(astuple(told), astuple(most), strict=True)), told
