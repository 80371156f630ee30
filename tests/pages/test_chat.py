"""The chat page as a visitor uses it: the real script, boto3 and endpoint."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.conversation.tree import Conversation, Turn
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, find
from lib.ui.app import session
from lib.ui.app.session import Session
from tests.support.app_page import (
    answers,
    ask,
    bodies,
    button,
    everything,
    lines,
    on_aws,
    on_local,
    opened,
    run,
)
from tests.support.browser_tab import Browser
from tests.support.calls import counted
from tests.support.environment import aws_settings
from tests.support.makers import asked
from tests.support.page_tab import Tab
from tests.support.scripted_endpoint import Endpoint
from tests.support.scripted_engine import FRIENDLY
from tests.support.waiting import eventually

DELTA = find("mistral.mistral-large-3-675b-instruct")
pytestmark = pytest.mark.usefixtures("pages_open_fast")


@pytest.mark.parametrize("open_page", [on_aws, on_local])
def test_a_prompt_gives_an_answer_with_its_line(endpoint: Endpoint, open_page: Any) -> None:
    at = ask(open_page(endpoint.url), "chunks=5 rate=0")
    assert [message.name for message in at.chat_message] == ["You", "assistant"]
    assert at.chat_message[0].text[0].value == "chunks=5 rate=0"
    assert answers(at) == [counted(5).strip()]
    assert "5 out" in lines(at)[0]
    assert "finished" in lines(at)[0]
    assert not at.error
    assert not at.warning


def test_an_answer_that_ends_while_its_page_is_drawn_is_kept_as_finished(
    aws: AppTest, node_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = session.newest_turns

    def newest_late() -> list[Turn]:
        eventually(lambda: not session.conversation().running())
        return newest()

    monkeypatch.setattr(session, "newest_turns", newest_late)
    ask(aws, "chunks=5 rate=20")
    tab = Tab(node_browser)
    tab.take(aws)
    records = [json.loads(text) for text in tab.kept(tab.data["chat"]).values() if "parts" in text]
    assert [record["parts"][0]["status"] for record in records] == ["complete"]


def test_the_line_tells_the_model_the_temperature_and_the_cost(aws: AppTest) -> None:
    aws.slider(key="temperature").set_value(0.3)
    line = lines(ask(aws, "chunks=5 rate=0"))[0]
    assert line.startswith("Mistral Large · temperature 0.3 · 2 tokens in, 5 out · first token ")
    assert line.endswith(" · finished · under 0.01 ¢")


def test_the_caption_says_who_answers(endpoint: Endpoint) -> None:
    assert "not from Mistral AI" in on_local(endpoint.url).caption[0].value
    said = on_aws(endpoint.url).caption[0].value
    assert "Mistral Large" in said
    assert "us-east-1" in said
    assert "this computer" not in said


def test_locally_no_answer_passes_for_mistral(endpoint: Endpoint) -> None:
    at = ask(on_local(endpoint.url), "chunks=2 rate=0")
    assert "not from Mistral AI" in everything(at)
    assert lines(at)[0].startswith(find(LOCAL_MODEL_ID).name)
    assert "free, local" in lines(at)[0]


@pytest.mark.parametrize("open_page", [on_aws, on_local])
def test_suggestions_stand_before_the_first_message_only(endpoint: Endpoint, open_page: Any) -> None:
    at = open_page(endpoint.url)
    label = "Define a volcano" if open_page is on_local else "Name a kitten"
    button(at, label).click()
    at = run(at)
    assert answers(at) == [FRIENDLY]
    assert label not in [each.label for each in at.button]
    assert len(run(at).chat_message) == 2


def test_what_was_said_is_sent_along(aws: AppTest, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = ask(ask(aws, "chunks=2 rate=0"), "chunks=3 rate=0")
        at.selectbox(key="model").set_value(DELTA.id)
        at = ask(run(at), "chunks=1 rate=0")
    first, second, third = bodies(caplog)
    assert first["prompt"] == "<s>[INST] chunks=2 rate=0 [/INST]"
    for part in ("chunks=2 rate=0", "w1 w2", "chunks=3 rate=0"):
        assert part in second["prompt"]
    said = [(message["role"], message["content"].strip()) for message in third["messages"]]
    assert said == [
        ("user", "chunks=2 rate=0"),
        ("assistant", "w1 w2"),
        ("user", "chunks=3 rate=0"),
        ("assistant", "w1 w2 w3"),
        ("user", "chunks=1 rate=0"),
    ]
    assert answers(at) == ["w1 w2", "w1 w2 w3", "w1"]


def test_settings_reach_the_body(aws: AppTest, caplog: pytest.LogCaptureFixture) -> None:
    aws.slider(key="temperature").set_value(0.15)
    aws.slider(key="max_tokens").set_value(4)
    aws.slider(key="top_p").set_value(0.5)
    aws.number_input(key="top_k").set_value(9)
    aws.text_area(key="system").set_value("Answer in French.")
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = ask(aws, "chunks=50 rate=0")
    body = bodies(caplog)[0]
    assert "Answer in French." in body.pop("prompt")
    assert body == {"max_tokens": 4, "temperature": 0.15, "top_p": 0.5, "top_k": 9}
    assert answers(at) == ["w1 w2 w3 w4"]
    assert "cut at max tokens" in lines(at)[0]


def test_stop_sequences_of_the_url_end_the_answer(endpoint: Endpoint) -> None:
    at = opened(aws_settings(endpoint.url))
    at.query_params["stop"] = "w4"
    assert answers(ask(run(at), "chunks=9 rate=0")) == ["w1 w2 w3"]


def test_a_change_of_model_fits_the_settings_and_keeps_the_conversation(aws: AppTest) -> None:
    aws.selectbox(key="model").set_value(DELTA.id)
    at = run(aws)
    at.slider(key="max_tokens").set_value(20_000)
    at = ask(at, "chunks=2 rate=0")
    at.selectbox(key="model").set_value(SAMPLE_MODEL_ID)
    at = ask(run(at), "chunks=3 rate=0")
    assert at.slider(key="max_tokens").value == 4096
    assert answers(at) == ["w1 w2", "w1 w2 w3"]
    assert [line.split(" · ")[0] for line in lines(at)] == [DELTA.name, "Mistral Large"]


def test_a_setting_that_the_model_does_not_take_is_disabled_with_the_reason(aws: AppTest) -> None:
    assert not aws.number_input(key="top_k").disabled
    aws.selectbox(key="model").set_value(DELTA.id)
    knob = run(aws).number_input(key="top_k")
    assert knob.disabled
    assert "does not take" in knob.help


def test_reset_puts_the_settings_back_and_keeps_the_conversation(aws: AppTest) -> None:
    aws.slider(key="temperature").set_value(0.1)
    aws.slider(key="max_tokens").set_value(50)
    at = ask(aws, "chunks=2 rate=0")
    button(at, "Reset to defaults").click()
    at = run(at)
    assert (at.slider(key="temperature").value, at.slider(key="max_tokens").value) == (0.7, 4096)
    assert answers(at) == ["w1 w2"]


def test_what_cannot_be_sent_gives_a_sentence_and_loses_nothing(aws: AppTest, endpoint: Endpoint) -> None:
    aws.selectbox(key="model").set_value(DELTA.id)
    at = run(aws)
    at.slider(key="max_tokens").set_value(20_000)
    at = ask(at, "chunks=2 rate=0")
    served = endpoint.state()["served"]
    at.selectbox(key="model").set_value(SAMPLE_MODEL_ID)
    at = ask(at, "chunks=3 rate=0")  # sent with the settings of the model before
    assert len(at.error) == 1
    assert at.error[0].value.startswith("Nothing was sent.")
    assert "20000" in at.error[0].value
    assert at.chat_input[0].value == "chunks=3 rate=0"
    assert answers(at) == ["w1 w2"]
    assert endpoint.state()["served"] == served
    at = ask(at, "chunks=3 rate=0")
    assert not at.error
    assert answers(at) == ["w1 w2", "w1 w2 w3"]


def test_a_blank_prompt_is_no_prompt(aws: AppTest, endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    at = ask(aws, "   ")
    assert not at.chat_message
    assert endpoint.state()["served"] == served


def test_prices_and_images_of_an_answer_are_text(aws: AppTest) -> None:
    at = ask(ask(aws, "text=prices rate=0"), "text=image rate=0")
    assert r"\$3.50" in answers(at)[0]
    assert "![" not in answers(at)[1]


def test_a_long_answer_is_whole(aws: AppTest) -> None:
    at = ask(aws, "chunks=2000 rate=0")
    assert answers(at) == [counted(2000).strip()]


def test_a_model_that_cannot_be_called_is_told_on_the_page_and_no_other_is_called(endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    at = on_aws(endpoint.url, BEDROCK_MODEL_ID="anthropic.claude")
    assert len(at.warning) == 1
    assert "anthropic.claude" in at.warning[0].value
    assert "No model is called" in answers(ask(at, "chunks=1 rate=0"))[0]
    assert endpoint.state()["served"] == served


def test_a_long_conversation_shows_its_newest_part_and_sends_all_of_it(
    aws: AppTest, caplog: pytest.LogCaptureFixture
) -> None:
    at = aws
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        for number in range(1, 12):
            at = ask(at, f"chunks={number} rate=0")
    assert len(bodies(caplog)[-1]["prompt"].split("[INST]")) == 12
    assert answers(at)[-1] == counted(11).strip()
    assert len(answers(at)) < 11


def with_turns(endpoint: Endpoint, messages: int) -> AppTest:
    """The chat with `1.` as the answer to `1?` and so on, from an earlier visit."""
    chat = Conversation()
    for number in range(1, messages + 1):
        asked(chat, f"{number}?", f"{number}.")
    at = opened(aws_settings(endpoint.url))
    at.session_state["session"] = Session(conversation=chat)
    return run(at)


def numbered(first: int, last: int) -> list[str]:
    return [f"{number}." for number in range(first, last + 1)]


@pytest.mark.parametrize(("turns", "first"), [(5, 1), (10, 1), (11, 6), (16, 11), (47, 41), (200, 191)])
def test_the_page_shows_the_newest_turns(endpoint: Endpoint, turns: int, first: int) -> None:
    assert answers(with_turns(endpoint, turns)) == numbered(first, turns)


def test_a_reader_can_page_back_and_sees_the_newest_again_once_something_is_asked(endpoint: Endpoint) -> None:
    at = with_turns(endpoint, 47)
    at.pagination[0].set_value(4)
    assert answers(run(at)) == numbered(31, 40)
    at.pagination[0].set_value(1)
    assert answers(run(at)) == numbered(1, 10)
    assert answers(ask(at, "chunks=1 first=0.5")) == [*numbered(41, 47), "w1"]


def test_an_answer_that_ends_at_once_is_shown_to_a_reader_who_has_paged_back(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = with_turns(endpoint, 47)
    at.pagination[0].set_value(4)
    assert answers(run(at)) == numbered(31, 40)
    newest = session.newest_turns

    def newest_late() -> list[Turn]:
        eventually(lambda: not session.conversation().running())
        return newest()

    monkeypatch.setattr(session, "newest_turns", newest_late)
    assert answers(ask(at, "chunks=1 rate=0")) == [*numbered(41, 47), "w1"]
    at.pagination[0].set_value(4)
    assert answers(run(at)) == numbered(31, 40)
