"""What is too long to be sent."""

from __future__ import annotations

from typing import Any

import pytest

from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.recipe import Message, Recipe
from lib.mistral.size import too_long


def asked(prompt: str = "Hello", **more: Any) -> Recipe:
    return Recipe(**{"model_id": SAMPLE_MODEL_ID, "messages": (Message("user", prompt),), **more})


def talk(exchanges: int, answer: str) -> tuple[Message, ...]:
    pair = (Message("user", "Go on."), Message("assistant", answer))
    return (*(pair * exchanges), Message("user", "Go on."))


@pytest.mark.parametrize(
    "lawful",
    [
        asked("x" * 20_000),
        asked(system="x" * 2_000),
        asked(messages=talk(3, "a long answer " * 2_000)),
    ],
)
def test_what_the_widgets_allow_can_be_sent(lawful: Recipe) -> None:
    assert too_long(lawful) == ""


@pytest.mark.parametrize(
    ("unlawful", "said"),
    [
        (asked("x" * 20_001), "A prompt has 20,001 characters, 1 more than the 20,000 that are allowed."),
        (
            asked(system="x" * 110_000),
            "The system text has 110,000 characters, 108,000 more than the 2,000 that are allowed.",
        ),
        (
            asked(messages=(Message("user", "x" * 20_001), Message("assistant", "y"), Message("user", "z"))),
            "A prompt has 20,001 characters, 1 more than the 20,000 that are allowed.",
        ),
        (asked(stop=("x" * 200_000,)), "The whole request has 200,"),
        (asked(messages=talk(10, "a long answer " * 2_000)), "The whole request has 280,"),
    ],
)
def test_what_is_longer_is_named_with_its_size(unlawful: Recipe, said: str) -> None:
    assert too_long(unlawful).startswith(said)
