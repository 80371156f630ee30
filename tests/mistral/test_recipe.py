"""The recipe: what it refuses, and in which words."""

import dataclasses
import math
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, models
from lib.mistral.recipe import NUMBERS, Message, Recipe, RecipeError
from tests.support.makers import recipe

DELTA = "mistral.ministral-3-8b-instruct"


def test_every_number_is_a_field_of_a_recipe_and_every_parameter_of_a_model_is_a_setting() -> None:
    fields = [field.name for field in dataclasses.fields(Recipe)]
    assert [name for name in fields if name in NUMBERS] == list(NUMBERS)
    assert {name for model in models() for name in model.parameters} == {*NUMBERS, "stop"}


def test_a_recipe_knows_its_model_and_can_be_a_key() -> None:
    assert recipe().model.name == "Mistral Large"
    assert {recipe(stop=("x",)): 1}[recipe(stop=("x",))] == 1


def test_a_value_out_of_range_is_named_with_the_range() -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(temperature=7)
    assert str(caught.value) == "temperature is 7; Mistral Large allows 0 to 1."
    assert (caught.value.field, caught.value.value, caught.value.allowed) == ("temperature", 7, "0 to 1")


def test_a_parameter_the_model_does_not_take_is_refused() -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(model_id=DELTA, top_k=50)
    assert str(caught.value) == "top_k is 50; Ministral 3 8B allows no top_k."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("temperature", -0.1),
        ("temperature", 1.0001),
        ("temperature", math.nan),
        ("temperature", math.inf),
        ("temperature", True),
        ("temperature", "0.5"),
        ("top_p", 1.1),
        ("top_p", False),
        ("top_k", 0),
        ("top_k", 201),
        ("top_k", 5.0),
        ("top_k", True),
        ("max_tokens", 0),
        ("max_tokens", 4097),
        ("max_tokens", 10.5),
        ("max_tokens", 10**400),
        ("system", None),
        ("system", b"text"),
        ("system", "half a pair \ud83d"),
        ("stop", "text"),
        ("stop", ["text"]),
        ("stop", None),
        ("stop", tuple("abcdefghijk")),
        ("messages", ()),
        ("messages", [Message("user", "Hello")]),
        ("messages", "Hello"),
        ("messages", None),
        ("model_id", None),
        ("model_id", "gpt-4"),
    ],
)
def test_a_wrong_value_names_its_field(field: str, value: object) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(**{field: value})
    assert caught.value.field == field
    assert caught.value.value is value
    assert str(caught.value).startswith(f"{field} is ")
    assert str(caught.value).endswith(".")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("field", "values"),
    [("temperature", (0, 1, 0.5)), ("top_p", (0, 1)), ("top_k", (1, 200)), ("max_tokens", (1, 4096))],
)
def test_both_ends_of_a_range_are_allowed(field: str, values: tuple[float, ...]) -> None:
    assert [getattr(recipe(**{field: value}), field) for value in values] == list(values)


def test_the_range_is_the_models_own() -> None:
    assert recipe(max_tokens=4096).max_tokens == 4096
    with pytest.raises(RecipeError, match="SmolLM2 135M allows whole numbers from 1 to 1024"):
        recipe(model_id=LOCAL_MODEL_ID, max_tokens=4096)


@pytest.mark.parametrize(
    ("messages", "field"),
    [
        ((Message("assistant", "Hi"),), "messages[0].role"),
        ((Message("user", "a"), Message("user", "b")), "messages[1].role"),
        ((Message("user", "a"), Message("assistant", "b")), "messages[1].role"),
        ((Message("system", "a"), Message("user", "b")), "messages[0].role"),  # type: ignore[arg-type]
        ((Message("user", ""),), "messages[0].text"),
        ((Message("user", "a"), Message("assistant", " \n"), Message("user", "c")), "messages[1].text"),
        ((Message("user", 5),), "messages[0].text"),  # type: ignore[arg-type]
        ((Message("user", "\udc00"),), "messages[0].text"),
        (("Hello",), "messages[0]"),
    ],
)
def test_turns_alternate_begin_and_end_with_the_user_and_say_something(messages: Any, field: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(model_id="mistral.ministral-3-8b-instruct", messages=messages)
    assert caught.value.field == field


def test_only_the_text_dialect_can_be_handed_the_beginning_of_its_answer() -> None:
    messages = (Message("user", "a"), Message("assistant", "b"))
    assert recipe(messages=messages).messages == messages
    with pytest.raises(RecipeError, match="Ministral 3 8B allows only 'user' as the last role"):
        recipe(model_id="mistral.ministral-3-8b-instruct", messages=messages)


@pytest.mark.parametrize("stop", [("",), ("ok", ""), (5,), ("\ud800",)])
def test_every_stop_entry_is_text_that_is_not_empty(stop: Any) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(stop=stop)
    assert caught.value.field == f"stop[{len(stop) - 1}]"


def test_a_line_break_may_stop_an_answer() -> None:
    assert recipe(stop=("\n",)).stop == ("\n",)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_no_value_in_any_field_raises_another_error(value: object) -> None:
    for field in ("model_id", "messages", "system", "temperature", "top_k", "stop"):
        with suppress(RecipeError):
            assert recipe(**{field: value}).model_id == SAMPLE_MODEL_ID
