"""What stands on the page Shared while something is open, and what the chat makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium_pages import open_link
from tests.support.makers import answered, link, recipe


@pytest.fixture
def reader(page: Page) -> Iterator[Page]:
    yield page
    assert page.get_by_test_id("stException").count() == 0


def test_nothing_of_the_list_of_recordings_stays_while_one_plays(silent_app: str, reader: Page) -> None:
    reader.goto(f"{silent_app}/shared")
    reader.get_by_role("button", name=re.compile("Write a slogan for a bakery.")).click()
    expect(reader.get_by_role("button", name="Skip")).to_be_visible()
    expect(reader.get_by_test_id("stMain").get_by_text("temperature 0").first).to_be_visible()
    assert reader.get_by_role("button", name=re.compile("In one sentence, what is rain?")).count() == 0
    expect(reader.get_by_role("button", name="Skip")).to_be_visible()  # it plays still


def test_a_comparison_goes_on_with_the_settings_of_the_answer_that_the_chat_shows(
    silent_app: str, reader: Page
) -> None:
    answers = [answered(recipe("Say it.", temperature=each), "Words.") for each in (0.2, 0.9)]
    open_link(reader, silent_app, link(*answers, kind="comparison"))
    reader.get_by_role("button", name="Continue in chat").click()
    expect(reader.get_by_test_id("stChatMessage").last).to_contain_text("temperature 0.2")
    expect(reader.get_by_role("slider", name="Temperature").first).to_have_attribute("aria-valuetext", "0.20")


def test_the_title_of_an_opened_answer_is_no_link_that_closes_it(silent_app: str, reader: Page) -> None:
    open_link(reader, silent_app, link(answered(recipe(), "Words.")))
    title = reader.get_by_role("heading", level=1)
    title.hover()
    expect(title.get_by_role("link")).to_have_count(0)
