"""What a click on Copy does in the browser: the text on the clipboard, and the message about it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser_tab import Browser, BrowserTab
from tests.ui.browser.chat_server import Server

ANSWER = "0123456789abcdef"
RECORD = {"prompt": "?", "parts": [{"text": " Mișu "}, {"text": "🐈 *and*"}, {"status": "running"}]}
COPIED = "Mișu 🐈 *and*"
"""As it is shown: without the space with which a first token can begin."""


def with_answer(browser: Browser, record: Any = RECORD) -> BrowserTab:
    """A chat with one answer, with its button and with its menu open."""
    tab = BrowserTab(browser)
    Server(tab, loaded=True).send(("set", "mine", ANSWER, record))
    tab.add("div", **{"class": f"x st-key-copy-answer-{ANSWER} y"})
    tab.add("button", inside='[class*="st-key-copy-answer-"]', **{"class": "copy"})
    tab.add("div", **{"class": f"x st-key-more-{ANSWER} y"})
    tab.add("button", inside='[class*="st-key-more-"]', **{"aria-haspopup": "menu", "aria-expanded": "true"})
    tab.add("div", role="menuitem", **{"data-key": "1: Copy the answer", "class": "entry"})
    tab.add("span", inside=".entry", **{"class": "inside-entry"})
    tab.add("div", role="menuitem", **{"data-key": "2: Share", "class": "other-entry"})
    return tab


@pytest.mark.parametrize("limits", [{}, {"secure": False}, {"copies": False}, {"stores": False}, {"room": 9}])
@pytest.mark.parametrize("at", [".copy", ".entry", ".inside-entry"])
def test_an_answer_is_copied_within_the_click_whatever_the_browser_allows(
    node_browser: Browser, limits: dict[str, Any], at: str
) -> None:
    tab = with_answer(node_browser.set(**limits))
    tab.ask("click_through", at=at)
    assert node_browser.clipboard == COPIED
    assert tab.text('[id="sirocco-sign"]') == "Copied"
    assert tab.spoken[-1] == "Copied."
    assert tab.text("textarea") is None
    node_browser.move(2000)
    assert tab.text('[id="sirocco-sign"]') is None


@pytest.mark.parametrize("secure", [True, False])
def test_a_browser_that_does_not_copy_is_not_said_to_have_copied(node_browser: Browser, secure: bool) -> None:
    tab = with_answer(node_browser.set(secure=secure, copies=False, copiesAtAll=False))
    tab.ask("click_through", at=".copy")
    assert node_browser.clipboard is None
    assert tab.text('[id="sirocco-sign"]') == "This browser did not copy it"
    assert tab.spoken[-1] == "This browser did not copy it."


@pytest.mark.parametrize("record", [None, 5, {}, {"parts": 7}, "x"])
def test_an_answer_that_the_browser_does_not_have_is_not_said_to_be_copied(
    node_browser: Browser, record: Any
) -> None:
    tab = with_answer(node_browser, record)
    tab.ask("click_through", at=".copy")
    assert node_browser.clipboard is None
    assert tab.text('[id="sirocco-sign"]') == "This browser did not copy it"


def test_only_the_click_on_the_button_is_kept_from_the_server(node_browser: Browser) -> None:
    tab = with_answer(node_browser)
    assert tab.ask("click_through", at=".copy") is True
    assert tab.ask("click_through", at=".entry") is False  # the menu has to close


def test_other_clicks_copy_nothing(node_browser: Browser) -> None:
    tab = with_answer(node_browser)
    tab.add("button", **{"class": "other"})
    for at in (".other", ".other-entry", '[aria-haspopup="menu"]'):
        assert tab.ask("click_through", at=at) is False
    assert node_browser.clipboard is None
    assert tab.spoken == []


def test_the_keyboard_stays_where_it_was(node_browser: Browser) -> None:
    tab = with_answer(node_browser.set(secure=False))
    tab.add("textarea", **{"data-testid": "stChatInputTextArea"})
    tab.press("/")
    tab.ask("click_through", at=".copy")
    assert tab.focus == {"data-testid": "stChatInputTextArea"}
