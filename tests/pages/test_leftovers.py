"""While an answer arrives, the page shows nothing more of what a run before has drawn.

Streamlit itself removes that only when the script has ended, which takes as long as the answer.
"""

from __future__ import annotations

import pytest

from lib.bedrock.problems import broken_off
from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation
from lib.ui.app.session import Session
from tests.support.app_page import button, opened, run
from tests.support.environment import aws_settings
from tests.support.live_page import LivePage
from tests.support.makers import answered, asked
from tests.support.scripted_endpoint import Endpoint

pytestmark = pytest.mark.usefixtures("pages_open_fast")
HELD, WAITING, BROKEN = "chunks=1 first=20", "Waiting for the first token", "**The answer broke off**"


def test_nothing_is_left_of_a_page_that_was_longer(live: LivePage, endpoint: Endpoint) -> None:
    chat = Conversation()
    for number in range(1, 11):
        variant = asked(chat, f"prompt {number}", f"answer {number}")
        if number in (3, 6):
            recipe = variant.answer.recipe
            variant.parts = [
                Reply.of(answered(recipe, "half", status="broken", problem=broken_off(shown=True)))
            ]
    at = opened(aws_settings(endpoint.url))
    at.session_state["session"] = Session(conversation=chat)
    run(at)
    assert live.count(BROKEN) == 2
    at.chat_input[0].set_value(HELD)
    with live.running(at):  # turns 6 to 11: five turns move up, and four places are free
        live.wait_for(WAITING)
        live.wait_for('"answer 10"')
        for number in range(1, 11):
            assert live.count(f'"prompt {number}"') == (number > 5)
        for number in range(7, 11):
            assert live.count(f'"answer {number}"') == 1
        assert live.count(BROKEN) == 1


def test_nothing_is_left_of_an_answer_and_an_editor_from_before(live: LivePage, endpoint: Endpoint) -> None:
    chat = Conversation()
    variant = asked(chat, "Say it.", "half")
    broken = {"status": "broken", "problem": broken_off(shown=True)}
    variant.parts, variant.left_out = [Reply.of(answered(variant.answer.recipe, "half", **broken))], 2
    at = opened(aws_settings(endpoint.url))
    at.session_state["session"] = Session(conversation=chat)
    button(run(at), "Edit").click()
    run(at).text_area[0].set_value(HELD)
    assert live.count("Cancel") == live.count(BROKEN) == live.count('"Continue"') == 1
    button(at, "Ask again from here").click()
    with live.running(at):
        live.wait_for(WAITING)
        assert live.count("Cancel") == live.count(BROKEN) == live.count('"Continue"') == 0
