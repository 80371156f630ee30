"""What a comparison sends, and what its columns are called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.comparison.plan import change, choices, label, recipes, start
from lib.mistral.adapt import adapted
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Parameter, find, models
from lib.mistral.recipe import RecipeError
from tests.support.makers import recipe

LARGE, LOCAL = find(SAMPLE_MODEL_ID), find(LOCAL_MODEL_ID)
DELTA = find("mistral.ministral-3-8b-instruct")
SETTINGS = {"temperature": 0.5, "max_tokens": 100, "top_k": 9, "stop": ("x",), "system": "Be short."}


def test_the_recipes_differ_in_what_is_compared_and_in_nothing_else() -> None:
    made = recipes("Hello", LARGE, SETTINGS, "temperature", [0.0, 1.0])
    assert [recipe.temperature for recipe in made] == [0.0, 1.0]
    assert {(recipe.system, recipe.max_tokens, recipe.top_k, recipe.stop) for recipe in made} == {
        ("Be short.", 100, 9, ("x",))
    }


def test_every_pair_of_models_can_be_compared_with_the_settings_of_either() -> None:
    offered = [model for model in models() if not model.local]
    for model in offered:
        settings = {
            name: type(taken.default or taken.high)(taken.high)
            for name, taken in model.parameters.items()
            if name in ("temperature", "top_p")
        } | {"max_tokens": int(model.parameters["max_tokens"].high)}
        made = recipes("Hello", model, settings, "model", [other.id for other in offered])
        assert [recipe.model for recipe in made] == offered


def test_models_are_compared_with_all_settings_that_each_takes() -> None:
    same, other = recipes("Hello", LARGE, SETTINGS, "model", [LARGE.id, DELTA.id])
    everything = {"temperature": 0.5, "max_tokens": 100, "stop": ("x",), "system": "Be short."}
    assert same == recipe("Hello", LARGE.id, top_k=9, **everything)
    assert other == recipe("Hello", DELTA.id, **everything)


def test_settings_come_into_the_range_of_the_other_model() -> None:
    narrow = replace(
        DELTA,
        parameters={
            "temperature": Parameter(0.2, 0.4, None),
            "max_tokens": Parameter(150, 300, None),
            "stop": Parameter(0, 1, None),
        },
    )
    settings = {**SETTINGS, "stop": ("x", "y"), "top_p": None}
    fit = {"temperature": 0.4, "max_tokens": 150, "stop": ("x",), "system": "Be short."}
    assert adapted(narrow, settings) == fit
    assert adapted(narrow, {**settings, "temperature": 0.1, "max_tokens": 4096}) == {
        **fit,
        "temperature": 0.2,
        "max_tokens": 300,
    }
    assert adapted(LARGE, settings) == {name: value for name, value in settings.items() if value is not None}


def test_a_value_out_of_range_is_refused() -> None:
    with pytest.raises(RecipeError):
        recipes("Hello", LARGE, SETTINGS, "temperature", [0.0, 7.0])


def test_the_choices_cover_the_range_of_the_model() -> None:
    assert choices(LARGE, "temperature")[0] == 0.0
    assert choices(LARGE, "temperature")[-1] == 1.0
    assert start(LARGE, "temperature") == [0, 0.3, 0.7, 1.0]


def test_columns_are_called_by_what_they_differ_in() -> None:
    cold, warm = recipes("Hello", LARGE, SETTINGS, "temperature", [0.0, 0.75])
    assert [label(cold, "temperature", 1), label(warm, "temperature", 2)] == [
        "Temperature 0",
        "Temperature 0.75",
    ]
    assert label(cold, "model", 1) == LARGE.name
    none, long = recipes("Hello", LARGE, SETTINGS, "system", ["", "word " * 30])
    assert label(none, "system", 1) == "1: no system text"
    assert label(long, "system", 2).endswith("…")


def test_a_column_can_be_changed_alone() -> None:
    cold = recipes("Hello", LARGE, SETTINGS, "temperature", [0.0])[0]
    assert change(cold, "temperature", 0.9).temperature == 0.9
    other = change(cold, "model", "mistral.mistral-7b-instruct-v0:2")
    assert other.model.name == "Mistral 7B Instruct"
    assert other.messages == cold.messages
