"""The spread figure against cases counted by hand, and the library it rests on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from lib.comparison.spread import SHORT, distance, groups, in_words, spread, words

TEN = "one two three four five six seven eight nine ten"
LONG = f"{TEN} eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
TEXTS = st.lists(st.text("ab .,", max_size=60), min_size=2, max_size=5)


def test_one_answer_has_no_spread() -> None:
    assert spread([]) is None
    assert spread(["Whiskers"]) is None


@pytest.mark.parametrize("text", ["Whiskers", LONG, ""])
def test_the_same_answer_again_and_again_has_none(text: str) -> None:
    found = spread([text] * 5)
    assert found is not None
    assert (found.value, found.distinct, found.each) == (0.0, 1, (0.0,) * 5)
    assert in_words(found) == "all 5 the same"


def test_short_answers_that_all_differ_have_all_of_it() -> None:
    found = spread(["Luna", "Ash", "Smoke", "Misty"])
    assert found is not None
    assert (found.value, found.kind) == (1.0, "whole")


def test_short_answers_count_how_many_are_distinct() -> None:
    # Three distinct of five: (3 - 1) / (5 - 1).
    found = spread(["Luna", "Luna", "Ash", "Luna", "Smoke"])
    assert found is not None
    assert found.value == pytest.approx(0.5)
    assert found.distinct == 3
    # Luna is unlike 2 of the other 4, Ash and Smoke are unlike all.
    assert found.each == pytest.approx((0.5, 0.5, 1.0, 0.5, 1.0))
    assert in_words(found) == "3 different answers of 5"


def test_longer_answers_count_the_words_to_change() -> None:
    # Of 20 words: one replaced is 1/20; five left out is 5/20; both is 6/20 (the five are other words).
    replaced, shorter = (
        LONG.replace("three", "3"),
        LONG.removesuffix(" sixteen seventeen eighteen nineteen twenty"),
    )
    found = spread([LONG, replaced, shorter])
    assert found is not None
    assert found.kind == "words"
    assert found.value == pytest.approx((1 / 20 + 5 / 20 + 6 / 20) / 3)
    assert found.each == pytest.approx(((1 + 5) / 40, (1 + 6) / 40, (5 + 6) / 40))
    assert in_words(found) == "about 20 of 100 words differ between two answers"


def test_texts_with_nothing_in_common_have_all_of_it() -> None:
    found = spread([" ".join(["wind"] * 20), " ".join(["sea"] * 20)])
    assert found is not None
    assert found.value == 1.0


def test_the_length_of_the_longest_decides_which_figure_it_is() -> None:
    twelve = " ".join(["word"] * SHORT)
    short, longer = spread([twelve, "other"]), spread([f"{twelve} word", "other"])
    assert short is not None
    assert longer is not None
    assert (short.kind, longer.kind) == ("whole", "words")


def test_the_distance_is_the_one_of_the_library_textbook_case() -> None:
    # kitten -> sitting takes three edits, the longer has seven letters.
    assert distance("kitten", "sitting") == pytest.approx(3 / 7)
    assert distance([], []) == 0.0
    assert distance([], ["word"]) == 1.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The sea's wide, isn't it?", ["The", "sea's", "wide", ",", "isn't", "it", "?"]),
        ("海は広い。", ["海", "は", "広", "い", "。"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("A\tb\n\n  c ", ["A", "b", "c"]),
        ("cafe\u0301", ["café"]),
        ("🌊 tide", ["🌊", "tide"]),
    ],
)
def test_words_are_what_a_reader_would_count(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_answers_are_grouped_whatever_their_white_space() -> None:
    assert groups(["Luna.", "Ash", "Luna. ", "Luna.\n", "ash"]) == [[0, 2, 3], [1], [4]]


@given(TEXTS)
def test_it_lies_between_nothing_and_all_and_order_does_not_matter(texts: list[str]) -> None:
    found, back = spread(texts), spread(texts[::-1])
    assert found is not None
    assert back is not None
    assert 0 <= found.value <= 1
    assert found.value == pytest.approx(back.value)
    assert (found.value == 0) == (found.distinct == 1)


@given(st.lists(st.sampled_from("abc"), max_size=8), st.lists(st.sampled_from("abc"), max_size=8))
def test_the_library_agrees_with_the_definition(one: list[str], other: list[str]) -> None:
    """Levenshtein's distance by its recurrence, with no library."""
    row = list(range(len(other) + 1))
    for index, sign in enumerate(one, 1):
        before, row = row, [index]
        for at, wanted in enumerate(other, 1):
            row.append(min(before[at] + 1, row[-1] + 1, before[at - 1] + (sign != wanted)))
    assert Levenshtein.distance(one, other) == row[-1]
    assert distance(one, other) == pytest.approx(row[-1] / (max(len(one), len(other)) or 1))
