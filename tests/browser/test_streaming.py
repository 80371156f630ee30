"""One prompt to one streamed answer, and everything a person may do in the meantime."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY, Chat, wait_until
from tests.support.scripted_endpoint import Endpoint


@pytest.mark.every_browser
def test_a_prompt_streams_in_and_ends_with_its_line(chat: Chat, app: str) -> None:
    chat.open(app).send("chunks=60 rate=100")
    answer = chat.settled("finished")
    assert chat.words() == [f"w{n}" for n in range(1, 61)]
    expect(answer).to_contain_text("Mistral Large · temperature 0.7")
    expect(answer).to_contain_text("60 out")
    expect(answer).to_contain_text("about 0.07 ¢")


def test_text_is_painted_while_the_answer_still_runs(chat: Chat, app: str, endpoint: Endpoint) -> None:
    chat.open(app).send("chunks=400 rate=50")
    expect(chat.last).to_contain_text("w20 ")
    assert endpoint.state()["active"] == 1
    expect(chat.page.locator(".st-key-stop-answer button")).to_be_visible()
    chat.stop()
    chat.settled("stopped by you")


def test_a_suggestion_is_sent_and_the_suggestions_go(chat: Chat, app: str) -> None:
    chat.open(app)
    suggestion = chat.page.get_by_text("A haiku about the sea", exact=True)
    suggestion.click()
    chat.settled("finished")
    expect(chat.page.get_by_text("Write a haiku about the sea.")).to_be_visible()
    expect(suggestion).to_have_count(0)


def test_stop_before_the_first_token_frees_the_page_and_the_socket(
    chat: Chat, app: str, endpoint: Endpoint
) -> None:
    chat.open(app).send("chunks=50 first=20")
    expect(chat.last).to_contain_text("Waiting for the first token")
    wait_until(lambda: endpoint.state()["active"] == 1, 5)
    clicked = time.monotonic()
    chat.stop()
    chat.page.locator(READY).wait_for()
    wait_until(lambda: endpoint.state()["active"] == 0, 1.5 - (time.monotonic() - clicked))
    chat.settled("stopped by you")


@pytest.mark.every_browser
def test_stop_midway_keeps_every_word_that_was_painted(chat: Chat, app: str, endpoint: Endpoint) -> None:
    chat.open(app).send("chunks=500 rate=50")
    expect(chat.last).to_contain_text("w30 ")
    chat.stop()
    painted = chat.words()
    chat.settled("stopped by you")
    kept = chat.words()
    assert kept[: len(painted)] == painted
    assert kept == [f"w{n}" for n in range(1, len(kept) + 1)]
    wait_until(lambda: endpoint.state()["active"] == 0, 1.5)


def test_the_next_prompt_works_after_a_stop(chat: Chat, app: str) -> None:
    chat.open(app).send("chunks=500 rate=50")
    expect(chat.last).to_contain_text("w10 ")
    chat.stop()
    chat.settled("stopped by you")
    chat.send("chunks=12 rate=0")
    chat.settled("finished")
    assert chat.words() == [f"w{n}" for n in range(1, 13)]


def test_a_slider_moved_during_the_answer_does_not_disturb_it_and_counts_next_time(
    chat: Chat, app: str
) -> None:
    chat.open(app).send("chunks=150 rate=50")
    expect(chat.last).to_contain_text("w20 ")
    thumb = chat.page.locator(".st-key-temperature").get_by_role("slider")
    for _ in range(4):
        thumb.press("ArrowLeft")
    expect(chat.page).to_have_url(f"{app}/?temperature=0.5")
    balanced = chat.page.locator(".st-key-preset-Balanced").get_by_test_id("stIconMaterial")
    expect(balanced.first).to_be_visible()
    chat.settled("finished")
    expect(balanced).to_have_count(0)
    assert chat.words() == [f"w{n}" for n in range(1, 151)]
    expect(chat.last).to_contain_text("temperature 0.7")
    chat.send("chunks=3 rate=0")
    expect(chat.settled("finished")).to_contain_text("temperature 0.5")


def test_a_change_of_model_during_the_answer_follows_the_same_answer_on(
    chat: Chat, app: str, endpoint: Endpoint
) -> None:
    served = endpoint.state()["served"]
    chat.open(app).send("chunks=200 rate=50")
    expect(chat.last).to_contain_text("w20 ")
    chat.page.locator(".st-key-model").get_by_role("combobox").click()
    chat.page.get_by_role("option", name="Ministral 3 8B").click()
    chat.settled("finished")
    assert chat.words() == [f"w{n}" for n in range(1, 201)]
    expect(chat.last).to_contain_text("Mistral Large · temperature 0.7")
    assert endpoint.state()["served"] == served + 1


@pytest.mark.every_browser
def test_scrolling_and_a_second_tab_leave_the_answer_whole(chat: Chat, app: str) -> None:
    chat.open(app).send("chunks=250 rate=50 text=words")
    expect(chat.last).to_contain_text("w20 ")
    chat.page.mouse.move(600, 400)
    chat.page.mouse.wheel(0, -300)
    other = Chat(chat.page.context.new_page()).open(app)
    other.send("chunks=20 rate=0")
    other.settled("finished")
    chat.page.bring_to_front()
    chat.settled("finished")
    assert chat.words() == [f"w{n}" for n in range(1, 251)]
    assert other.words() == [f"w{n}" for n in range(1, 21)]


def test_a_closed_tab_stops_the_model(chat: Chat, app: str, endpoint: Endpoint) -> None:
    tab = Chat(chat.page.context.new_page()).open(app)
    tab.send("chunks=2000 rate=20")
    expect(tab.last).to_contain_text("w10 ")
    tab.page.close()
    wait_until(lambda: endpoint.state()["active"] == 0, 3)


def test_the_real_model_on_this_computer_answers(chat: Chat, local_app: str) -> None:
    chat.open(local_app)
    expect(chat.page.get_by_text("not from Mistral AI")).to_be_visible()
    chat.send("Name three fruits.")
    answer = chat.settled("free, local")
    expect(answer).to_contain_text("SmolLM2 135M")
    assert len(answer.inner_text().split()) > 15


def test_settings_come_back_with_the_url(chat: Chat, app: str) -> None:
    chat.open(f"{app}/?temperature=0.2&max_tokens=7&model=Ministral+3+8B")
    chat.send("chunks=50 rate=0")
    answer = chat.settled("cut at max tokens")
    expect(answer).to_contain_text("Ministral 3 8B · temperature 0.2")
    assert len(chat.words()) == 7


def test_a_dark_page_is_dark_and_readable(dark: Page, app: str) -> None:
    Chat(dark).open(app)
    background = dark.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    )
    text = dark.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert background == "rgb(23, 19, 16)"
    assert text == "rgb(240, 230, 218)"


@pytest.mark.every_browser
def test_a_phone_shows_the_whole_answer_without_sideways_scrolling(phone: Page, app: str) -> None:
    chat = Chat(phone).open(app)
    chat.send("chunks=400 rate=0 text=markdown")
    chat.settled("finished")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    box = chat.last.bounding_box()
    assert box is not None
    assert box["width"] > 330
