"""A short link that unpacks to much: the tab that opens it answers a click within a second."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY
from tests.support.heavy_links import LINKS

LONGEST_S = 1.0
PAUSES = """() => {
  window.longest = 0;
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    window.longest = Math.max(window.longest, now - last);
    last = now;
  }, 20);
}"""


@pytest.mark.parametrize("name", LINKS)
def test_a_click_is_answered_within_a_second(name: str, silent_app: str, page: Page) -> None:
    page.add_init_script(f"({PAUSES})()")
    page.goto(f"{silent_app}/shared?r={LINKS[name]}")
    expect(page.get_by_role("button", name="Continue in chat")).to_be_visible()
    another = page.get_by_test_id("stExpander").filter(has_text="Open another")
    another.locator("summary").scroll_into_view_if_needed()
    began = time.monotonic()
    another.locator("summary").click()
    expect(another.get_by_test_id("stFileUploaderDropzone")).to_be_visible()
    assert time.monotonic() - began < LONGEST_S
    expect(page.locator(READY)).to_be_visible()
    assert page.evaluate("window.longest") < LONGEST_S * 1000
