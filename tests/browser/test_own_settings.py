"""A visitor's own settings are there again after a shared link has changed them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.chromium_pages import READY, Chat, browser_holds, press
from tests.support.makers import answered, link, recipe

LINK = link(answered(recipe("Say it.", temperature=0.2, system="Be a pirate."), "Ahoy."))
OWN, SYSTEM = "0.90", "Answer like a zebra."


@pytest.fixture
def reader(page: Page) -> Iterator[Page]:
    yield page
    assert page.get_by_test_id("stException").count() == 0


def temperature(page: Page) -> Locator:
    return page.get_by_role("slider", name="Temperature").first


def has(page: Page, own: str, system: str = "") -> None:
    """The chat has this temperature and this system text."""
    expect(temperature(page)).to_have_attribute("aria-valuetext", own)
    expect(page.locator(READY)).to_be_visible()
    box = page.get_by_label("System text", exact=True)
    if not box.is_visible():
        page.get_by_text("More settings").first.click()
    expect(box).to_have_value(system)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        name if name != "Shared" else re.compile("hared")
    )
    expect(page.locator(READY)).to_be_visible()


def continue_in_chat(page: Page) -> None:
    expect(page.get_by_role("button", name="Play again")).to_be_visible()
    expect(page.locator(READY)).to_be_visible()
    press(Chat(page), "Continue in chat")
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.locator(READY)).to_be_visible()


def undo(page: Page) -> None:
    press(Chat(page), "Undo")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    expect(page.locator(READY)).to_be_visible()


@pytest.mark.parametrize("by_way_of", [(), ("Compare",), ("Compare", "Doctor")], ids=str)
def test_undo_brings_them_back_after_a_recording_that_was_opened_at_once(
    by_way_of: tuple[str, ...], reader: Page, silent_app: str
) -> None:
    Chat(reader).open(f"{silent_app}/?temperature=0.9")
    for name in (*by_way_of, "Shared"):
        go(reader, name)
    reader.get_by_role("button", name=re.compile("Write one sentence about the sea.")).click()
    continue_in_chat(reader)
    undo(reader)
    has(reader, OWN)
    reader.reload()
    has(reader, OWN)


def test_undo_brings_them_back_after_a_link_that_was_opened_in_the_same_tab(
    reader: Page, silent_app: str
) -> None:
    Chat(reader).open(f"{silent_app}/?temperature=0.9")
    reader.get_by_text("More settings").first.click()
    reader.get_by_label("System text", exact=True).fill(SYSTEM)
    reader.goto(f"{silent_app}/shared#r={LINK}")
    continue_in_chat(reader)
    has(reader, "0.20", "Be a pirate.")
    undo(reader)
    has(reader, OWN, SYSTEM)
    reader.reload()
    has(reader, OWN, SYSTEM)


def test_a_link_without_a_system_text_goes_on_without_the_visitors_own(reader: Page, silent_app: str) -> None:
    Chat(reader).open(f"{silent_app}/?temperature=0.9")
    reader.get_by_text("More settings").first.click()
    reader.get_by_label("System text", exact=True).fill(SYSTEM)
    plain = link(answered(recipe("Say it.", temperature=0.2), "Ahoy."))
    reader.goto(f"{silent_app}/shared#r={plain}")
    continue_in_chat(reader)
    has(reader, "0.20")
    browser_holds(Chat(reader), conversation=True)
    reader.reload()
    has(reader, "0.20")


def test_the_way_from_a_link_to_the_chat_finds_them(reader: Page, silent_app: str) -> None:
    Chat(reader).open(f"{silent_app}/?temperature=0.9")
    reader.get_by_text("More settings").first.click()
    reader.get_by_label("System text", exact=True).fill(SYSTEM)
    reader.goto(f"{silent_app}/shared#r={LINK}")
    expect(reader.get_by_role("button", name="Continue in chat")).to_be_visible()
    expect(reader.locator(READY)).to_be_visible()
    reader.get_by_role("link", name="Chat", exact=True).click()
    expect(reader.get_by_test_id("stChatInputTextArea")).to_be_visible()
    has(reader, OWN, SYSTEM)
