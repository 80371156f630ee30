"""The tuner's loop: move the dial, ask again, see the difference."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.chromium_pages import Chat, talk
from tests.support.keyboard import tab_to

PROMPT = "chunks=40 rate=0"
CHANGED = re.compile(r"2/2 · temperature 0\.7 → 0\.\d")
SIZES = {390: 844, 1440: 900}


def shows_what_changed(chat: Chat) -> None:
    """The new answer and what is different about it are in the window."""
    expect(chat.last.get_by_text(CHANGED)).to_be_in_viewport(ratio=1)
    expect(chat.last.get_by_text("w1 w2")).to_be_in_viewport()


@pytest.mark.every_browser
@pytest.mark.parametrize("width", SIZES)
def test_a_tap_on_the_dial_and_a_tap_on_again_show_the_difference(chat: Chat, app: str, width: int) -> None:
    page = chat.page
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    talk(chat.open(app), PROMPT)
    track = page.locator(".st-key-temperature").get_by_role("slider").bounding_box()
    assert track
    page.mouse.click(track["x"] + 0.3 * track["width"], track["y"] + track["height"] / 2)
    page.get_by_role("button", name="Again").click()
    shows_what_changed(chat)
    chat.settled("finished")
    shows_what_changed(chat)


@pytest.mark.parametrize("width", SIZES)
def test_the_whole_loop_by_keyboard_alone(chat: Chat, app: str, width: int) -> None:
    page, keys = chat.page, chat.page.keyboard
    page.set_viewport_size({"width": width, "height": SIZES[width]})
    chat.open(app)
    keys.press("/")
    keys.type(PROMPT)
    keys.press("Enter")
    chat.settled("finished")
    tab_to(page, "Temperature")
    for _ in range(4):
        keys.press("ArrowLeft")
    tab_to(page, "Again")
    keys.press("Enter")
    shows_what_changed(chat)
    chat.settled("finished")
    tab_to(page, "Earlier")
    keys.press("Enter")
    expect(chat.last).to_contain_text("1/2")
    tab_to(page, "Later")
    keys.press("Enter")
    expect(chat.last).to_contain_text("2/2")
    tab_to(page, "More")
    keys.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    expect(page.get_by_role("menuitem").first).to_have_text(re.compile("Compare with the variant before"))
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("What changed")
