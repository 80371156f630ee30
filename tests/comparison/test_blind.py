"""Blind picks and what they add up to."""

from __future__ import annotations

import pytest

from lib.comparison.blind import OTHER, Round, hottest_found, kind, tally


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Write a Python function that squares a number.", "code"),
        ("Write a haiku about the sea.", "haiku"),
        ("Suggest a name for a puppy.", "names"),
        ("In one sentence, what is a volcano?", "facts"),
        ("Tell me a STORY", "stories"),
        ("Erzähl mir etwas.", OTHER),
    ],
)
def test_a_prompt_is_of_the_kind_it_asks_for(prompt: str, expected: str) -> None:
    assert kind(prompt) == expected


def test_without_rounds_the_tally_is_empty() -> None:
    assert tally([]) == []


def test_the_tally_names_the_favourite_of_each_kind() -> None:
    rounds = [
        Round("code", "Temperature 0.3"),
        Round("haiku", "Temperature 1"),
        Round("code", "Temperature 0.3"),
        Round("code", "Temperature 0"),
    ]
    assert tally(rounds) == ["Temperature 0.3 for code (2 of 3)", "Temperature 1 for haiku (1 of 1)"]


def test_a_draw_names_both() -> None:
    rounds = [Round("code", "Temperature 0"), Round("code", "Temperature 1")]
    assert tally(rounds) == ["Temperature 0 and Temperature 1 for code (1 of 2)"]


def test_a_guess_of_the_hottest_is_no_preference() -> None:
    guesses = [Round("haiku", "Temperature 1", "hottest", True), Round("haiku", "Temperature 0", "hottest")]
    rounds = [*guesses, Round("haiku", "Temperature 0.3")]
    assert hottest_found(rounds) == (1, 2)
    assert tally(rounds) == ["Temperature 0.3 for haiku (1 of 1)"]
