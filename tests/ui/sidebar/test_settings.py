"""The settings behind the widgets: read, moved, and fitted to a model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st

from lib.bedrock.backend import Backend
from lib.mistral.catalog import Model, models
from lib.mistral.recipe import Message, Recipe
from lib.ui.sidebar import settings
from tests.support.backends import DELTA, LOCAL, MESSAGE, MIXTRAL, TEXT, aws, local
from tests.support.makers import with_every_number

pytestmark = pytest.mark.usefixtures("no_listing", "visit")
TURNS = (Message("user", "hello"),)


def sent(backend: Backend) -> dict[str, Any]:
    """The settings without those that are left to the model."""
    return {name: value for name, value in settings.chosen(backend)[1].items() if value not in (None, ())}


# What is sent


@pytest.mark.parametrize("model", [TEXT, MIXTRAL, MESSAGE], ids=lambda model: model.name)
def test_untouched_top_p_and_top_k_are_left_to_a_model_whose_defaults_are_documented(model: Model) -> None:
    assert settings.chosen(aws(model))[0] == model
    assert set(sent(aws(model))) == {"temperature", "max_tokens", "system"}


def test_top_p_is_always_sent_where_no_default_is_documented() -> None:
    assert sent(aws(DELTA))["top_p"] == 1.0
    st.session_state["top_p"] = 0.4
    assert sent(aws(DELTA))["top_p"] == 0.4
    assert "top_k" not in settings.chosen(aws(DELTA))[1]


def test_what_was_moved_is_sent_and_what_was_moved_back_is_not() -> None:
    st.session_state.update(top_p=0.5, top_k=7)
    assert sent(aws(MIXTRAL)).items() >= {"top_p": 0.5, "top_k": 7}.items()
    st.session_state.update(top_p=0.9, top_k=50)
    assert not {"top_p", "top_k"} & sent(aws(MIXTRAL)).keys()


def test_a_model_that_is_not_offered_is_not_chosen() -> None:
    st.session_state["model"] = LOCAL.id
    assert settings.chosen(aws())[0] == TEXT
    assert settings.chosen(local())[0] == LOCAL


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_the_defaults_of_every_model_make_a_recipe(model: Model) -> None:
    backend = local() if model.local else aws(model)
    assert Recipe(model_id=model.id, messages=TURNS, **settings.chosen(backend)[1]).model == model


# Moved by the app


def test_the_first_look_at_a_model_moves_nothing() -> None:
    st.session_state["max_tokens"] = 99_999
    settings.fit(TEXT)
    assert st.session_state["max_tokens"] == 99_999


def test_a_change_of_model_moves_defaults_to_defaults_and_the_rest_into_range() -> None:
    settings.fit(DELTA)
    st.session_state.update(temperature=0.7, max_tokens=20_000, top_p=0.3)
    settings.fit(MIXTRAL)
    assert (st.session_state["temperature"], st.session_state["max_tokens"]) == (0.5, 4096)
    assert st.session_state["top_p"] == 0.3
    assert type(st.session_state["max_tokens"]) is int


def test_a_model_without_top_k_leaves_it_as_it_was() -> None:
    settings.fit(MIXTRAL)
    st.session_state["top_k"] = 9
    settings.fit(DELTA)
    assert st.session_state["top_k"] == 9


def test_top_k_goes_from_off_to_a_default_and_back_to_off() -> None:
    settings.fit(TEXT)
    st.session_state["top_k"] = None
    settings.fit(MIXTRAL)
    assert st.session_state["top_k"] == 50
    settings.fit(TEXT)
    assert st.session_state["top_k"] is None


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_reset_is_the_same_as_never_touched(model: Model) -> None:
    backend = local() if model.local else aws(model)
    untouched = settings.chosen(backend)
    st.session_state.update(temperature=0.05, max_tokens=3, top_p=0.1, stop=["x"], system="Be brief.")
    if "top_k" in model.parameters:
        st.session_state["top_k"] = 3
    assert settings.chosen(backend) != untouched
    settings.reset(model)
    assert settings.chosen(backend) == untouched


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
@pytest.mark.parametrize(("name", "place"), settings.PRESETS.items())
def test_every_preset_makes_a_recipe_of_every_model(model: Model, name: str, place: str) -> None:
    backend = local() if model.local else aws(model)
    st.session_state.update(top_p=0.2, max_tokens=77, system="Be kind.")
    settings.preset(model, name)
    chosen = settings.chosen(backend)[1]
    assert Recipe(model_id=model.id, messages=TURNS, **chosen)
    assert chosen["temperature"] == getattr(model.parameters["temperature"], place)
    assert (chosen["max_tokens"], chosen["system"]) == (77, "Be kind.")


def test_wild_has_the_highest_values_and_balanced_the_models_own() -> None:
    settings.preset(MIXTRAL, "Wild")
    assert sent(aws(MIXTRAL)).items() >= {"temperature": 1.0, "top_p": 1.0, "top_k": 200}.items()
    settings.preset(MIXTRAL, "Balanced")
    assert sent(aws(MIXTRAL)) == {"temperature": 0.5, "max_tokens": 512, "system": ""}


@pytest.mark.parametrize("model", models(), ids=lambda model: model.name)
def test_the_settings_of_a_recipe_come_back_as_the_same_recipe(model: Model) -> None:
    made = replace(with_every_number(model), messages=TURNS, stop=("a", "b"), system="Be kind.")
    st.session_state.update(temperature=0.9, top_k=99, stop=["z"], system="Be rude.", max_tokens=1000)
    settings.move_to(made)
    backend = local() if model.local else aws()
    chosen, values = settings.chosen(backend)
    assert Recipe(model_id=chosen.id, messages=TURNS, **values) == made


def test_what_a_recipe_left_to_the_model_is_left_to_it_again() -> None:
    st.session_state.update(top_p=0.2, top_k=9)
    settings.move_to(Recipe(model_id=MIXTRAL.id, messages=TURNS, temperature=0.2))
    assert not {"top_p", "top_k"} & sent(aws()).keys()
    assert (st.session_state["top_p"], st.session_state["top_k"]) == (0.9, 50)


def test_a_whole_temperature_from_json_moves_a_slider_of_fractions() -> None:
    settings.move_to(Recipe(model_id=TEXT.id, messages=TURNS, temperature=1, top_p=0))
    assert type(st.session_state["temperature"]) is float
    assert type(st.session_state["top_p"]) is float


def test_after_the_settings_of_another_model_were_taken_they_are_not_fitted_again() -> None:
    settings.fit(TEXT)
    settings.move_to(Recipe(model_id=DELTA.id, messages=TURNS, max_tokens=20_000, temperature=0.7))
    settings.fit(DELTA)
    assert st.session_state["max_tokens"] == 20_000
