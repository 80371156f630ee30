"""The line at the chat input about the next prompt."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.conversation.tree import Conversation
from lib.mistral.catalog import LOCAL_MODEL_ID
from lib.ui.app.session import Session
from tests.support.app_page import everything, on_aws, on_local, opened, run
from tests.support.environment import NOBODY, aws_settings
from tests.support.live_page import LivePage
from tests.support.makers import LARGE, asked
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("pages_open_fast")


def with_chat(turns: int, characters: int, model: str, **settings: str) -> str:
    """All that the page shows with such a conversation."""
    chat = Conversation()
    for number in range(turns):
        asked(chat, f"{number}?", "word " * (characters // 5), model)
    local = {"SIROCCO_BACKEND": "local", "SIROCCO_LOCAL_URL": NOBODY}
    at = opened(local if model == LOCAL_MODEL_ID else aws_settings(NOBODY) | settings)
    at.session_state["session"] = Session(conversation=chat)
    return everything(run(at))


def test_nothing_is_said_where_all_is_small() -> None:
    for shown in (everything(on_aws(NOBODY)), everything(on_local(NOBODY)), with_chat(3, 300, LARGE)):
        assert "next prompt" not in shown
        assert "costs at most" not in shown


def test_a_context_that_fills_up_is_told_before_turns_are_left_out() -> None:
    shown = with_chat(3, 1000, LOCAL_MODEL_ID)
    assert "With the longest answer, the next prompt fills about " in shown
    assert "costs" not in shown


def test_turns_that_will_not_be_sent_are_counted() -> None:
    shown = with_chat(9, 1000, LOCAL_MODEL_ID)
    assert "The context is full: 5 earlier turns will not be sent with the next prompt." in shown
    assert "% of the context" not in shown


def test_a_prompt_that_can_cost_much_says_how_much() -> None:
    assert "A prompt of up to 200 characters costs at most \\$0." in with_chat(4, 10_000, LARGE)


def test_the_price_is_told_once_where_a_budget_tells_it(tmp_path: Path) -> None:
    capped = {"SIROCCO_DAILY_USD": "5", "SIROCCO_LEDGER": f"sqlite:{tmp_path}/ledger.db"}
    assert with_chat(4, 10_000, LARGE, **capped).count("costs at most") == 1


def test_nothing_is_said_while_an_answer_arrives(live: LivePage, endpoint: Endpoint) -> None:
    chat = Conversation()
    for number in range(4):
        asked(chat, f"{number}?", "word " * 2000)
    at = opened(aws_settings(endpoint.url))
    at.session_state["session"] = Session(conversation=chat)
    assert "costs at most" in everything(run(at))
    at.chat_input[0].set_value("chunks=1 first=20")
    with live.running(at):
        live.wait_for("Waiting for the first token")
        eventually(lambda: live.count("costs at most") == 0)
