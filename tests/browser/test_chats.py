"""The chats that a browser keeps: list, open, delete, save as a file that opens again; and Copy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.support.chromium_pages import (
    READY,
    Chat,
    comes_back,
    ours,
    press,
    talk,
    transcript,
    wait_until,
)

FIRST, SECOND = "chunks=3 rate=99 the *first* chat", "chunks=4 rate=99 the second chat"


def two_chats(chat: Chat, app: str) -> list[str]:
    """Make two chats, of which the second is on the page, and return the transcript of the first."""
    talk(chat.open(app), FIRST)
    expect(chat.last).to_contain_text("Plain text")  # Chromium loads the script of switches late
    before = transcript(chat)
    press(chat, "New chat")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    talk(chat, SECOND)
    return before


def show_list(chat: Chat) -> Locator:
    """Open the list, and return its titles."""
    chat.page.get_by_test_id("stSidebar").get_by_text("Chats", exact=True).click()
    return chat.page.locator('[class*="st-key-open-chat-"]')


def title(chat: Chat, text: str) -> Locator:
    return chat.page.locator('[class*="st-key-open-chat-"] button').filter(has_text=text)


def test_a_chat_is_opened_and_deleted_and_put_back_from_the_list(chat: Chat, app: str) -> None:
    before = two_chats(chat, app)
    titles = show_list(chat)
    expect(titles).to_have_count(2)
    expect(titles.first).to_contain_text("the second chat")
    expect(titles.first).to_contain_text("on this page")
    expect(titles.last).to_contain_text("the *first* chat")
    expect(titles.last).to_contain_text("Mistral Large")
    chat.page.get_by_role("button", name="Delete chunks=3").click()
    expect(titles).to_have_count(1)
    press(chat, "Put it back")
    expect(titles).to_have_count(2)
    title(chat, "first").click()
    comes_back(chat, before)
    expect(title(chat, "first")).to_be_disabled()
    talk(chat, "chunks=5 rate=99")
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)
    show_list(chat)
    chat.page.get_by_role("button", name="Delete chunks=4").click()
    expect(titles).to_have_count(1)
    wait_until(lambda: SECOND not in str(ours(chat.page)), 10)  # the list is drawn a moment before
    chat.page.reload()
    comes_back(chat, before)
    show_list(chat)
    expect(titles).to_have_count(1)
    expect(title(chat, "first")).to_be_visible()


def test_the_chat_on_the_page_can_be_deleted_too(chat: Chat, app: str) -> None:
    two_chats(chat, app)
    titles = show_list(chat)
    chat.page.get_by_role("button", name="Delete chunks=4").click()
    expect(titles).to_have_count(1)
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    chat.page.reload()
    show_list(chat)
    expect(titles).to_have_count(1)
    expect(titles).to_contain_text("first")


def test_the_file_of_all_chats_opens_in_another_browser(chat: Chat, app: str, tmp_path: Path) -> None:
    two_chats(chat, app)
    show_list(chat)
    with chat.page.expect_download() as saving:
        press(chat, "Download all")
    saving.value.save_as(file := tmp_path / saving.value.suggested_filename)
    press(chat, "Forget everything")
    press(chat, "Forget now")
    said = "Forgotten: 2 chats and all settings."
    expect(chat.page.get_by_test_id("stText").filter(has_text=said)).to_be_visible()
    expect(chat.page.locator("#sirocco-voice")).to_contain_text(said)
    chat.page.goto(f"{app}/shared")
    chat.page.locator('input[type="file"]').set_input_files(file)
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Chats of a file")
    chat.page.get_by_role("button", name="the *first* chat").click()
    expect(chat.last).to_contain_text("w3")
    chat.settled("finished")
    talk(chat, "chunks=5 rate=99")
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)
    assert len(before) == 4


@pytest.mark.usefixtures("phone")
def test_a_phone_reaches_the_chats_in_two_taps(chat: Chat, app: str) -> None:
    two_chats(chat, app)
    chat.page.get_by_test_id("stExpandSidebarButton").click()
    expect(show_list(chat)).to_have_count(2)
    title(chat, "first").click()
    expect(chat.page.get_by_test_id("stChatMessage").first).to_contain_text("the *first* chat")


def test_an_answer_is_copied_from_its_button_and_an_earlier_one_from_its_menu(chat: Chat, app: str) -> None:
    page = chat.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    talk(chat.open(app), "text=markdown rate=0", "chunks=4 rate=99")
    press(chat, "Copy")
    expect(page.locator("#sirocco-sign")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "w1 w2 w3 w4 "
    for by_keyboard in (False, True):
        page.evaluate("navigator.clipboard.writeText('')")
        page.get_by_role("button", name="More", exact=True).first.click()
        entry = page.get_by_role("menuitem", name="Copy the answer")
        entry.press("Enter") if by_keyboard else entry.click()
        expect(page.locator("#sirocco-sign")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()").startswith("# A walk along the coast\n")
        expect(page.locator("#sirocco-sign")).to_have_count(0)
    expect(page.locator(READY)).to_be_visible()


def test_a_browser_that_copies_nothing_is_not_said_to_have_copied(chat: Chat, app: str) -> None:
    refuse = "navigator.clipboard.writeText = async () => { throw new Error('no'); };"
    chat.page.add_init_script(f"{refuse} document.execCommand = () => false")
    talk(chat.open(app), "chunks=4 rate=99")
    press(chat, "Copy")
    expect(chat.page.locator("#sirocco-sign")).to_have_text("This browser did not copy it")
    expect(chat.page.locator("#sirocco-voice")).to_contain_text("This browser did not copy it.")
