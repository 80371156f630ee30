"""The line under an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lib.bedrock.answer import Answer, Beat, joined
from lib.bedrock.summary import answer_line, facts
from lib.bedrock.wording import dollars
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Model, find, models
from lib.mistral.cost import worst_cost
from lib.mistral.dialects import Usage
from lib.mistral.recipe import NUMBERS
from tests.support.makers import answered, recipe, with_every_number

MIXTRAL = "mistral.mixtral-8x7b-instruct-v0:1"


def answer(model_id: str = SAMPLE_MODEL_ID, temperature: float | None = 0.7, **more: Any) -> Answer:
    fields: dict[str, Any] = {
        "usage": Usage(12345, 41, 2300, 250),
        "timeline": (Beat(420.0, 5), Beat(2420.0, 6)),
        "duration_ms": 2430.0,
    }
    return answered(recipe("hello", model_id, temperature=temperature), "Hello there", **(fields | more))


def test_the_line_of_a_whole_answer_has_all_facts_in_order() -> None:
    price = find(SAMPLE_MODEL_ID).price
    assert price is not None
    cost = f"{price.cost(12345, 41) / 1_000_000:.2f}"
    assert answer_line(answer()).split(" · ") == [
        "Mistral Large",
        "temperature 0.7",
        "12,345 tokens in, 41 out",
        "first token 0.42 s",
        "20 tokens/s",
        "finished",
        f"about \\${cost}",
    ]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_the_line_names_every_number_that_is_not_the_default(model: Model) -> None:
    recipe = with_every_number(model)
    line = answer_line(answered(recipe, "Hi"))
    for name in model.parameters.keys() & NUMBERS:
        assert f"{NUMBERS[name].short} {getattr(recipe, name):g}" in line


def test_the_line_names_the_settings_that_are_not_the_defaults_and_no_others() -> None:
    model = find(SAMPLE_MODEL_ID)
    default = model.parameters["max_tokens"].default
    assert "settings" not in facts(answered(recipe("hi", max_tokens=default), "Hi"))
    set_all = recipe("hi", max_tokens=64, top_p=0.5, top_k=7, stop=("END", "."), system="Be kind.")
    assert facts(answered(set_all, "Hi"))["settings"] == (
        "top p 0.5, top k 7, max tokens 64, 2 stop sequences, system text"
    )


def test_what_is_not_known_is_left_out() -> None:
    line = answer_line(answer(usage=None, timeline=(), temperature=None, text="", status="failed"))
    assert line == "Mistral Large · no answer"


def test_an_answer_of_somebody_else_says_so_and_on_which_day_it_was_recorded() -> None:
    shared = answer(status="stopped", origin="shared", made_on=date(2026, 11, 2))
    assert answer_line(shared).startswith("shared, recorded on 2 November 2026 · Mistral Large")
    assert facts(shared)["ending"] == "stopped by the sender"
    assert facts(answer(status="stopped", origin="restored"))["ending"] == "stopped by you"


def test_facts_can_be_left_out_of_the_line() -> None:
    left_out = ("model", "temperature", "tokens", "first token", "speed", "cost")
    assert answer_line(answer(), without=left_out) == "finished"


@pytest.mark.parametrize(
    ("status", "stop_reason", "said"),
    [
        ("complete", "stop", "finished"),
        ("complete", "length", "cut at max tokens"),
        ("complete", "tool_calls", "stop reason tool_calls"),
        ("stopped", None, "stopped by you"),
        ("broken", None, "broken off"),
        ("failed", None, "no answer"),
        ("running", None, "answering"),
    ],
)
def test_every_ending_is_named(status: Any, stop_reason: str | None, said: str) -> None:
    assert said in answer_line(answer(status=status, stop_reason=stop_reason)).split(" · ")


def test_an_unknown_stop_reason_is_left_out() -> None:
    assert "stop reason" not in answer_line(answer(status="complete", stop_reason=None))


def test_the_local_model_is_free_and_named_local() -> None:
    line = answer_line(answer(LOCAL_MODEL_ID))
    assert line.startswith("SmolLM2 135M · ")
    assert line.endswith(" · free, local")
    assert "$" not in line


@pytest.mark.parametrize("status", ["running", "stopped", "broken"])
def test_without_a_measurement_the_cost_is_said_to_be_at_most(status: Any) -> None:
    unmeasured = answer(MIXTRAL, status=status, usage=None)
    assert " · at most " in answer_line(unmeasured)
    assert unmeasured.highest_cost == worst_cost(unmeasured.recipe)


def test_what_an_answer_with_continuations_cost_at_most_is_the_sum_of_its_parts() -> None:
    stopped, whole = answer(MIXTRAL, status="stopped", usage=None), answer(MIXTRAL)
    assert whole.cost
    bound = joined([stopped, whole]).highest_cost
    assert bound == (worst_cost(stopped.recipe) or 0) + whole.cost


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (12_000_000, r"\$12.00"),
        (14_900, r"\$0.01"),
        (4_560, "0.46 ¢"),
        (700, "0.07 ¢"),
        (120, "0.01 ¢"),
        (20, "under 0.01 ¢"),
        (0, "0.00 ¢"),
    ],
)
def test_amounts_are_short_and_start_no_formula(amount: int, said: str) -> None:
    assert dollars(amount) == said


def test_an_answer_that_was_stopped_and_continued_keeps_the_figures_of_both_parts() -> None:
    first, stopped = answer(), answer(usage=None, status="stopped", stop_reason=None)
    said = facts(joined([first, stopped]))
    assert said["tokens"] == "at least 12,345 tokens in, 41 out"
    assert said["speed"] == facts(first)["speed"]
    assert said["cost"].startswith("at most ")
    assert facts(joined([first, first]))["tokens"] == "24,690 tokens in, 82 out"
