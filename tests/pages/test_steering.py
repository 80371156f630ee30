"""Second thoughts on the chat page: edit, variants, delete, undo, presets, settings again."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.mistral.catalog import find
from lib.ui.chat import actions
from tests.support.app_page import (
    answers,
    ask,
    bodies,
    button,
    everything,
    lines,
    message,
    more,
    on_local,
    opened,
    run,
)
from tests.support.environment import aws_settings
from tests.support.live_page import LivePage
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

MIXTRAL, DELTA = find("mistral.mixtral-8x7b-instruct-v0:1"), find("mistral.mistral-large-3-675b-instruct")
pytestmark = pytest.mark.usefixtures("pages_open_fast")


def prompts(at: AppTest) -> list[str]:
    return [said.text[0].value for said in at.chat_message if said.name == "You"]


def click(at: AppTest, label: str, turn: int | None = None) -> AppTest:
    button(at if turn is None else message(at, turn), label).click()
    return run(at)


def edit(at: AppTest, turn: int, prompt: str) -> AppTest:
    """Open an earlier prompt, change it, ask again from there."""
    [said for said in at.chat_message if said.name == "You"][turn].button[0].click()
    at = run(at)
    at.text_area[0].set_value(prompt)
    return click(at, "Ask again from here")


def talk(at: AppTest, *counts: int) -> AppTest:
    for count in counts:
        at = ask(at, f"chunks={count} rate=0")
    return at


def words(*counts: int) -> list[str]:
    return [" ".join(f"w{number}" for number in range(1, count + 1)) for count in counts]


def test_an_edit_in_the_middle_asks_again_from_there_and_the_old_continuation_can_be_shown(
    aws: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    at = talk(aws, 1, 2, 3)
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = edit(at, 1, "chunks=5 rate=0")
        at = talk(at, 6)
    assert answers(at) == words(1, 5, 6)
    assert "chunks=2" not in bodies(caplog)[0]["prompt"]
    assert "chunks=3" not in bodies(caplog)[1]["prompt"]
    assert "w1 w2 w3 w4 w5" in bodies(caplog)[1]["prompt"]
    assert "2/2 · other prompt" in everything(at)
    at = click(at, "Earlier", 1)
    assert answers(at) == words(1, 2, 3)
    at = click(at, "Later", 1)
    assert answers(at) == words(1, 5, 6)


def test_an_edit_can_be_cancelled_and_a_blank_one_sends_nothing(aws: AppTest, endpoint: Endpoint) -> None:
    at = talk(aws, 2)
    served = endpoint.state()["served"]
    at = edit(at, 0, "   ")
    assert endpoint.state()["served"] == served
    at = click(at, "Cancel")
    assert not at.main.text_area
    assert (prompts(at), answers(at)) == (["chunks=2 rate=0"], words(2))


def test_variants_say_what_changed_and_each_is_shown_as_it_was(
    aws: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "DOUBLE_CLICK_S", 0)
    at = talk(aws, 2)
    at.slider(key="temperature").set_value(0.2)
    at = click(run(at), "Again")
    assert "2/2 · temperature 0.7 → 0.2" in everything(at)
    at = click(at, "Again")
    assert "3/3 · same settings" in everything(at)
    assert button(at, "Later").disabled
    at = click(click(at, "Earlier"), "Earlier")
    assert button(at, "Earlier").disabled
    assert "1/3" in everything(at)
    assert "temperature 0.7 ·" in lines(at)[0]
    assert "temperature 0.2 ·" in lines(click(at, "Later"))[0]


def test_a_variant_of_another_model_says_so(aws: AppTest) -> None:
    at = talk(aws, 2)
    at.selectbox(key="model").set_value(DELTA.id)
    at = click(run(at), "Again")
    assert "2/2 · other model" in everything(at)
    assert lines(at)[0].startswith(DELTA.name)


def test_asking_an_earlier_turn_again_sends_only_what_was_before_it(
    aws: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    at = talk(aws, 1, 2, 3)
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = more(at, 1, "Ask again")
    assert bodies(caplog)[0]["prompt"].count("[INST]") == 2
    assert answers(at) == words(1, 2)
    assert answers(click(at, "Earlier", 1)) == words(1, 2, 3)


@pytest.mark.parametrize(("turn", "left"), [(0, (2, 3)), (1, (1, 3)), (2, (1, 2))])
def test_a_deleted_turn_is_gone_from_the_page_and_the_request_and_undo_brings_it_back(
    aws: AppTest, caplog: pytest.LogCaptureFixture, turn: int, left: tuple[int, ...]
) -> None:
    at = more(talk(aws, 1, 2, 3), turn, "Delete this turn")
    assert answers(at) == words(*left)
    at = click(at, "Undo")
    assert answers(at) == words(1, 2, 3)
    assert "Undo" not in [made.label for made in at.button]
    at = more(at, turn, "Delete this turn")
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = talk(at, 4)
    assert f"chunks={turn + 1} " not in bodies(caplog)[0]["prompt"]
    assert answers(at) == words(*left, 4)
    assert "Undo" not in [made.label for made in at.button]


def test_undo_after_another_variant_was_tried_brings_the_deleted_turn_back_where_it_was(aws: AppTest) -> None:
    at = more(talk(aws, 1, 2, 3), 0, "Ask again")
    at = click(at, "Earlier", 0)
    at = more(at, 1, "Delete this turn")
    at = click(at, "Later", 0)
    at = click(at, "Undo")
    assert answers(at) == words(1)
    assert answers(click(at, "Earlier", 0)) == words(1, 2, 3)


def test_a_new_chat_is_empty_and_undo_brings_the_old_one_back(
    aws: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    at = click(talk(aws, 1, 2), "New chat")
    assert not at.chat_message
    assert button(at, "Name a kitten")
    at = click(at, "Undo")
    assert answers(at) == words(1, 2)
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = talk(click(at, "New chat"), 3)
    assert bodies(caplog)[0]["prompt"] == "<s>[INST] chunks=3 rate=0 [/INST]"
    assert answers(at) == words(3)
    assert "Undo" not in [made.label for made in at.button]


def test_a_new_chat_stops_the_answer_that_arrives(aws: AppTest, live: LivePage, endpoint: Endpoint) -> None:
    at = talk(aws, 1)
    at.chat_input[0].set_value("chunks=2 rate=0.05")
    with live.running(at):
        live.wait_for('"w1"')
        live.wait_for("New chat")  # drawn after the first words; a click on the one before would be too old
        live.rerun(button(at, "New chat"))
        live.wait_until_the_script_has_ended()
    assert not at.chat_message
    stopped = at.session_state["session"].undo.conversation.turns()[-1].variant
    eventually(lambda: not stopped.running)
    assert (stopped.answer.status, stopped.answer.problem) == ("stopped", None)  # and not because it was left
    eventually(lambda: endpoint.log()[-1]["event"] == "gone")


def test_an_answer_cut_at_max_tokens_goes_on_in_place(aws: AppTest, caplog: pytest.LogCaptureFixture) -> None:
    aws.slider(key="max_tokens").set_value(2)
    at = ask(aws, "chunks=5 rate=0")
    assert "cut at max tokens" in lines(at)[0]
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = click(at, "Continue")
    assert bodies(caplog)[0]["prompt"] == "<s>[INST] chunks=5 rate=0 [/INST] w1 w2"
    assert len(at.chat_message) == 2
    assert answers(at)[0].startswith("w1 w2 ")
    assert len(answers(at)[0]) > len("w1 w2 ")
    assert "1/" not in everything(at)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Precise", {"temperature": 0.0, "max_tokens": 512}),
        ("Balanced", {"temperature": 0.5, "max_tokens": 512}),
        ("Wild", {"temperature": 1.0, "max_tokens": 512, "top_p": 1.0, "top_k": 200}),
    ],
)
def test_a_preset_moves_the_sliders_and_reaches_the_body(
    aws: AppTest, caplog: pytest.LogCaptureFixture, name: str, body: dict[str, Any]
) -> None:
    aws.selectbox(key="model").set_value(MIXTRAL.id)
    at = run(aws)
    at.slider(key="temperature").set_value(0.3)
    at.number_input(key="top_k").set_value(3)
    at = click(run(at), name)
    assert at.slider(key="temperature").value == body["temperature"]
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        talk(at, 1)
    sent = bodies(caplog)[0]
    del sent["prompt"]
    assert sent == body


def test_the_line_opens_to_the_exact_body_and_its_settings_can_be_used_again(
    aws: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    aws.slider(key="temperature").set_value(0.15)
    aws.slider(key="max_tokens").set_value(44)
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = talk(aws, 2)
    assert not at.code
    at.session_state[message(at, 0).expander[0].key] = True
    at = run(at)
    assert json.loads(message(at, 0).code[0].value) == bodies(caplog)[0]
    at.selectbox(key="model").set_value(DELTA.id)
    at = run(at)
    at.slider(key="temperature").set_value(0.9)
    at = click(run(at), "Use these settings again")
    assert at.selectbox(key="model").value == "mistral.mistral-large-2402-v1:0"
    assert (at.slider(key="temperature").value, at.slider(key="max_tokens").value) == (0.15, 44)
    caplog.clear()
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        click(at, "Again")
    again = bodies(caplog)[0]
    assert (again["temperature"], again["max_tokens"]) == (0.15, 44)


def test_a_link_that_asks_for_too_much_opens_with_a_note_that_can_be_dismissed(endpoint: Endpoint) -> None:
    at = opened(aws_settings(endpoint.url))
    at.query_params["temperature"] = "7"
    at.query_params["tempo"] = "fast"
    at = run(at)
    assert at.slider(key="temperature").value == 0.7
    said = everything(at)
    assert "temperature “7”; Mistral Large allows a number from 0 to 1. 0.7 is used." in said
    assert "“tempo” is not a setting" in said
    at = talk(at, 1)
    assert "tempo" in everything(at)
    assert "tempo" not in everything(click(at, "Dismiss"))


def test_turns_that_did_not_fit_are_counted_on_the_page_and_stay_on_it(endpoint: Endpoint) -> None:
    at = on_local(endpoint.url)
    for number in range(9):
        at = ask(at, f"chunks=400 rate=0 number {number}")
    assert "did not fit" in everything(at)
    assert "earlier turn" in next(said.value for said in message(at, -1).caption)
    assert len(answers(at)) == 9
    assert prompts(at)[0] == "chunks=400 rate=0 number 0"


def _page_with_a_late_dismissal() -> None:
    import streamlit as st

    from lib.ui.app import session
    from lib.ui.chat import actions

    held = session.current()
    for dismissed in ("xray", "share"):
        held.dialog = ("share", "1")
        actions.note_dismissal(dismissed)
        st.text(str(held.dialog))


def test_a_dialog_stays_open_if_it_is_told_late_that_the_one_before_was_dismissed() -> None:
    at = AppTest.from_function(_page_with_a_late_dismissal).run()
    assert [text.value for text in at.text] == ["('share', '1')", "None"]
