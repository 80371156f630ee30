"""Clicks and keys that arrive twice or together: the endpoint's log holds the calls that were asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.chromium_pages import READY, Chat, wait_until
from tests.support.scripted_endpoint import Endpoint


def calls(endpoint: Endpoint) -> int:
    return sum(event["event"] == "open" for event in endpoint.log())


def test_alt_enter_with_a_draft_is_one_call_and_the_draft_is_kept(
    chat: Chat, app: str, endpoint: Endpoint
) -> None:
    chat.open(app).send("chunks=3 rate=0")
    chat.settled("finished")
    before = calls(endpoint)
    chat.box.fill("a draft rate=0")
    chat.box.press("Alt+Enter")
    wait_until(lambda: calls(endpoint) > before, 5)
    chat.settled("finished")
    kept = chat.page.get_by_test_id("stChatMessage").filter(has_text="a draft rate=0")
    wait_until(lambda: chat.box.input_value() == "a draft rate=0" or kept.count() > 0, 5)
    assert calls(endpoint) == before + 1


@pytest.mark.every_browser
@pytest.mark.parametrize("name", ["Again", "New chat"])
def test_a_double_click_is_one_act(chat: Chat, app: str, endpoint: Endpoint, name: str) -> None:
    chat.open(app).send("chunks=3 rate=0")
    chat.settled("finished")
    before = calls(endpoint)
    chat.page.get_by_role("button", name=name).dblclick()
    expect(chat.page.locator(READY)).to_be_visible()
    if name == "Again":
        wait_until(lambda: calls(endpoint) > before, 5)
        chat.settled("finished")
        expect(chat.page.get_by_text("2/2")).to_be_visible()
        assert calls(endpoint) == before + 1
    else:
        expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
        chat.page.get_by_role("button", name="Undo").click()
        expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(2)


def test_a_suggestion_is_sent_once_however_it_is_clicked(chat: Chat, app: str, endpoint: Endpoint) -> None:
    chat.open(app)
    for _ in range(6):
        before = calls(endpoint)
        chat.page.get_by_text("Name a kitten").dblclick()
        wait_until(lambda before=before: calls(endpoint) > before, 5)
        expect(chat.page.get_by_role("button", name="Again")).to_be_visible()
        expect(chat.page.locator(READY)).to_be_visible()
        assert calls(endpoint) == before + 1
        chat.page.get_by_role("button", name="New chat").click()
        expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
