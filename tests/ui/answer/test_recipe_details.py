"""What an answer's recipe says: its settings, where asked and used differ, and the body as sent."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock.answer import Answer, Beat
from lib.bedrock.problems import blocked
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, set_prices
from lib.mistral.dialects import Usage, body
from lib.mistral.explanation import differences, settings
from lib.mistral.recipe import NUMBERS, Message, Recipe
from lib.ui.answer.recipe_details import service, times
from tests.support.makers import answered

TEXT, MESSAGE, DELTA = (
    SAMPLE_MODEL_ID,
    "mistral.mistral-large-2407-v1:0",
    "mistral.mistral-large-3-675b-instruct",
)
ALL = {"temperature": 0.7, "top_p": 0.9, "max_tokens": 300}


def recipe(model_id: str = MESSAGE, prompt: str = "hello", **more: Any) -> Recipe:
    return Recipe(model_id=model_id, messages=(Message("user", prompt),), **more)


def answer(made_by: Recipe, **more: Any) -> Answer:
    fields: dict[str, Any] = {
        "usage": Usage(12, 41, 2300, 250),
        "timeline": (Beat(420.0, 5),),
        "duration_ms": 2430.0,
        "request_id": "3f1c2b9e",
    }
    return answered(made_by, "Hello", **(fields | more))


def test_every_setting_is_listed_with_its_value() -> None:
    made_by = recipe(TEXT, **ALL, top_k=50, stop=("\n", "END"), system="Be brief.")
    others = {name: "not taken by this model" for name in NUMBERS if name not in made_by.model.parameters}
    assert settings(made_by) == {
        **others,
        "model": "Mistral Large (mistral.mistral-large-2402-v1:0)",
        "temperature": "0.7",
        "top_p": "0.9",
        "top_k": "50",
        "max_tokens": "300",
        "stop": '"\\n", "END"',
        "system": "Be brief.",
    }


def test_what_was_not_sent_names_the_models_default() -> None:
    listed = settings(recipe(LOCAL_MODEL_ID))
    assert listed["top_p"] == "left to the model (default 0.9)"
    assert listed["top_k"] == "left to the model (default 50)"
    assert (listed["stop"], listed["system"]) == ("none", "none")
    assert settings(recipe(TEXT))["max_tokens"] == "left to the model (default 4,096)"
    assert settings(recipe(TEXT))["top_k"] == "left to the model (off by default)"


def test_no_default_is_claimed_where_none_is_documented() -> None:
    listed = settings(recipe(DELTA))
    assert listed["temperature"] == "left to the model (its default is not documented)"
    assert listed["top_k"] == "not taken by this model"


def test_nothing_differs_when_all_was_sent_and_taken() -> None:
    assert differences(recipe(MESSAGE, **ALL, system="Be brief.")) == []


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            {"top_p": 0.5},
            "top_p 0.5 changes nothing at temperature 0: the likeliest word is taken every time.",
        ),
        ({"top_k": 20}, "top_k 20 changes nothing at temperature 0: the likeliest word is taken every time."),
        (
            {"top_p": 0.5, "top_k": 20},
            "top_p 0.5 and top_k 20 change nothing at temperature 0: the likeliest word is taken every time.",
        ),
    ],
)
def test_at_temperature_0_the_shares_change_nothing(asked: dict[str, Any], said: str) -> None:
    assert differences(recipe(TEXT, temperature=0, **asked))[0] == said
    assert said not in differences(recipe(TEXT, temperature=0.1, **asked))


def test_one_word_to_choose_from_leaves_the_temperature_nothing_to_do() -> None:
    assert "top_k 1 leaves only the likeliest word" in differences(recipe(TEXT, temperature=0.9, top_k=1))[0]


def test_a_folded_system_text_is_said_where_the_model_has_no_slot() -> None:
    said = "Mistral Large has no slot for a system text: it was put before your first message."
    assert said in differences(recipe(TEXT, system="Be brief."))
    assert said not in differences(recipe(TEXT, system=" "))
    assert not any("slot" in sentence for sentence in differences(recipe(MESSAGE, system="Be brief.")))


def test_control_words_that_were_spaced_out_are_said() -> None:
    assert any("[INST]" in sentence for sentence in differences(recipe(TEXT, "What is [/INST] for?")))
    assert differences(recipe(MESSAGE, "What is [/INST] for?", **ALL)) == []


def test_parameters_left_to_the_model_are_named_in_one_sentence() -> None:
    assert differences(recipe(TEXT, temperature=0.7)) == [
        "Not sent, so the model's own default counts: top_p, top_k, max_tokens."
    ]


def test_times_and_request_id_are_told_as_far_as_known() -> None:
    asked = answer(recipe())
    price = asked.recipe.model.price
    assert price
    assert times(asked) == [
        "Request id: 3f1c2b9e",
        "First token after 0.42 s",
        "Ended after 2.43 s",
        "The service says 2.30 s",
        f"Price: ${price.input:.2f} in, ${price.output:.2f} out per million tokens (estimate, {price.as_of})",
    ]
    nothing = answer(recipe(LOCAL_MODEL_ID), request_id=None, usage=None, timeline=(), status="running")
    assert times(nothing) == ["Request id: none was given", "So far 2.43 s"]


def script(shown: object) -> None:
    import streamlit as st

    from lib.ui.answer import recipe_details

    def reuse(made_by: object) -> None:
        st.session_state["reused"] = made_by

    recipe_details.show_recipe(shown, "a", reuse)  # type: ignore[arg-type]


def page(made_by: Recipe) -> AppTest:
    at = AppTest.from_function(script, args=(answer(made_by),), default_timeout=10).run()
    assert not at.exception
    return at


@pytest.mark.parametrize("model_id", [TEXT, MESSAGE, DELTA, LOCAL_MODEL_ID])
@pytest.mark.parametrize("prompt", ['Prix en € : `5` «œuf»\n\ttab \\ "quoted" 🌬', "long " * 10_000])
def test_the_body_is_shown_as_the_very_bytes_that_were_sent(model_id: str, prompt: str) -> None:
    made_by = recipe(model_id, prompt, temperature=0.3, stop=("END",), system="Be **brief**.")
    assert page(made_by).code[0].value.encode() == body(made_by)


def test_a_system_text_is_shown_as_text() -> None:
    at = page(recipe(system="![x](https://x.example) :red[y]\n`z`"))
    assert "![x](https://x.example) :red[y]\n`z`" in [text.value for text in at.text]


def test_the_button_hands_the_recipe_back() -> None:
    made_by = recipe(**ALL)
    at = page(made_by)
    at.button(key="a-reuse").click().run()
    assert at.session_state["reused"] == made_by


@pytest.mark.parametrize(
    ("found", "stepped_in", "line"),
    [
        ((), False, "Guardrail: it found nothing."),
        ((), True, "Guardrail: it stepped in and gave no reason."),
        (("prompt: topic “A” blocked",), True, "Guardrail: it stepped in (prompt: topic “A” blocked)."),
        (
            ("answer: filter “B” found",),
            False,
            "Guardrail: it let the answer pass (answer: filter “B” found).",
        ),
    ],
)
def test_the_verdict_of_a_guardrail_is_told(found: tuple[str, ...], stepped_in: bool, line: str) -> None:
    assert service(answer(recipe(), guardrail=found, problem=blocked() if stepped_in else None)) == [line]


def test_the_service_tier_is_told_with_its_price() -> None:
    set_prices({}, "flex")
    try:
        (line,) = service(answer(recipe(TEXT), tier="flex"))
        (other,) = service(answer(recipe(TEXT), tier="default"))
    finally:
        set_prices({})
    assert line.startswith("Service tier: flex, $2.00 in, $6.00 out per million tokens (estimate, ")
    assert other == "Service tier: default"


def test_without_either_nothing_is_told() -> None:
    assert service(answer(recipe())) == []
