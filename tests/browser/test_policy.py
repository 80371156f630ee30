"""The content security policy stops nothing that the app itself does."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.chromium_pages import READY, Chat


@pytest.mark.timeout(120)
def test_every_page_a_chart_and_the_dialogs_work_under_the_policy(chat: Chat, app: str) -> None:
    refused: list[str] = []
    chat.page.on(
        "console", lambda line: refused.append(line.text) if "Security Policy" in line.text else None
    )
    chat.open(app).send("chunks=30 rate=0 text=markdown")
    answer = chat.settled("finished")
    answer.get_by_role("button", name="X-ray").click()
    expect(chat.page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(chat.page.get_by_test_id("stVegaLiteChart")).to_have_count(0)
    for dialog in ("Share", "View code"):
        chat.last.get_by_role("button", name="More").click()
        chat.page.get_by_role("menuitem", name=dialog).click()
        expect(chat.page.get_by_role("dialog")).to_be_visible()
        chat.page.keyboard.press("Escape")
        expect(chat.page.get_by_role("dialog")).to_have_count(0)
    for page in ("compare", "next_word", "shared", "doctor"):
        chat.page.goto(f"{app}/{page}")
        expect(chat.page.locator(READY)).to_be_visible()
    assert refused == []
