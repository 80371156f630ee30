"""What the button of copy_button.js does."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.browser_tab import COPY, Browser, BrowserTab


def label(tab: BrowserTab, **data: Any) -> str | None:
    tab.render(COPY, {"label": "Copy the link", "done": "Copied", "text": "text", **data})
    return tab.text("button")


@pytest.mark.parametrize("limits", [{}, {"secure": False}, {"copies": False}])
def test_the_copy_button_copies_on_a_click_whatever_the_browser_allows(
    node_browser: Browser, limits: dict[str, bool]
) -> None:
    tab = BrowserTab(node_browser.set(**limits))
    label(tab)
    tab.click("button")
    assert node_browser.clipboard == "text"
    assert tab.text("textarea") is None


def test_the_copy_button_says_for_two_seconds_that_it_has_copied(node_browser: Browser) -> None:
    tab = BrowserTab(node_browser)
    assert label(tab) == "Copy the link"
    tab.click("button")
    assert tab.text('[aria-live="polite"]') == "Copied"
    node_browser.move(1999)
    assert tab.text("button") == "Copied"
    node_browser.move(1)
    assert tab.text("button") == "Copy the link"


def test_the_copy_button_is_one_that_copies_the_newest_text(node_browser: Browser) -> None:
    tab = BrowserTab(node_browser)
    label(tab)
    assert label(tab, text="newer", label="Copy it") == "Copy it"
    tab.click("button")
    assert node_browser.clipboard == "newer"
    tab.ask("remove", at="button")
    assert tab.text("button") is None
    assert tab.text("style") is not None
