"""A short link that unpacks to much: the tab that opens it answers a click within a second."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium_pages import READY
from tests.support.heavy_links import LINKS

LONGEST_MS = 1_000
"""Processor time, which other programs on the machine do not lengthen."""


@pytest.mark.parametrize("name", LINKS)
def test_no_task_keeps_a_click_waiting_for_a_second(
    name: str, silent_app: str, page: Page, browser: Browser
) -> None:
    browser.start_tracing(page=page, categories=["toplevel"])
    page.goto(f"{silent_app}/shared?r={LINKS[name]}")
    expect(page.get_by_role("button", name="Continue in chat")).to_be_visible()
    another = page.get_by_test_id("stExpander").filter(has_text="Open another")
    another.locator("summary").scroll_into_view_if_needed()
    another.locator("summary").click()
    expect(another.get_by_test_id("stFileUploaderDropzone")).to_be_visible()
    expect(page.locator(READY)).to_be_visible()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    tasks_ms = [event["tdur"] / 1000 for event in events if "tdur" in event]
    assert max(tasks_ms) < LONGEST_MS
