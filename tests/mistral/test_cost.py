"""What a call costs at most, what it has cost, and the prices of the host."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from lib.mistral.catalog import LOCAL_MODEL_ID, Price, find, set_prices
from lib.mistral.cost import in_words, most_input, real_cost, rounded_up, worst_cost, worst_cost_of_all
from lib.mistral.dialects import Usage, body
from lib.mistral.recipe import Message, Recipe

LARGE_3 = "mistral.mistral-large-3-675b-instruct"
LARGE = "mistral.mistral-large-2402-v1:0"
NEW = "mistral.sirocco-9-v1:0"


@pytest.fixture(autouse=True)
def catalogue_prices() -> Iterator[None]:
    yield
    set_prices({})


def recipe(prompt: str = "Hello", model_id: str = LARGE_3, **more: Any) -> Recipe:
    return Recipe(model_id=model_id, messages=(Message("user", prompt),), **more)


def price(input_: float, output: float, cached: float | None = None) -> Price:
    return Price(input_, output, date(2026, 1, 1), "a test", cached)


def test_a_call_costs_at_most_every_byte_and_the_longest_answer() -> None:
    asked = recipe(max_tokens=100)
    assert worst_cost(asked) == pytest.approx(len(body(asked)) * 0.5 + 100 * 1.5, abs=1)


def test_no_input_is_longer_than_the_context_of_the_model() -> None:
    asked = recipe("x" * 300_000, model_id=LARGE, max_tokens=1)
    assert most_input(asked) == 32_768
    assert worst_cost(asked) == 32_768 * 4 + 12


def test_without_max_tokens_the_longest_answer_of_the_model_counts() -> None:
    asked = recipe(model_id=LARGE)
    assert worst_cost(asked) == len(body(asked)) * 4 + 4096 * 12


@pytest.mark.parametrize(
    ("tier", "factor"), [(None, 1.0), ("default", 1.0), ("priority", 1.75), ("flex", 0.5)]
)
def test_the_catalogues_prices_follow_the_service_tier(tier: str | None, factor: float) -> None:
    set_prices({LARGE: price(1, 1)}, tier)
    asked = recipe(max_tokens=100)
    assert worst_cost(asked) == pytest.approx((len(body(asked)) * 0.5 + 100 * 1.5) * factor, abs=1)
    own = find(LARGE).price
    assert own
    assert (own.input, own.output, own.tier) == (1, 1, tier or "default")


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    assert worst_cost(recipe(model_id=NEW)) is None
    assert worst_cost_of_all([recipe(), recipe(model_id=NEW)]) is None
    assert worst_cost_of_all([recipe(), recipe()]) == 2 * (worst_cost(recipe()) or 0)


def test_the_local_model_costs_nothing() -> None:
    assert worst_cost(recipe(model_id=LOCAL_MODEL_ID)) == 0
    assert real_cost(find(LOCAL_MODEL_ID), Usage(10, 10, None, None)) == 0


def test_fractions_of_a_micro_dollar_are_rounded_up_once() -> None:
    assert price(0.1, 0.1).cost(3, 0) == 1
    assert price(0.15, 0.2).cost(10, 1) == 2
    assert price(0.1, 0.1).cost(10, 20) == 3  # and 0.1 + 0.2 is not more than 0.3


def test_tokens_from_the_cache_have_their_own_price_where_it_is_known() -> None:
    assert price(1, 2, cached=0.1).cost(100, 10, cached_tokens=90) == 10 + 9 + 20
    assert price(1, 2).cost(100, 10, cached_tokens=90) == 120


def test_a_call_costs_less_for_the_tokens_that_came_from_the_cache() -> None:
    set_prices({LARGE: price(1, 2, cached=0.1)})
    assert real_cost(find(LARGE), Usage(100, 10, None, None, 90)) == 10 + 9 + 20


def test_more_tokens_from_the_cache_than_were_sent_never_make_a_call_cheaper_than_the_cache() -> None:
    assert price(1, 2, cached=0.1).cost(100, 0, cached_tokens=150) == 10


def test_a_price_of_the_host_wins_and_gives_a_new_model_one() -> None:
    others = find(LARGE_3).price
    set_prices({LARGE: price(1, 1), NEW: price(2, 2)})
    assert (
        worst_cost(recipe(model_id=LARGE, max_tokens=1))
        == len(body(recipe(model_id=LARGE, max_tokens=1))) + 1
    )
    assert real_cost(find(NEW), Usage(1, 1, None, None)) == 4
    assert find(LARGE_3).price == others is not None


def test_amounts_are_written_in_dollars_or_cents() -> None:
    assert [in_words(micro) for micro in (1_234_567_891, 10_000, 9_999, 99)] == [
        "$1,234.57",
        "$0.01",
        "1.00 ¢",
        "under 0.01 ¢",
    ]


def test_an_upper_bound_is_one_in_words_too() -> None:
    assert [in_words(rounded_up(micro)) for micro in (0, 1, 7_101, 9_901, 10_001)] == [
        "0.00 ¢",
        "0.01 ¢",
        "0.72 ¢",
        "$0.01",
        "$0.02",
    ]
