"""Where the visitor is in a long chat, and the keys in its fields."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Locator, expect

from tests.support.chromium_pages import READY, Chat, talk, until_started, wait_until

LEFT = """() => {
    const page = document.querySelector('[data-testid="stAppScrollToBottomContainer"]');
    return page.scrollHeight - page.offsetHeight - page.scrollTop;
}"""
LONG = "chunks=400 rate=0"


@pytest.fixture
def long(chat: Chat, app: str) -> Chat:
    """A chat of several windows, at its end."""
    until_started(chat.open(app).page)
    talk(chat, LONG, LONG, LONG)
    at_the_end(chat)
    return chat


def left(chat: Chat) -> float:
    """How many pixels the end of the page is away."""
    return float(chat.page.evaluate(LEFT))


def at_the_end(chat: Chat) -> None:
    wait_until(lambda: left(chat) < 3, 10)


def scroll_up(chat: Chat) -> None:
    chat.page.mouse.move(600, 300)

    def up() -> bool:  # Streamlit may be moving the page just then
        chat.page.mouse.wheel(0, -400)
        return left(chat) > 600 and chat.page.get_by_role("button", name="To the newest text").is_visible()

    wait_until(up, 10)


def to_the_end(chat: Chat) -> None:
    """Scroll to the end as a visitor does; Streamlit then holds the page there."""

    def down() -> bool:
        chat.page.mouse.wheel(0, 900)
        return left(chat) < 1

    wait_until(down, 10)


def at_rest(chat: Chat) -> None:
    """Wait until the page has not moved for half a second."""
    moved = [left(chat), time.monotonic()]

    def rests() -> bool:
        if (now := left(chat)) != moved[0]:
            moved[:] = [now, time.monotonic()]
        return time.monotonic() - moved[1] > 0.5

    wait_until(rests, 10)


def top(line: Locator) -> float:
    box = line.bounding_box()
    assert box
    return box["y"]


def test_a_prompt_that_is_asked_far_up_scrolls_into_view_and_its_answer_is_followed(long: Chat) -> None:
    scroll_up(long)
    long.send("chunks=300 rate=150")
    at_the_end(long)
    long.settled("finished")
    at_the_end(long)


def test_a_button_leads_back_to_the_newest_text(long: Chat) -> None:
    button = long.page.get_by_role("button", name="To the newest text")
    expect(button).to_be_hidden()
    scroll_up(long)
    button.click()
    at_the_end(long)
    expect(button).to_be_hidden()


def test_an_answers_line_stays_in_its_place_when_it_is_opened(long: Chat) -> None:
    scroll_up(long)
    to_the_end(long)
    line = long.last.locator("summary")
    wait_until(lambda: top(line) < 620 and left(long) < 3, 10)  # what is below it has been painted
    before = top(line)
    line.click()
    expect(long.last).to_contain_text("The request")
    expect(long.page.locator(READY)).to_be_visible()
    at_rest(long)
    assert abs(top(line) - before) < 10


def test_the_editor_has_the_focus_escape_cancels_and_ctrl_enter_sends(long: Chat) -> None:
    editor = long.page.locator('[class*="st-key-editor-"] textarea')
    edit = long.page.get_by_role("button", name="Edit").nth(1)
    at_rest(long)
    edit.click()
    expect(editor).to_be_focused()
    editor.press("Escape")
    expect(editor).to_have_count(0)
    edit.click()
    expect(editor).to_be_focused()
    long.page.keyboard.press("Control+a")
    long.page.keyboard.type("chunks=7 rate=0")
    long.page.keyboard.press("Control+Enter")
    expect(long.page.get_by_test_id("stChatMessage")).to_have_count(4)
    assert long.settled("finished")
    assert len(long.words()) == 7
    expect(long.last).to_contain_text("Variant 1 is followed by 1 later turn.")


@pytest.mark.parametrize("key", ["Alt+Enter", "click"])
def test_what_is_typed_into_settings_counts_for_again(chat: Chat, app: str, key: str) -> None:
    talk(chat.open(app), "chunks=2 rate=0")
    chat.page.get_by_text("More settings").click()
    again = chat.page.locator(".st-key-again button").first
    for number, (field, text, told) in enumerate(
        [
            (".st-key-system textarea", "Be brief.", "system text"),
            (".st-key-top_k input", "7", "top k 7"),
            (".st-key-stop input", "END", "1 stop sequence"),
        ],
        start=2,
    ):
        chat.page.locator(field).fill(text)

        def asked(
            field: str = field, number: int = number
        ) -> bool:  # not as the second click of a double click
            if key == "click":
                again.click()
            else:
                chat.page.locator(field).press(key)
            chat.page.wait_for_timeout(600)
            return f"{number}/{number}" in chat.last.inner_text()

        wait_until(asked, 10)
        expect(chat.last.locator("summary")).to_contain_text(told)
        chat.settled("finished")


@pytest.mark.parametrize("turn", [0, 1])
def test_the_editor_of_a_prompt_opens_where_the_prompt_stands(turn: int, chat: Chat, app: str) -> None:
    until_started(chat.open(app).page)
    chat.page.set_viewport_size({"width": 1280, "height": 680})
    talk(chat, *["chunks=12 rate=0"] * 2)
    at_the_end(chat)
    at_rest(chat)
    pencil = chat.page.locator("[class*=st-key-edit-] button").nth(turn)
    before = top(pencil)
    pencil.click()
    editor = chat.page.locator("[class*=st-key-editor-] textarea")
    expect(editor).to_be_focused()
    at_rest(chat)
    assert abs(top(editor) - before) < 24
