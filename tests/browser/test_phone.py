"""The chat on a phone: what belongs together stands together, and an empty page begins at its beginning."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.support.chromium_pages import Chat, talk, wait_until

pytestmark = pytest.mark.usefixtures("phone")
SMALL = """() => [...document.querySelectorAll('.stMain button, .stMain summary, .stMain label')]
    .filter((each) => each.checkVisibility())
    .map((each) => [each.getAttribute('aria-label') || each.innerText, each.getBoundingClientRect()])
    .filter(([, box]) => box.width > 2 && (box.width < 24 || box.height < 24)).map(([name]) => name)"""


def box(found: Locator) -> dict[str, float]:
    measured = found.bounding_box()
    assert measured
    return dict(measured)


def test_a_short_prompt_is_one_line_high_and_an_old_answer_has_its_menu_in_its_line(
    chat: Chat, app: str
) -> None:
    talk(chat.open(app), "chunks=3 rate=0", "chunks=4 rate=0")
    assert box(chat.page.locator('[class*="st-key-prompt-"]').first)["height"] <= 56
    old = chat.page.get_by_test_id("stChatMessage").nth(1)
    line, menu = box(old.locator("summary")), box(old.get_by_role("button", name="More"))
    assert line["y"] - 8 <= menu["y"] < line["y"] + line["height"]
    assert line["x"] + line["width"] <= menu["x"]


def test_everything_that_can_be_tapped_has_a_target_of_24_pixels(chat: Chat, app: str) -> None:
    talk(chat.open(app), "chunks=3 rate=0", "chunks=4 rate=0")
    assert chat.page.evaluate(SMALL) == []


def test_an_empty_page_begins_at_its_beginning_and_a_kept_chat_at_its_end(chat: Chat, app: str) -> None:
    chat.page.set_viewport_size({"width": 390, "height": 600})
    title = chat.open(app).page.get_by_role("heading", name="Sirocco")
    wait_until(lambda: chat.page.locator(".st-key-suggestion-0").is_visible(), 20)
    expect(title).to_be_in_viewport(ratio=1)
    talk(chat, "chunks=300 rate=0")
    chat.page.reload()
    expect(chat.last.get_by_role("button", name="More")).to_be_in_viewport(ratio=1)
    expect(title).not_to_be_in_viewport()


@pytest.mark.parametrize("name", ["Compare", "Shared", "Doctor"])
def test_a_page_that_is_chosen_is_not_hidden_by_the_sidebar(name: str, chat: Chat, app: str) -> None:
    page = chat.open(app).page
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name=name, exact=True).click()
    title = page.get_by_role("heading", level=1).filter(has_text=re.compile(name, re.IGNORECASE))
    expect(title).to_be_in_viewport()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    title.click(trial=True)  # nothing lies over it


@pytest.mark.parametrize("act", ["chat", "forget"])
def test_a_chat_that_is_opened_and_what_was_forgotten_are_not_hidden_by_the_sidebar(
    act: str, chat: Chat, app: str
) -> None:
    page = talk(chat.open(app), "chunks=3 rate=0").page
    page.get_by_role("button", name="New chat").click()
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    page.get_by_test_id("stExpandSidebarButton").click()
    if act == "chat":
        page.get_by_test_id("stSidebar").get_by_text("Chats", exact=True).click()
        page.locator("[class*=st-key-open-chat-]").get_by_role("button").click()
        shown = chat.last.get_by_role("button", name="More")
    else:
        page.get_by_role("button", name="Forget everything").click()
        page.get_by_role("button", name="Forget now").click()
        shown = page.get_by_test_id("stText").get_by_text("Forgotten: 1 chat")
    shown.click(trial=True)  # nothing lies over it
