"""Thinking in Chromium: seconds while it goes on, then a closed expander, which can be opened."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from lib.local.shapes import THOUGHT
from tests.support.app_process import app_process
from tests.support.chromium_pages import READY, Chat
from tests.support.environment import aws_settings
from tests.support.scripted_endpoint import scripted


@pytest.fixture(scope="module")
def thinking_app() -> Iterator[str]:
    with (
        scripted(None, "--shape", "think-brackets") as endpoint,
        app_process(**aws_settings(endpoint.url)) as url,
    ):
        yield url


def test_the_page_counts_the_seconds_and_then_folds_the_thinking(chat: Chat, thinking_app: str) -> None:
    chat.open(thinking_app).send("chunks=30 rate=0")
    expect(chat.last).to_contain_text("Thinking, 1 s")
    assert "[THINK]" not in chat.last.inner_text()
    fold = chat.last.get_by_text("Thought for", exact=False).first
    expect(fold).to_be_visible()
    last = chat.settled("finished")
    expect(last).to_contain_text("w30")
    thought = last.get_by_text("".join(THOUGHT))
    expect(thought).to_be_hidden()
    fold.click()
    expect(thought).to_be_visible()
    chat.page.reload()
    expect(chat.last.get_by_text("Thought for", exact=False).first).to_be_visible()
    expect(chat.page.locator(READY)).to_be_visible()
    assert "w30" in chat.last.inner_text()
