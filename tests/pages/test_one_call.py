"""One click, one call: what arrives together, or again, is sent once, and no text is lost."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app_page import ask, button, everything, on_local, run
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("pages_open_fast")


@pytest.fixture
def chat(endpoint: Endpoint) -> AppTest:
    return ask(on_local(endpoint.url), "chunks=3 rate=0")


def test_again_and_a_draft_that_arrive_together_are_one_call(chat: AppTest, endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    button(chat, "Again").click()
    at = ask(chat, "chunks=4 rate=0")
    eventually(lambda: endpoint.state() == {"active": 0, "served": served + 1})
    assert not at.error


def test_a_double_click_on_again_is_one_call_even_if_the_answer_has_ended_in_between(
    chat: AppTest, endpoint: Endpoint
) -> None:
    served = endpoint.state()["served"]
    at = chat
    for _ in range(2):
        button(at, "Again").click()
        at = run(at)
    assert endpoint.state() == {"active": 0, "served": served + 1}
    assert "2/2 · same settings" in everything(at)
