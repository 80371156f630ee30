"""The empty page shows what temperature does, with recorded answers and live."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock.answer import Answer
from lib.records.gallery import TEMPERATURE
from lib.ui.app.startup import ROOT
from lib.ui.compare import demonstration
from lib.ui.share.gallery import gallery
from tests.support.app_page import ask, bodies, everything, run
from tests.support.scripted_endpoint import Endpoint

CHAT, DOCTOR = "../../../pages/chat.py", "../../../pages/doctor.py"
pytestmark = pytest.mark.usefixtures("pages_open_fast")


def recorded() -> list[Answer]:
    made = next(each.shared for each in gallery() if each.name == TEMPERATURE)
    return [entry.answer for entry in made.entries if entry.answer]


def plays(at: AppTest) -> bool:
    return any(toggle.key == "temperature-pause" for toggle in at.toggle)


def test_the_recording_is_one_prompt_three_times_at_each_end_of_the_range() -> None:
    answers = recorded()
    assert [answer.recipe.temperature for answer in answers] == [0, 0, 0, 1, 1, 1]
    assert len({answer.recipe.prompt for answer in answers}) == 1
    assert len({answer.text for answer in answers[:3]}) == 1
    assert len({answer.text for answer in answers[3:]}) == 3
    assert all(answer.status == "complete" for answer in answers)


def test_the_empty_page_shows_the_recorded_answers_and_calls_nothing(
    aws: AppTest, endpoint: Endpoint
) -> None:
    served = endpoint.state()["served"]
    cold, warm = (found.value for found in run(aws).markdown if "**Temperature" in found.value)
    assert cold.startswith("**Temperature 0**, 3 times")
    assert cold.count("\n- ") == 3
    assert warm.startswith("**Temperature 1**, 3 times")
    assert warm.count("\n- ") == 3
    assert "6 calls · at most \\$0.0" in everything(aws)
    assert "recorded with SmolLM2 135M" in everything(aws)
    assert endpoint.state()["served"] == served


def test_it_is_gone_after_the_first_prompt(aws: AppTest) -> None:
    at = ask(aws, "chunks=3 rate=0")
    assert "**Temperature 0**" not in everything(at)
    assert not [made for made in at.button if made.key == "temperature-live"]


def test_it_plays_until_the_visitor_goes_to_another_page_or_begins_another_chat(aws: AppTest) -> None:
    assert plays(aws)
    assert plays(run(aws))
    aws.switch_page(DOCTOR)
    run(aws).switch_page(CHAT)
    assert not plays(run(aws))
    assert "**Temperature 0**" in everything(aws)
    at = ask(aws, "chunks=3 rate=0")
    at.button(key="new-chat").click()
    assert not plays(run(at))
    assert "**Temperature 0**" in everything(at)


def test_a_click_runs_it_live_on_compare_whose_form_has_the_same_values(
    aws: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        aws.button(key="temperature-live").click()
        at = run(aws)
    assert at.title[0].value == "Compare"
    assert sorted(body["temperature"] for body in bodies(caplog)) == [0, 0, 0, 1, 1, 1]
    assert all(recorded()[0].recipe.prompt in body["prompt"] for body in bodies(caplog))
    assert at.text_area(key="compare-prompt").value == recorded()[0].recipe.prompt
    assert at.radio(key="compare-repeats").value == 3
    assert at.multiselect(key="compare-temperature-1").value == [0, 1]
    assert list(at.table[0].value["Answers"]) == ["3 of 3"] * 2


def test_a_host_who_removes_the_recording_has_a_page_without_it(
    aws: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tuple(each for each in gallery() if each.name != TEMPERATURE)
    monkeypatch.setattr(demonstration, "gallery", lambda: kept)
    assert "**Temperature 0**" not in everything(run(aws))
    assert (ROOT / "gallery" / f"{TEMPERATURE}.recipe.json").exists()
