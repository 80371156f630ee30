"""How much of a stranger's Markdown is drawn."""

from __future__ import annotations

import time

import pytest

from lib.markdown.katex import EACH, MOST_WORK
from lib.markdown.sanitize import sanitize
from lib.markdown.work import DEEPEST, MOST, drawable, work
from tests.support.heavy_links import TEXTS
from tests.support.scripted_engine import MARKDOWN

BOUNDED_OTHERWISE = {"formulas", "long formulas"}


def test_a_usual_answer_is_drawn_whole_and_takes_less_than_a_fifth_of_what_is_allowed() -> None:
    assert drawable(MARKDOWN) == len(MARKDOWN)
    assert work(MARKDOWN) < MOST / 5


@pytest.mark.parametrize("name", sorted(TEXTS.keys() - BOUNDED_OTHERWISE))
def test_what_would_keep_a_browser_busy_is_not_drawn_whole(name: str) -> None:
    text = TEXTS[name]
    began = time.process_time()
    drawn = drawable(text)
    assert time.process_time() - began < 1
    assert drawn < len(text)
    assert work(text[:drawn]) <= MOST
    assert drawn == 0 or text[drawn - 1] == "\n"


def test_less_room_draws_fewer_lines() -> None:
    text = "one\n" * 50
    assert [drawable(text, most) for most in (0, 1, 10, 50, 51)] == [0, 4, 40, 200, 200]


@pytest.mark.parametrize("marker", ["- ", "> ", "1. ", "* - ", ">"])
def test_lists_and_quotes_are_drawn_down_to_a_depth(marker: str) -> None:
    markers = len(marker.split())
    fits = marker * (DEEPEST // markers) + " x"
    assert drawable(fits) == len(fits)
    assert drawable(f"above\n{marker * (DEEPEST + 1)} x") == len("above\n")


def test_indented_code_is_not_taken_for_a_nested_list() -> None:
    code = "```\n" + " " * 60 + "call(a, b)\n```\n"
    assert drawable(code) == len(code)


def test_formulas_of_a_stranger_are_drawn_until_their_work_is_used_up() -> None:
    drawn = sanitize("$x$ " * 1_000)
    most = MOST_WORK // (EACH + 1)
    assert drawn.count("$x$") == most
    assert drawn.count("\\$x\\$") == 1_000 - most
