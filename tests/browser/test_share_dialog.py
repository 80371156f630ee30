"""The Share dialog: as wide as what it holds, and Copy keeps the keyboard's place."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.support.chromium_pages import Chat, talk

INSECURE = "Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined })"
LINES = "pre => pre.clientHeight / parseFloat(getComputedStyle(pre).lineHeight)"


def opened(chat: Chat, app: str) -> Locator:
    talk(chat.open(app), "chunks=200 rate=0")
    chat.last.get_by_role("button", name="More").click()
    chat.page.get_by_role("menuitem").filter(has_text="Share").click()
    dialog = chat.page.get_by_role("dialog")
    expect(dialog.locator("code").first).to_be_visible()
    return dialog


def test_the_dialog_is_as_wide_as_a_text_and_shows_whole_lines_of_the_link(chat: Chat, app: str) -> None:
    dialog = opened(chat, app)
    box = dialog.bounding_box()
    assert box
    assert box["width"] <= 800
    lines = dialog.locator("pre").first.evaluate(LINES)
    assert abs(lines - round(lines)) < 0.05


def test_copy_without_an_https_address_keeps_the_place_of_the_keyboard(chat: Chat, app: str) -> None:
    chat.page.add_init_script(INSECURE)
    button = opened(chat, app).get_by_role("button", name="Copy the link")
    button.focus()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_role("button", name="Copied")).to_be_focused()
