"""What was opened on the page Shared is open again after a reload, of whichever page of the app."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lib.records.links import to_file
from lib.records.shared import share
from tests.support.chromium_pages import READY, Chat, browser_holds, press, shows
from tests.support.makers import DAY, answered, link, recipe

WORDS = "Words of a file."
LINKED = "Words of a link."
CLOSED = "Open a shared answer"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.recipe.json"
    path.write_bytes(to_file(share("answer", [answered(recipe(), WORDS)], on=DAY)))
    return path


@pytest.fixture
def reader(page: Page, silent_app: str) -> Iterator[Page]:
    """The tab of somebody who looks at the page Shared."""
    page.goto(f"{silent_app}/shared")
    shows(page, CLOSED)
    yield page
    assert page.get_by_test_id("stException").count() == 0


def drop(page: Page, file: Path) -> None:
    page.locator("input[type=file]").set_input_files(file)
    shows(page, WORDS)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def continue_in_chat(page: Page, words: str) -> None:
    press(Chat(page), "Continue in chat")
    expect(page.get_by_test_id("stChatMessage").last).to_contain_text(words)
    expect(page.locator(READY)).to_be_visible()
    browser_holds(Chat(page), conversation=True)


@pytest.mark.every_browser
def test_a_file_is_open_after_a_reload(reader: Page, file: Path) -> None:
    drop(reader, file)
    for _ in range(2):
        reader.reload()
        shows(reader, WORDS)


@pytest.mark.parametrize("way", ["back", "navigation"])
@pytest.mark.parametrize("what", ["file", "link"])
def test_it_is_open_after_continue_a_reload_and_the_way_back(
    what: str, way: str, reader: Page, file: Path, silent_app: str
) -> None:
    words = WORDS if what == "file" else LINKED
    if what == "file":
        drop(reader, file)
    else:
        reader.goto(f"{silent_app}/shared#r={link(answered(recipe(), LINKED))}")
        shows(reader, LINKED)
    continue_in_chat(reader, words)
    reader.reload()
    expect(reader.get_by_test_id("stChatMessage").last).to_contain_text(words)
    expect(reader.locator(READY)).to_be_visible()
    if way == "back":
        reader.go_back()
    else:
        go(reader, "Shared")
    expect(reader.get_by_role("button", name="Continue in chat")).to_be_visible()
    shows(reader, words)


def test_a_recording_of_the_gallery_is_open_after_a_reload(reader: Page) -> None:
    reader.get_by_role("button", name=re.compile("Write one sentence about the sea.")).click()
    expect(reader.get_by_text("vast and mysterious realm").first).to_be_visible()
    expect(reader.locator(READY)).to_be_visible()
    reader.reload()
    expect(reader.get_by_role("button", name="Play again")).to_be_visible()
    expect(reader.get_by_text("vast and mysterious realm").first).to_be_visible()


def test_only_what_was_opened_last_comes_back(reader: Page, file: Path, silent_app: str) -> None:
    drop(reader, file)
    reader.goto(f"{silent_app}/shared#r={link(answered(recipe(), LINKED))}")
    shows(reader, LINKED)
    reader.go_back()  # closes the link
    shows(reader, CLOSED)
    reader.reload()
    shows(reader, CLOSED)


@pytest.mark.parametrize("tab", ["this tab", "another tab"])
def test_it_is_gone_after_forget_everything(tab: str, reader: Page, file: Path, silent_app: str) -> None:
    drop(reader, file)
    go(reader, "Chat")
    expect(reader.get_by_test_id("stChatInputTextArea")).to_be_visible()
    expect(reader.locator(READY)).to_be_visible()
    reader.reload()  # the script of the page Shared is not there
    chat = Chat(reader if tab == "this tab" else reader.context.new_page()).open(silent_app)
    press(chat, "Forget everything")
    press(chat, "Forget now")
    expect(chat.page.get_by_role("button", name="Forget now")).to_have_count(0)
    expect(chat.page.locator(READY)).to_be_visible()
    go(reader, "Shared")
    shows(reader, CLOSED)
    reader.reload()
    shows(reader, CLOSED)
