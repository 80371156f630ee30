"""A prompt that is sent while an answer arrives waits for its end, and is never lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app_page import answers, ask, button, everything, put_back
from tests.support.live_page import LivePage
from tests.support.scripted_endpoint import Endpoint

pytestmark = pytest.mark.usefixtures("pages_open_fast")
NEXT = "chunks=3 rate=0"


@contextlib.contextmanager
def sent_during_an_answer(at: AppTest, live: LivePage, running: str = "chunks=1000 rate=5") -> Iterator[None]:
    """`running` is being answered as the second turn, and NEXT is sent. The page runs on to its end."""
    at.chat_input[0].set_value(running)
    with live.running(at):
        live.wait_for("w1 w2")
        live.rerun(at.chat_input[0].set_value(NEXT))
        live.wait_for(f"Sent when the answer ends: {NEXT}")
        yield
        live.wait_until_the_script_has_ended()


@pytest.fixture
def chat(aws: AppTest) -> AppTest:
    return ask(aws, "chunks=1 rate=0")


def test_it_is_sent_when_the_answer_ends(chat: AppTest, live: LivePage, endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    with sent_during_an_answer(chat, live):
        chat.session_state["session"].conversation.stop()
    assert [chat.chat_message[at].text[0].value for at in (2, 4)] == ["chunks=1000 rate=5", NEXT]
    assert answers(chat)[-1] == "w1 w2 w3"
    assert endpoint.state() == {"active": 0, "served": served + 2}
    assert "Sent when" not in everything(chat)


def test_a_second_one_is_added_to_it(chat: AppTest, live: LivePage) -> None:
    with sent_during_an_answer(chat, live):
        live.rerun(chat.chat_input[0].set_value("And this."))
        live.wait_for("And this.")
        assert chat.session_state["session"].waiting == f"{NEXT}\n\nAnd this."
        chat.session_state["session"].conversation.stop()


def test_new_chat_puts_it_back_into_the_box(chat: AppTest, live: LivePage) -> None:
    with sent_during_an_answer(chat, live):
        live.rerun(button(chat, "New chat"))
    assert put_back(chat) == NEXT
    assert not chat.chat_message


def test_after_an_answer_that_failed_it_is_back_in_the_box_with_the_reason(
    chat: AppTest, live: LivePage, endpoint: Endpoint
) -> None:
    served = endpoint.state()["served"]
    with sent_during_an_answer(chat, live, "chunks=9 rate=5 fail=5"):
        pass
    assert put_back(chat) == NEXT
    assert "Nothing was sent. The previous answer is incomplete." in chat.error[0].value
    assert endpoint.state()["served"] == served + 1
