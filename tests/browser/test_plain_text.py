"""Plain text in Chromium: the block has every character of the answer, and nothing else."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY, Chat, wait_until
from tests.support.makers import answered, link, recipe
from tests.support.scripted_engine import MARKDOWN, PRICES

CODE = '[data-testid="stCode"] code'
ODD = (
    "\n\n  # no *title*\t:smile: :material/home: $5 -- ~3~ <b>&amp;</b>\r\n\n"
    "    code  \n\u200b\u202e 🌬️\ue000 \n\n\n"
)
_SWITCH = "Plain text"


def block(page: Page) -> str:
    text: str = page.locator(CODE).evaluate("block => block.textContent")
    return text


@pytest.mark.parametrize("text", [ODD, MARKDOWN, "word " * 4000, "x" * 9000])
def test_a_recipient_sees_the_exact_characters(page: Page, local_app: str, text: str) -> None:
    page.goto(f"{local_app}/shared?r={link(answered(recipe(), text, timeline=()))}")
    page.get_by_text(_SWITCH, exact=True).click()
    with contextlib.suppress(AssertionError):  # the block of code in the formatted answer goes first
        wait_until(lambda: block(page) == text, 10)
    assert block(page) == text
    assert "mono" in page.locator(CODE).evaluate("block => getComputedStyle(block).fontFamily").lower()
    assert page.locator(CODE).evaluate("block => block.scrollWidth <= block.closest('pre').clientWidth")


def test_in_the_chat_the_switch_holds_for_its_answer_through_more_prompts(chat: Chat, app: str) -> None:
    chat.open(app).send("text=prices rate=0")
    chat.settled("finished")
    chat.last.get_by_text(_SWITCH, exact=True).click()
    expect(chat.last.get_by_test_id("stCode")).to_be_visible()
    assert block(chat.page) == PRICES
    chat.send("chunks=3 rate=0")
    expect(chat.last).to_contain_text("w1 w2 w3")
    expect(chat.page.locator(READY)).to_be_visible()
    assert block(chat.page) == PRICES
