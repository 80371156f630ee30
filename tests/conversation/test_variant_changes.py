"""How a variant is labelled by what changed since the one before."""

from __future__ import annotations

from typing import Any

import pytest

from lib.bedrock.answer import Answer
from lib.bedrock.reply import Reply
from lib.conversation.tree import Turn, Variant
from lib.conversation.variant_changes import what_changed
from lib.mistral.catalog import SAMPLE_MODEL_ID, Model, models
from lib.mistral.recipe import NUMBERS, Message
from tests.support.makers import answered, recipe, with_every_number

MIXTRAL = "mistral.mixtral-8x7b-instruct-v0:1"


def turn_of(*variants: Answer, prompts: tuple[str, ...] = ()) -> Turn:
    """A turn with these variants, the last one shown."""
    asked = prompts or ("hello",) * len(variants)
    made = [Variant(prompt, [Reply.of(each)]) for prompt, each in zip(asked, variants, strict=True)]
    return Turn(made, len(made) - 1)


def with_settings(**settings: Any) -> Answer:
    return answered(recipe("hello", **{"model_id": MIXTRAL, **settings}), "Hello there")


def test_the_first_variant_changed_nothing() -> None:
    assert what_changed(turn_of(with_settings())) == ""


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"temperature": 0.2}, {"temperature": 0.9}, "temperature 0.2 → 0.9"),
        ({"temperature": 0.7}, {"temperature": 1}, "temperature 0.7 → 1"),
        ({"temperature": 1}, {"temperature": 1.0}, "same settings"),
        ({}, {"temperature": 0.0}, "temperature default → 0"),
        ({"max_tokens": 4096}, {"max_tokens": 512}, "max_tokens 4096 → 512"),
        ({"top_p": 0.5, "top_k": 3}, {"top_k": 40}, "top_p 0.5 → default, top_k 3 → 40"),
        ({}, {"stop": ("\n", "END")}, r"stop default → '\n', 'END'"),
        ({"stop": ("a",)}, {}, "stop 'a' → default"),
        ({}, {"system": "Be kind."}, "other system text"),
        ({}, {"model_id": SAMPLE_MODEL_ID}, "other model"),
        (
            {"temperature": 0.5},
            {"model_id": SAMPLE_MODEL_ID, "temperature": 0.7},
            "other model, temperature 0.5 → 0.7",
        ),
    ],
)
def test_a_variant_is_labelled_by_what_changed(
    before: dict[str, Any], now: dict[str, Any], said: str
) -> None:
    assert what_changed(turn_of(with_settings(**before), with_settings(**now))) == said


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_a_variant_is_labelled_by_every_number_that_changed(model: Model) -> None:
    all_set = with_every_number(model)
    changed = what_changed(turn_of(with_settings(model_id=model.id), answered(all_set, "Hi")))
    for name in model.parameters.keys() & NUMBERS:
        assert f"{name} default → {getattr(all_set, name):g}" in changed


def test_another_prompt_is_said_and_another_history_is_not() -> None:
    assert what_changed(turn_of(with_settings(), with_settings(), prompts=("hello", "hi"))) == "other prompt"
    longer = (Message("user", "a"), Message("assistant", "b"), Message("user", "hello"))
    assert what_changed(turn_of(with_settings(), with_settings(messages=longer))) == "same settings"


def test_a_label_compares_with_the_variant_just_before_the_shown_one() -> None:
    turn = turn_of(*(with_settings(temperature=t) for t in (0.1, 0.2, 0.3)))
    assert what_changed(turn) == "temperature 0.2 → 0.3"
    turn.step(-1)
    assert what_changed(turn) == "temperature 0.1 → 0.2"
