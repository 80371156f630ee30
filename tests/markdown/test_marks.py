"""Marks in the Markdown of an answer: on words, and never where they would break it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.markdown.marks import marked


def bare(text: str) -> str:
    return re.sub(r":blue-background\[([^]]*)\]", r"\1", text)


def test_only_new_words_are_marked() -> None:
    text, share = marked("The sea is wide and blue today.", "The sea is deep and blue today.")
    assert text == "The sea is :blue-background[deep] and blue today."
    assert share == pytest.approx(1 / 7)


def test_new_words_side_by_side_are_one_mark() -> None:
    text, _ = marked("The sea is wide and blue.", "The sea is very deep and blue.")
    assert ":blue-background[very deep]" in text


def test_the_same_text_has_no_mark() -> None:
    assert marked("The sea.", "The sea.") == ("The sea.", 0.0)
    assert marked("The sea.", "") == ("", 0.0)


def test_a_text_that_is_nearly_all_new_stays_as_it_is() -> None:
    text, share = marked("The sea is wide.", "A cat sleeps on every warm roof.")
    assert text == "A cat sleeps on every warm roof."
    assert share > 0.75


KEEP = "A line that both have, so that there is something in common to keep here.\n\n"


@pytest.mark.parametrize(
    "new",
    [
        "```python\nfresh = code\n```",
        "Inline `fresh` here",
        "$fresh^2$",
        "$$\nfresh\n$$",
        "[fresh](https://example.com/fresh)",
        "    fresh indented",
        "https://example.com/fresh",
        "<b>",
        "1. ",
    ],
)
def test_code_formulas_links_and_list_numbers_are_left_alone(new: str) -> None:
    text, _ = marked(KEEP, KEEP + new)
    assert "[fresh" not in text.replace("[fresh](", "")
    assert bare(text) == KEEP + new


def test_a_list_item_is_marked_behind_its_number() -> None:
    text, _ = marked(KEEP, KEEP + "1. fresh air\n2. fresh water")
    assert "1. :blue-background[fresh air]\n2. :blue-background[fresh water]" in text


def test_emphasis_and_table_cells_keep_their_signs() -> None:
    text, _ = marked(KEEP, KEEP + "**fresh** | air |")
    assert "**:blue-background[fresh]** | :blue-background[air] |" in text


@given(st.text("ab `*_[]()$:\\\n1.", max_size=60), st.text("ab `*_[]()$:\\\n1.", max_size=60))
def test_taking_the_marks_away_gives_the_text_back(before: str, after: str) -> None:
    text, share = marked(before, after)
    assert 0 <= share <= 1
    assert bare(text) == after
