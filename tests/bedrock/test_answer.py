"""What an Answer tells about itself."""

from __future__ import annotations

from typing import Any

import pytest

from lib.bedrock.answer import Answer, Beat
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Recipe, Turn


def answer(model_id: str = SAMPLE_MODEL_ID, **more: Any) -> Answer:
    fields: dict[str, Any] = {
        "recipe": Recipe(model_id=model_id, turns=(Turn("user", "hello"),)),
        "text": "Hello there",
        "status": "complete",
        "stop_reason": "stop",
        "usage": Usage(1000, 11, 2300, 250),
        "timeline": (Beat(200.0, 0), Beat(300.0, 5), Beat(1300.0, 6)),
        "duration_ms": 1310.0,
        "request_id": "id",
        "problem": None,
    }
    return Answer(**{**fields, **more})


def test_the_first_token_is_the_first_chunk_with_text() -> None:
    assert answer().first_token_ms == 300


def test_without_text_there_is_no_first_token() -> None:
    assert answer(timeline=()).first_token_ms is None
    assert answer(timeline=(Beat(5.0, 0),)).first_token_ms is None


def test_the_speed_counts_the_tokens_after_the_first_over_their_time() -> None:
    assert answer().tokens_per_second == pytest.approx(10.0)


@pytest.mark.parametrize(
    "unknown",
    [
        {"usage": None},
        {"usage": Usage(5, 1, None, None)},
        {"timeline": ()},
        {"timeline": (Beat(300.0, 11),)},
    ],
)
def test_a_speed_that_cannot_be_known_is_none(unknown: dict[str, Any]) -> None:
    assert answer(**unknown).tokens_per_second is None


def test_the_cost_is_the_catalogues_price_for_the_tokens() -> None:
    made = answer()
    price = made.recipe.model.price
    assert price is not None
    assert made.cost == pytest.approx((1000 * price.input + 11 * price.output) / 1_000_000)


def test_without_price_or_usage_there_is_no_cost() -> None:
    assert answer(LOCAL_MODEL_ID).cost is None
    assert answer(usage=None).cost is None


def test_one_leading_space_is_not_shown_and_the_text_keeps_it() -> None:
    made = answer(text="  Hello ")
    assert made.shown_text == " Hello "
    assert made.text == "  Hello "
