"""What of a stranger's recipe runs on a deployment, and what is said of the rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.bedrock.backend import Backend
from lib.mistral.catalog import LOCAL_MODEL_ID, Parameter, find
from lib.mistral.recipe import Message, Recipe
from lib.ui.shared.adapt import fitted
from tests.support.environment import NOBODY

LARGE, DELTA = "mistral.mistral-large-2402-v1:0", "mistral.ministral-3-8b-instruct"
PROMPT = (Message("user", "Say it."),)
TALK = (
    Message("user", "One?"),
    Message("assistant", "Un."),
    Message("user", "Two?"),
    Message("assistant", "Deux."),
)
HERE = Backend("local", None, find(LOCAL_MODEL_ID), LOCAL_MODEL_ID, endpoint_url=NOBODY)
NARROW = replace(
    find(DELTA),
    parameters={
        "temperature": Parameter(0.2, 0.5, 0.3),
        "max_tokens": Parameter(1, 100, 50),
        "stop": Parameter(0, 1, None),
    },
)
ELSEWHERE = Backend("aws", None, NARROW, DELTA)
"""A deployment whose default model takes less than any of the catalogue."""


def test_a_model_that_is_not_offered_gives_way_to_the_default_and_this_is_said() -> None:
    recipe, said = fitted(Recipe(model_id=LARGE, messages=PROMPT, temperature=0.3, max_tokens=4096), HERE)
    assert (recipe.model_id, recipe.temperature, recipe.max_tokens) == (LOCAL_MODEL_ID, 0.3, 1024)
    assert said == [
        "Mistral Large is not offered here; SmolLM2 135M answers instead.",
        "max tokens 4096 becomes 1024: SmolLM2 135M allows 1 to 1024.",
    ]


def test_turns_that_do_not_fit_are_left_out_and_this_is_said() -> None:
    messages = (Message("user", "x" * 9000), Message("assistant", "y"), Message("user", "Say it."))
    recipe, said = fitted(Recipe(model_id=LARGE, messages=messages), HERE)
    assert recipe.messages == messages[-1:]
    assert "The oldest 2 messages do not fit and are not sent." in said


def test_turns_that_fit_stay_where_older_ones_do_not() -> None:
    messages = (Message("user", "x" * 9000), Message("assistant", "y"), *TALK, *PROMPT)
    recipe, said = fitted(Recipe(model_id=LARGE, messages=messages), HERE)
    assert recipe.messages == (*TALK, *PROMPT)
    assert "The oldest 2 messages do not fit and are not sent." in said


@pytest.mark.parametrize("messages", [PROMPT, (*TALK, *PROMPT), TALK])
def test_what_runs_the_same_here_is_not_changed(messages: tuple[Message, ...]) -> None:
    asked = Recipe(
        model_id=LOCAL_MODEL_ID,
        messages=messages,
        system="Be brief.",
        temperature=0.3,
        top_k=7,
        stop=("END", "##"),
    )
    assert fitted(asked, HERE) == (
        asked,
        ["The model runs on the computer of this page, so words may differ from the sender's."],
    )


@pytest.mark.usefixtures("no_listing")
def test_another_model_gets_what_it_takes_of_the_recipe_and_the_rest_is_said() -> None:
    asked = Recipe(
        model_id=LOCAL_MODEL_ID,
        messages=TALK,
        system="Be brief.",
        temperature=0.9,
        top_p=0.5,
        top_k=7,
        max_tokens=500,
        stop=("END", "##"),
    )
    recipe, said = fitted(asked, ELSEWHERE)
    assert recipe == Recipe(
        model_id=DELTA, messages=TALK[:3], system="Be brief.", temperature=0.5, max_tokens=100, stop=("END",)
    )
    assert said == [
        "SmolLM2 135M is not offered here; Ministral 3 8B answers instead.",
        "temperature 0.9 becomes 0.5: Ministral 3 8B allows 0.2 to 0.5.",
        "top p 0.5 is left out: Ministral 3 8B does not take it.",
        "top k 7 is left out: Ministral 3 8B does not take it.",
        "max tokens 500 becomes 100: Ministral 3 8B allows 1 to 100.",
        "Ministral 3 8B takes 1 stop sequence; the others are left out.",
        "Ministral 3 8B cannot go on inside an answer; it answers anew.",
    ]
    cold, _ = fitted(replace(asked, temperature=0.1), ELSEWHERE)
    assert cold.temperature == 0.2


def test_a_system_text_that_has_no_slot_here_is_sent_and_this_is_said() -> None:
    recipe, said = fitted(Recipe(model_id=DELTA, messages=PROMPT, system="Be brief."), HERE)
    assert recipe.system == "Be brief."
    assert said[1:] == ["SmolLM2 135M has no slot for a system text; it goes before the first message."]
