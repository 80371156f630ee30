"""The Compare page as a visitor uses it: the real script, boto3 and endpoint."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from lib.comparison.blind import Round
from lib.markdown.escape import escape
from tests.support.app_page import answers, bodies, button, everything, on_local, run
from tests.support.live_page import LivePage
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

PAGE = "../../../pages/compare.py"
pytestmark = pytest.mark.usefixtures("pages_open_fast")


@pytest.fixture
def page(aws: AppTest) -> AppTest:
    aws.switch_page(PAGE)
    return run(aws)


def start(at: AppTest, prompt: str) -> AppTest:
    at.text_area(key="compare-prompt").set_value(prompt)
    at.button(key="compare-run").click()
    return run(at)


def test_one_click_asks_at_every_temperature(page: AppTest, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = start(page, "chunks=5 rate=0")
    assert sorted(body["temperature"] for body in bodies(caplog)) == [0.0, 0.3, 0.7, 1.0]
    shown = everything(at)
    for name in ("Temperature 0**", "Temperature 0.3", "Temperature 0.7", "Temperature 1"):
        assert name.replace(".", "&#46;") in shown
    assert shown.count("w1 w2 w3 w4 w5") == 4
    assert not at.error


def test_calls_and_the_highest_cost_stand_beside_run(page: AppTest, endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    assert "4 calls · at most \\$0.20 (prices of 2026-11-22)" in everything(page)
    page.radio(key="compare-repeats").set_value(5)
    assert "20 calls · at most \\$0.9" in everything(run(page))
    assert endpoint.state()["served"] == served
    at = on_local(endpoint.url)
    at.switch_page(PAGE)
    assert "4 calls · free, local" in everything(run(at))


def test_repeats_are_grouped_measured_and_drawn(page: AppTest) -> None:
    page.radio(key="compare-repeats").set_value(3)
    at = start(run(page), "chunks=5 rate=0")
    assert sum("3 of 3 the same" in button.label for button in at.button) == 4
    assert "Temperature 0 and Temperature 0.3: no answers part." in everything(at)
    assert len(at.get("vega_lite_chart")) == 2
    table = at.table[0].value
    assert list(table["Different"]) == ["3 of 3 the same"] * 4
    assert list(table["Answers"]) == ["3 of 3"] * 4


def test_system_texts_can_be_compared(page: AppTest, caplog: pytest.LogCaptureFixture) -> None:
    page.radio(key="compare-subject").set_value("system")
    at = run(page)
    at.text_area(key="compare-system-1").set_value("Answer in French.")
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = start(at, "chunks=2 rate=0")
    assert sorted("French" in body["prompt"] for body in bodies(caplog)) == [False, True]
    assert "no system text" in everything(at)


def test_models_can_be_compared_each_in_its_own_dialect(
    page: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    page.radio(key="compare-subject").set_value("model")
    at = run(page)
    names = at.multiselect(key="compare-model").value
    assert len(names) == 2
    at.multiselect(key="compare-model").set_value([*names, "mistral.ministral-3-8b-instruct"])
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = start(run(at), "chunks=2 rate=0")
    assert len(bodies(caplog)) == 3
    assert everything(at).count("w1 w2") == 3


def test_the_results_stand_under_the_prompt_and_settings_that_they_answer(page: AppTest) -> None:
    page.radio(key="compare-repeats").set_value(3)
    at = start(run(page), "chunks=5 rate=0")
    at.text_area(key="compare-prompt").set_value("Something else")
    shown = everything(run(at))
    assert "chunks=5 rate=0\n" in shown
    assert "4 columns by temperature, 3 repeats each · " in shown


def test_one_column_is_no_comparison(page: AppTest) -> None:
    page.multiselect(key="compare-temperature-1").set_value([0.5])
    at = run(page)
    assert "Pick 2 to 5 values to compare." in everything(at)
    at = start(at, "Hello")
    assert at.error[0].value == "Nothing was sent. Pick 2 to 5 values to compare."


def test_nothing_typed_is_nothing_sent(page: AppTest, endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    at = start(page, "   ")
    assert at.error[0].value == "Nothing was sent. Type a prompt first."
    assert endpoint.state()["served"] == served


def test_a_prompt_of_the_guide_runs_at_once_with_three_repeats(page: AppTest, endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    button(page, "A haiku").click()
    at = run(page)
    assert at.text_area(key="compare-prompt").value == "Write a haiku about the sea."
    assert at.radio(key="compare-repeats").value == 3
    assert endpoint.state()["served"] == served + 12
    button(at, "Close").click()
    assert "A haiku" not in [shown.label for shown in run(at).button]


def test_a_prompt_that_another_one_replaces_can_be_put_back(page: AppTest) -> None:
    page.text_area(key="compare-prompt").set_value("chunks=1 of my own")
    button(run(page), "A haiku").click()
    at = run(page)
    assert at.text_area(key="compare-prompt").value != "chunks=1 of my own"
    assert "Instead of: chunks=1 of my own" in everything(at)
    at.button(key="compare-put-back").click()
    at = run(at)
    assert at.text_area(key="compare-prompt").value == "chunks=1 of my own"
    at.button(key="compare-run").click()
    at = run(at)
    assert "chunks=1 of my own" in everything(at)
    assert not [each for each in at.button if each.key == "compare-put-back"]


def test_the_guide_says_what_zero_means_on_this_backend(page: AppTest, endpoint: Endpoint) -> None:
    assert "On Bedrock answers can vary a little even at 0" in everything(page)
    at = on_local(endpoint.url)
    at.switch_page(PAGE)
    assert "Here, at 0 the same prompt gives the same answer" in everything(run(at))


def test_a_broken_column_is_told_in_its_own_words_and_can_be_retried_alone(
    page: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    at = start(page, "chunks=9 rate=0 fail=4")
    assert everything(at).count("The model") >= 4
    retries = [button for button in at.button if button.label == "Retry"]
    assert len(retries) == 4
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        retries[1].click()
        at = run(at)
    assert [body["temperature"] for body in bodies(caplog)] == [0.3]
    assert "An earlier attempt" in everything(at)


def test_blind_hides_the_settings_until_one_is_picked(page: AppTest) -> None:
    page.toggle(key="compare-blind").set_value(True)
    at = start(page, "Write a haiku. chunks=5 rate=0")
    shown = everything(at)
    assert all(f"Answer {letter}" in shown for letter in "ABCD")
    assert "Temperature 0" not in shown
    assert not at.table
    [likes] = [[button for button in at.button if button.label == "I like this best"]]
    assert len(likes) == 4
    likes[2].click()
    at = run(at)
    shown = everything(at)
    assert "Answer A" not in shown
    assert shown.count("your pick") == 1
    assert "Blind taste so far" not in shown  # all answers are the same, so the pick is no preference


def test_repeats_give_no_column_of_a_blind_run_away(page: AppTest) -> None:
    page.toggle(key="compare-blind").set_value(True)
    page.radio(key="compare-repeats").set_value(3)
    at = start(run(page), "Write a haiku. chunks=5 rate=0")
    assert not any("the same" in each.label for each in at.button)
    assert everything(at).count("w1 w2") == 4
    button(at, "I like this best").click()
    assert any("3 of 3 the same" in each.label for each in run(at).button)


def test_a_pick_among_different_answers_is_a_preference(page: AppTest) -> None:
    page.toggle(key="compare-blind").set_value(True)
    page.radio(key="compare-subject").set_value("system")
    at = start(run(page), "Write a haiku. text=echo rate=0")
    button(at, "I like this best").click()
    shown = everything(run(at))
    assert "Blind taste so far: you prefer" in shown
    assert f"for haiku {escape('(1 of 1)')}" in shown


def test_use_this_one_carries_answer_and_settings_into_the_chat(page: AppTest) -> None:
    at = start(page, "chunks=5 rate=0")
    [button for button in at.button if button.label == "Use this one"][1].click()
    at = run(at)
    assert answers(at) == ["w1 w2 w3 w4 w5"]
    assert at.slider(key="temperature").value == 0.3


def test_earlier_runs_can_be_shown_again(page: AppTest) -> None:
    at = start(start(page, "chunks=2 rate=0"), "chunks=3 rate=0")
    assert "chunks=2 rate=0 · 4 columns by temperature" in everything(at)
    button(at, "Show").click()
    at = run(at)
    assert "chunks=3 rate=0 · 4 columns by temperature" in everything(at)
    assert everything(at).count("w1 w2") == 4


def test_an_earlier_run_that_is_shown_stops_the_one_that_has_just_begun(
    page: AppTest, live: LivePage
) -> None:
    at = start(start(page, "chunks=2 rate=0"), "chunks=3 rate=0")
    at.text_area(key="compare-prompt").set_value("chunks=2 rate=0.05")
    at.button(key="compare-run").click()
    with live.running(at):
        live.wait_for('"w1"')
        live.rerun(button(at, "Show"))
        live.wait_until_the_script_has_ended()
    assert "chunks=2 rate=0.05" in everything(at)
    stopped = at.session_state["session"].comparisons.runs[0]
    assert stopped.prompt == "chunks=2 rate=0.05"
    eventually(lambda: stopped.ended)
    told = [(repeat.answer.status, repeat.answer.problem) for repeat in stopped.repeats]
    assert told == [("stopped", None)] * 4  # and not because they were left


def test_again_and_run_again_say_their_price_where_the_model_is_not_free(page: AppTest) -> None:
    at = start(page, "chunks=2 rate=0")
    shown = [caption.value for caption in at.caption]
    assert shown.count("at most \\$0.05") == 4  # one beside each Again
    assert "at most \\$0.20" in shown  # beside Run again


def test_one_click_retries_all_that_failed_and_says_what_it_costs(
    page: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    at = start(page, "chunks=9 rate=0 fail=4")
    assert "at most \\$0.20" in [caption.value for caption in at.caption]
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        button(at, "Retry all failed (4)").click()
        at = run(at)
    assert sorted(body["temperature"] for body in bodies(caplog)) == [0.0, 0.3, 0.7, 1.0]
    assert everything(at).count("An earlier attempt") == 4


def test_an_earlier_run_that_is_shown_fills_the_set_up(page: AppTest) -> None:
    page.radio(key="compare-repeats").set_value(2)
    at = start(run(page), "chunks=2 rate=0")
    at.radio(key="compare-repeats").set_value(1)
    at.radio(key="compare-subject").set_value("system")
    at = start(run(at), "chunks=3 rate=0")
    button(at, "Show").click()
    at = run(at)
    assert at.text_area(key="compare-prompt").value == "chunks=2 rate=0"
    assert at.radio(key="compare-subject").value == "temperature"
    assert at.radio(key="compare-repeats").value == 2
    assert at.multiselect(key="compare-temperature-1").value == [0.0, 0.3, 0.7, 1.0]
    button(at, "Show").click()
    at = run(at)
    assert at.radio(key="compare-subject").value == "system"
    assert at.text_area(key="compare-system-1").value == "Answer like a pirate."


def test_the_question_of_a_blind_run_can_be_which_is_the_hottest(page: AppTest) -> None:
    page.toggle(key="compare-blind").set_value(True)
    at = run(page)
    at.radio(key="compare-question").set_value("hottest")
    at = start(run(at), "chunks=5 rate=0")
    assert "Which is the hottest?" in everything(at)
    guesses = [button for button in at.button if button.label == "This is the hottest"]
    assert len(guesses) == 4
    guesses[0].click()
    assert "You found the hottest" not in everything(run(at))  # all answers are the same, so it is no guess
    at.session_state["session"].comparisons.rounds["0" * 12] = Round("haiku", "Top", "hottest", True)
    assert "You found the hottest answer in 1 of 1 round." in everything(run(at))
