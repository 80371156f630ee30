"""What of a conversation is sent along with a prompt."""

from __future__ import annotations

from typing import Any

import pytest

from lib.conversation.request import GO_ON, recipe_for, recipe_to_go_on
from lib.conversation.tree import Variant
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID
from lib.mistral.dialects import Usage, body
from lib.mistral.recipe import Message, Recipe, RecipeError
from tests.support.makers import recipe, replied, said

MESSAGE, DELTA = "mistral.mistral-large-2407-v1:0", "mistral.mistral-large-3-675b-instruct"
PLAIN: dict[str, Any] = {"temperature": 0.7, "max_tokens": 256, "stop": (), "system": ""}


def test_the_shown_history_is_sent_in_order_and_named() -> None:
    earlier = [said("a", "A"), said("b", "B")]
    made, sent, left_out = recipe_for("c", earlier, LOCAL_MODEL_ID, PLAIN)
    assert [(turn.role, turn.text) for turn in made.messages] == [
        ("user", "a"),
        ("assistant", "A"),
        ("user", "b"),
        ("assistant", "B"),
        ("user", "c"),
    ]
    assert sent == (earlier[0].id, earlier[1].id)
    assert left_out == 0
    assert made.temperature == 0.7


@pytest.mark.parametrize("blank", ["", " ", "\n\n"])
def test_an_exchange_without_an_answer_is_left_out_so_that_roles_alternate(blank: str) -> None:
    earlier = [said("a", "A"), said("lost", blank, status="failed"), said("b", "B")]
    made, sent, left_out = recipe_for("c", earlier, DELTA, PLAIN)
    assert [turn.role for turn in made.messages] == ["user", "assistant", "user", "assistant", "user"]
    assert "lost" not in [turn.text for turn in made.messages]
    assert sent == (earlier[0].id, earlier[2].id)
    assert left_out == 0


def test_half_an_answer_is_sent_along_as_far_as_it_came() -> None:
    made, _, _ = recipe_for("b", [said("a", "half of", status="stopped")], DELTA, PLAIN)
    assert made.messages[1] == Message("assistant", "half of")


def test_an_answer_with_a_continuation_is_sent_along_whole() -> None:
    variant = Variant("a", [replied(recipe("a"), "one "), replied(recipe("a"), "two")])
    made, _, _ = recipe_for("b", [variant], DELTA, PLAIN)
    assert made.messages[1].text == "one two"


def test_what_does_not_fit_is_left_out_oldest_first_and_counted() -> None:
    earlier = [said(f"{number} " + "x" * 900, "y" * 900) for number in range(5)]
    made, sent, left_out = recipe_for("newest", earlier, LOCAL_MODEL_ID, PLAIN)
    assert left_out == 5 - len(sent)
    assert 0 < left_out < 5
    assert sent == tuple(variant.id for variant in earlier[left_out:])
    assert made.messages[0].text.startswith(f"{left_out} ")
    assert made.messages[-1].text == "newest"


def test_an_exchange_without_an_answer_is_not_counted_as_one_that_did_not_fit() -> None:
    earlier = [said("lost"), *(said(f"{number} " + "x" * 900, "y" * 900) for number in range(5))]
    with_lost = recipe_for("newest", earlier, LOCAL_MODEL_ID, PLAIN)
    assert with_lost[1:] == recipe_for("newest", earlier[1:], LOCAL_MODEL_ID, PLAIN)[1:]


def dense(tokens: int, text: str = "y" * 600) -> Variant:
    """Six hundred letters of prompt, which the service counted as so many tokens."""
    return said("x" * 600, text, usage=Usage(tokens, 5, None, None))


def test_the_density_that_the_service_measured_decides_what_fits() -> None:
    light, heavy = [dense(120)] * 4, [dense(600)] * 4  # five letters a token, and one
    assert recipe_for("z", light, LOCAL_MODEL_ID, PLAIN)[2] == 0
    assert recipe_for("z", heavy, LOCAL_MODEL_ID, PLAIN)[2] == 3


def test_the_newest_measurement_counts_and_tiny_prompts_measure_nothing() -> None:
    assert recipe_for("z", [dense(600), dense(600), dense(600), dense(120)], LOCAL_MODEL_ID, PLAIN)[2] == 0
    tiny = said("x", "y" * 600, usage=Usage(50, 5, None, None))
    assert (
        recipe_for("z", [dense(120)] * 3 + [tiny], LOCAL_MODEL_ID, PLAIN)[2]
        == recipe_for("z", [dense(120)] * 4, LOCAL_MODEL_ID, PLAIN)[2]
    )


def test_more_than_six_letters_a_token_are_never_counted_on() -> None:
    assert recipe_for("z", [dense(60)] * 8, LOCAL_MODEL_ID, PLAIN)[2] == 1  # measured: ten letters
    assert recipe_for("z", [dense(100)] * 8, LOCAL_MODEL_ID, PLAIN)[2] == 1


def test_a_continuation_does_not_make_the_text_look_denser_than_it_is() -> None:
    continued = dense(120)
    first = continued.answer
    messages = (*first.recipe.messages, Message("assistant", first.text))
    again = replied(recipe(model_id=LOCAL_MODEL_ID, messages=messages), "", usage=Usage(240, 5, None, None))
    continued.parts.append(again)
    plain = recipe_for("z", [dense(120)] * 4, LOCAL_MODEL_ID, PLAIN)[2]
    assert recipe_for("z", [*[dense(120)] * 3, continued], LOCAL_MODEL_ID, PLAIN)[2] == plain


def test_a_setting_that_the_model_does_not_allow_is_refused_with_its_name() -> None:
    with pytest.raises(RecipeError, match="temperature is 7"):
        recipe_for("a", [], DELTA, {**PLAIN, "temperature": 7.0})


@pytest.mark.parametrize("model_id", [SAMPLE_MODEL_ID, MESSAGE, DELTA, LOCAL_MODEL_ID])
def test_an_unfinished_answer_goes_on_with_the_settings_and_the_history_that_made_it(model_id: str) -> None:
    messages = (Message("user", "a"), Message("assistant", "A"), Message("user", "b"))
    made_by = Recipe(model_id=model_id, messages=messages, temperature=0.2, max_tokens=9, system="Be kind.")
    variant = Variant("b", [replied(made_by, "Once"), replied(made_by, " upon")])
    made = recipe_to_go_on(variant)
    assert made.messages[:4] == (*messages, Message("assistant", "Once upon"))
    assert (made.temperature, made.max_tokens, made.system) == (0.2, 9, "Be kind.")
    if made.model.dialect == "text":
        assert len(made.messages) == 4
        prompt = body(made).decode()
        assert "Once upon" in prompt
        assert "Once upon</s>" not in prompt
    else:
        assert made.messages[4:] == (Message("user", GO_ON),)


def test_what_fits_before_a_continuation_depends_on_the_density_that_was_measured() -> None:
    exchange = (Message("user", "x" * 600), Message("assistant", "y" * 600))
    made_by = recipe(model_id=LOCAL_MODEL_ID, messages=(*exchange * 3, Message("user", "x" * 600)))
    light, heavy = (  # about five letters a token, and about one
        Variant("x", [replied(made_by, "y" * 600, usage=Usage(tokens, 5, None, None))])
        for tokens in (840, 4200)
    )
    assert len(recipe_to_go_on(light).messages) == 8
    assert len(recipe_to_go_on(heavy).messages) == 2
