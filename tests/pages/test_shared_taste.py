"""A blind taste that somebody shared, on the page of the reader, without any model."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock.answer import Answer
from lib.comparison.blind import Question
from lib.records import tasting
from lib.records.links import to_link
from lib.records.shared import Shared, share
from lib.ui.app.startup import ROOT
from tests.support.app_page import everything, opened, run
from tests.support.environment import NOBODY
from tests.support.makers import DAY, answered, recipe

pytestmark = pytest.mark.usefixtures("pages_open_fast")
SYSTEM = "Speak like a pirate."


def made(different: list[dict[str, Any]], repeats: int = 1) -> list[Answer]:
    """Answers to "Write a haiku." whose texts say nothing of their settings."""
    rng = random.Random(1)
    return [
        answered(recipe("Write a haiku.", **each), f"Text {rng.random()}.")
        for each in different
        for _ in range(repeats)
    ]


HEAT: list[dict[str, Any]] = [{"temperature": each, "max_tokens": 77} for each in (0.15, 0.35, 0.95)]


def visit(answers: list[Answer], question: Question = "best") -> tuple[AppTest, Shared]:
    sent = replace(share("comparison", answers, on=DAY, without=["times"]), question=question)
    opened({"SIROCCO_BACKEND": "local", "SIROCCO_LOCAL_URL": NOBODY})
    at = AppTest.from_file(str(ROOT / "pages" / "shared.py"), default_timeout=15)
    at.query_params["r"] = to_link(sent)
    return run(at), sent


def picks(at: AppTest) -> list[Any]:
    return [button for button in at.button if button.label in ("I like this best", "This is the hottest")]


def hints(at: AppTest) -> str:
    """All that the page shows, with its tables and the labels of its buttons and expanders."""
    more = [element.label for element in [*at.button, *at.expander, *at.toggle]]
    more += [element.value for element in at.subheader]
    more += [element.value.to_string() for element in at.table]
    return "\n".join([everything(at), *more]).replace("&#46;", ".")


@pytest.mark.parametrize(
    ("different", "secrets"),
    [
        (HEAT, ["0.15", "0.35", "0.95", "77", "emperature 0"]),
        ([{"top_p": 0.15}, {"top_p": 0.95}], ["0.15", "0.95"]),
        ([{"system": SYSTEM}, {"system": "Be brief."}], [SYSTEM, "Be brief."]),
    ],
    ids=["temperature", "top p", "system"],
)
def test_nothing_tells_the_settings_before_the_pick(
    different: list[dict[str, Any]], secrets: list[str]
) -> None:
    at, sent = visit(made(different, repeats=3))
    shown = hints(at)
    assert "Which do you like best?" in shown
    assert "Write a haiku." in shown
    assert [secret for secret in secrets if secret in shown] == []
    assert not at.table
    assert len(picks(at)) == len(different)
    assert "Run it here" not in shown
    for place, index in enumerate(tasting.order(sent)):
        answer = sent.entries[index].answer
        assert answer
        assert f"Answer {'ABC'[place]}" in shown
        assert answer.text in shown
    picks(at)[0].click()
    assert [secret for secret in secrets if secret not in hints(run(at))] == []


def test_a_system_text_of_all_columns_is_shown() -> None:
    at, _ = visit(made([{"system": SYSTEM, "temperature": each} for each in (0.2, 0.8)]))
    assert SYSTEM in hints(at)


def test_the_pick_shows_the_settings_marks_itself_and_counts() -> None:
    at, sent = visit(made(HEAT), "hottest")
    place = tasting.order(sent).index(2)
    picks(at)[place].click()
    shown = hints(run(at))
    assert shown.count("your pick") == 2  # in the list of the settings, and above the answer
    assert "You found the hottest answer." in shown
    assert "You found the hottest answer in 1 of 1 round." in shown
    assert "Run it here" in shown
    assert not picks(at)


def test_another_pick_is_not_the_hottest() -> None:
    at, sent = visit(made(HEAT), "hottest")
    picks(at)[tasting.order(sent).index(0)].click()
    shown = hints(run(at))
    assert "Your pick is not the hottest answer." in shown
    assert "You found the hottest answer in 0 of 1 round." in shown


def test_a_pick_among_equal_answers_is_no_preference() -> None:
    at, _ = visit([answered(recipe("Write a haiku.", **each), "The same.") for each in HEAT])
    picks(at)[1].click()
    shown = hints(run(at))
    assert "Another answer has the same words, so your pick does not count." in shown
    assert "Blind taste so far" not in shown


def test_a_browser_that_has_a_pick_for_the_link_shows_it_at_once() -> None:
    at, sent = visit(made(HEAT))
    done = tasting.tasting_round(sent, 1)
    assert done
    at.session_state["session"].comparisons.rounds[tasting.round_id(sent)] = done
    shown = hints(run(at))
    assert not picks(at)
    assert "Blind taste so far: you prefer Temperature 0.35 for haiku" in shown
