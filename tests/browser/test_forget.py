"""Forget everything in a real browser: after a tour through every page nothing of it is left anywhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY, Chat, Compare, press, talk, wait_until
from tests.support.makers import answered, link, recipe

SECRET = "zebra"
"""A word in each text that is typed, opened or answered here."""
KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}, location.href])"
TYPED = "[...document.querySelectorAll('input, textarea')].map((box) => box.value).join(' ')"


def go(chat: Chat, page: str) -> None:
    """Open another page by the navigation, so that the tab keeps its session on the server."""
    chat.page.get_by_role("link", name=page, exact=True).click()
    expect(chat.page.get_by_role("heading", level=1)).to_have_text(page if page != "Chat" else "Sirocco")
    expect(chat.page.locator(READY)).to_be_visible()


def shows(chat: Chat) -> str:
    """All that the page shows, all that is typed in it, all that this browser keeps, and the address."""
    page = chat.page
    return f"{page.locator('body').inner_text()} {page.evaluate(TYPED)} {page.evaluate(KEPT)}"


def test_nothing_of_a_tour_through_every_page_is_left(chat: Chat, app: str) -> None:
    page, compare = chat.page, Compare(chat.page)
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.goto(f"{app}/shared#r={link(answered(recipe(SECRET), SECRET))}")
    expect(page.get_by_test_id("stMain")).to_contain_text(SECRET)
    expect(page.locator(READY)).to_be_visible()
    go(chat, "Chat")
    page.get_by_text("More settings").first.click()
    page.get_by_label("System text", exact=True).fill(f"{SECRET} system")
    page.get_by_label("System text", exact=True).press("Control+Enter")
    wait_until(lambda: page.evaluate(f"sessionStorage.getItem('sirocco/1/system')?.includes('{SECRET}')"), 20)
    talk(chat, f"chunks=3 rate=99 {SECRET}")
    go(chat, "Compare")
    compare.choose("subject", "System text")
    page.get_by_label("System text 1", exact=True).fill(f"{SECRET} 1")
    page.get_by_label("System text 1", exact=True).press("Control+Enter")
    compare.ready()
    compare.send(f"chunks=30 rate=20 {SECRET}")
    compare.settled()
    wait_until(lambda: page.evaluate("localStorage.getItem('sirocco/1/shelf') !== null"), 20)
    go(chat, "Doctor")
    press(chat, "Call each model")
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.get_by_role("button", name="Call", exact=True)).to_have_count(0)
    expect(page.locator(READY)).to_be_visible()
    go(chat, "Chat")
    assert SECRET in shows(chat)
    press(chat, "Forget everything")
    press(chat, "Forget now")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    expect(page.locator(READY)).to_be_visible()
    wait_until(lambda: page.evaluate(f"!location.href.includes('{SECRET}')"), 20)
    assert urlsplit(page.url).query == ""
    for place in ("Chat", "Compare", "Doctor", "Chat"):
        go(chat, place)
        assert SECRET not in shows(chat)
    page.get_by_role("link", name="Shared", exact=True).click()
    expect(page.get_by_text("Open a shared answer")).to_be_visible()
    assert SECRET not in shows(chat)


def begin(page: Page, app: str) -> None:
    """Type a beginning on "Next word" and draw a word after it."""
    page.goto(f"{app}/next_word")
    page.get_by_label("Beginning").fill(f"The {SECRET} and the")
    wait_until(lambda: SECRET in page.evaluate("location.href"), 20)
    page.get_by_role("button", name="Draw", exact=True).click()
    expect(page.locator("button.word:not(.open)")).to_have_count(1)
    wait_until(lambda: "ids=" in page.evaluate("location.href"), 20)


def begins_anew(page: Page) -> None:
    expect(page.get_by_label("Beginning")).to_have_value("The cat sat on the")
    expect(page.locator("ol.odds li").first).to_be_visible()
    expect(page.locator("button.word:not(.open)")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()
    assert (
        SECRET not in f"{page.evaluate(KEPT)} {page.evaluate('JSON.stringify(window.siroccoNextWord.undo)')}"
    )


def test_a_text_of_next_word_is_forgotten_in_its_tab(chat: Chat, local_app: str) -> None:
    begin(chat.page, local_app)
    go(chat, "Chat")
    expect(chat.box).to_be_enabled()
    press(chat, "Forget everything")
    press(chat, "Forget now")
    wait_until(lambda: chat.page.get_by_role("button", name="Forget now").count() == 0, 20)
    expect(chat.page.locator(READY)).to_be_visible()
    go(chat, "Next word")
    begins_anew(chat.page)


def test_a_text_of_next_word_is_forgotten_in_another_tab(chat: Chat, local_app: str) -> None:
    other = chat.page.context.new_page()
    begin(other, local_app)
    chat.open(local_app)
    press(chat, "Forget everything")
    press(chat, "Forget now")
    begins_anew(other)


def test_another_tab_that_shows_a_link_forgets_it_and_its_address(chat: Chat, app: str) -> None:
    other = chat.page.context.new_page()
    other.goto(f"{app}/shared#r={link(answered(recipe(SECRET), SECRET))}")
    expect(other.get_by_test_id("stMain")).to_contain_text(SECRET)
    expect(other.locator(READY)).to_be_visible()
    chat.open(app)
    press(chat, "Forget everything")
    press(chat, "Forget now")
    expect(other.get_by_text("Open a shared answer")).to_be_visible()
    expect(other.get_by_test_id("stMain")).not_to_contain_text(SECRET)
    assert SECRET not in shows(Chat(other))
    assert "#" not in other.evaluate("location.href")
