"""Prompts on the chat page: too long ones, long ones, edited ones, and where a deleted turn was."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.mistral.size import LONGEST_PROMPT
from tests.support.app_page import answers, ask, everything, more, put_back, run
from tests.support.scripted_endpoint import Endpoint

pytestmark = pytest.mark.usefixtures("pages_open_fast")
SHORT = "chunks=1 rate=0"


@pytest.fixture
def three(aws: AppTest) -> AppTest:
    """A chat with answers of one, two and three words."""
    for number in (1, 2, 3):
        aws = ask(aws, f"chunks={number} rate=0")
    return aws


def click(at: AppTest, key: str) -> AppTest:
    at.button(key=key).click()
    return run(at)


def turn_id(at: AppTest, turn: int) -> str:
    found: str = at.session_state["session"].conversation.turns()[turn].variant.id
    return found


def open_editor(at: AppTest, turn: int) -> AppTest:
    return click(at, f"edit-{turn_id(at, turn)}")


def test_a_prompt_that_is_too_long_is_back_in_the_box_and_told_by_how_much(
    aws: AppTest, endpoint: Endpoint
) -> None:
    served = endpoint.state()["served"]
    prompt = "x" * (LONGEST_PROMPT + 345)
    at = ask(aws, prompt)
    assert put_back(at) == prompt
    told = "Nothing was sent. The text has 20,345 characters, 345 more than the 20,000 that can be sent."
    assert at.error[0].value == told
    assert not at.chat_message
    assert endpoint.state()["served"] == served
    assert not ask(at, SHORT).error


def test_a_prompt_of_the_greatest_length_is_sent(aws: AppTest) -> None:
    assert answers(ask(aws, SHORT.ljust(LONGEST_PROMPT))) == ["w1"]


def test_an_edited_prompt_that_is_too_long_stays_in_its_editor(three: AppTest) -> None:
    at = open_editor(three, 1)
    at.text_area[0].set_value("x" * (LONGEST_PROMPT + 1))
    at = click(at, f"ask-edited-{turn_id(at, 1)}")
    assert at.text_area[0].value == "x" * (LONGEST_PROMPT + 1)
    assert "1 more than the 20,000" in at.error[0].value
    assert put_back(at) == ""
    assert len(answers(at)) == 3


@pytest.mark.parametrize("prompt", ["a line\n" * 40, "word " * 600])
def test_a_long_prompt_is_folded_until_it_is_opened(aws: AppTest, prompt: str) -> None:
    at = ask(aws, f"{SHORT}\n{prompt}end")
    shown = at.chat_message[0].text[0].value
    assert "end" not in shown
    assert shown.startswith(SHORT)
    at = click(at, f"fold-{turn_id(at, 0)}")
    assert at.chat_message[0].text[0].value.endswith("end")
    at = click(at, f"fold-{turn_id(at, 0)}")
    assert at.chat_message[0].text[0].value == shown


def test_a_prompt_of_some_lines_is_not_folded(aws: AppTest) -> None:
    at = ask(aws, f"{SHORT}\n" + "a line\n" * 12)
    assert at.chat_message[0].text[0].value.endswith("a line")


def test_the_editor_says_where_later_turns_will_be_and_the_page_where_they_are(three: AppTest) -> None:
    at = open_editor(three, 0)
    assert "2 later turns will stay with the present variant of this prompt." in everything(at)
    at.text_area[0].set_value("chunks=5 rate=0")
    at = click(at, f"ask-edited-{turn_id(at, 0)}")
    assert answers(at) == ["w1 w2 w3 w4 w5"]
    assert "Variant 1 is followed by 2 later turns." in everything(at)
    at = click(at, f"later-turns-{turn_id(at, 0)}")
    assert len(answers(at)) == 3
    assert "later turns" not in everything(at)


def test_asking_the_newest_turn_again_says_nothing_about_later_turns(three: AppTest) -> None:
    assert "later turn" not in everything(click(three, "again"))


@pytest.mark.parametrize("turn", [0, 1, 2])
def test_undo_stands_where_the_deleted_turn_was(three: AppTest, turn: int) -> None:
    at = more(three, turn, "Delete this turn")
    told = [any(caption.value == "Turn deleted." for caption in said.caption) for said in at.chat_message]
    assert [at for at, here in enumerate(told) if here] == ([2 * turn - 1] if turn else [])
    assert everything(at).count("Turn deleted.") == 1
    at = click(at, "undo-it")
    assert len(answers(at)) == 3
