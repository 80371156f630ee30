"""What of a stranger's recipe runs on a deployment, and what is said of the rest."""

from __future__ import annotations

from lib.bedrock.backend import Backend
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.mistral.recipe import Recipe, Turn
from lib.ui.share.fit import fitted

LARGE = "mistral.mistral-large-2402-v1:0"
PROMPT = (Turn("user", "Say it."),)
HERE = Backend("local", None, find(LOCAL_MODEL_ID), LOCAL_MODEL_ID, endpoint_url="http://127.0.0.1:9")


def test_a_model_that_is_not_offered_gives_way_to_the_default_and_this_is_said() -> None:
    recipe, said = fitted(Recipe(model_id=LARGE, turns=PROMPT, temperature=0.3, max_tokens=4096), HERE)
    assert (recipe.model_id, recipe.temperature, recipe.max_tokens) == (LOCAL_MODEL_ID, 0.3, 1024)
    assert said == [
        "Mistral Large is not offered here; SmolLM2 135M answers instead.",
        "max_tokens 4096 becomes 1024: SmolLM2 135M allows 1 to 1024.",
    ]


def test_turns_that_do_not_fit_are_left_out_and_this_is_said() -> None:
    turns = (Turn("user", "x" * 9000), Turn("assistant", "y"), Turn("user", "Say it."))
    recipe, said = fitted(Recipe(model_id=LARGE, turns=turns), HERE)
    assert recipe.turns == turns[-1:]
    assert "The oldest 2 turns do not fit and are not sent." in said


def test_what_runs_the_same_here_is_not_changed() -> None:
    asked = Recipe(model_id=LOCAL_MODEL_ID, turns=PROMPT, temperature=0.3, top_k=7, stop=("END",))
    assert fitted(asked, HERE)[0] == asked
