"""Nothing is lost: after reloads, in other tabs, after the back button, after the server was killed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.app_process import app_on, free_port
from tests.support.chromium_pages import (
    Chat,
    browser_holds,
    comes_back,
    duplicate,
    press,
    talk,
    transcript,
    wait_until,
)
from tests.support.environment import aws_settings
from tests.support.scripted_endpoint import Endpoint


@pytest.mark.every_browser
def test_three_turns_come_back_after_a_reload(chat: Chat, app: str) -> None:
    talk(chat.open(app), "chunks=3 rate=99", "text=markdown rate=0", "chunks=7 rate=99")
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)
    assert len(before) == 6


@pytest.mark.every_browser
def test_a_reload_in_mid_answer_loses_nothing_that_was_painted(
    chat: Chat, app: str, resting: Endpoint
) -> None:
    chat.open(app).send("chunks=150 rate=50")
    expect(chat.last).to_contain_text("w40 ")
    painted = chat.words()
    chat.page.reload()
    chat.settled("finished")
    words = chat.words()
    assert words[: len(painted)] == painted
    wait_until(lambda: resting.state()["active"] == 0, 5)
    assert words == resting.last_sent().split() == [f"w{n}" for n in range(1, 151)]


@pytest.mark.every_browser
def test_a_second_page_takes_the_running_answer_over(chat: Chat, app: str, resting: Endpoint) -> None:
    served = resting.state()["served"]
    first = Chat(chat.page.context.new_page()).open(app)
    first.send("chunks=150 rate=25")
    expect(first.last).to_contain_text("w5 ")
    second = duplicate(first, app)
    expect(second.last).to_contain_text("w40 ")
    first.page.close()
    second.settled("finished")
    assert second.words() == [f"w{n}" for n in range(1, 151)]
    assert resting.last_sent().split() == second.words()
    assert resting.state()["served"] == served + 1


def test_an_answer_left_behind_is_there_to_its_last_character_and_marked(
    chat: Chat, app: str, resting: Endpoint
) -> None:
    chat.open(app).send("chunks=2000 rate=50")
    expect(chat.last).to_contain_text("w30 ")
    painted = chat.words()
    chat.page.goto("about:blank")
    wait_until(lambda: resting.state()["active"] == 0, 5)
    chat.page.go_back()
    expect(chat.last).to_contain_text("The answer was cut")
    chat.settled("broken off")
    words = chat.words()
    assert len(words) >= len(painted)
    assert resting.last_sent().split()[: len(words)] == words
    assert len(resting.last_sent().split()) - len(words) <= 10  # on the wire when it was cut
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)
    press(chat, "Continue")
    chat.settled("finished")
    assert chat.words()[: len(words)] == words


@pytest.mark.every_browser
def test_the_back_button_brings_the_conversation_back(chat: Chat, app: str) -> None:
    talk(chat.open(app), "chunks=3 rate=99", "chunks=4 rate=99")
    before = transcript(chat)
    chat.page.goto("about:blank")
    chat.page.go_back()
    comes_back(chat, before)


def test_another_page_of_the_app_and_back_changes_nothing(chat: Chat, app: str) -> None:
    talk(chat.open(app), "chunks=3 rate=99")
    before = transcript(chat)
    chat.page.get_by_role("link", name="Doctor").click()
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    chat.page.get_by_role("link", name="Chat").click()
    comes_back(chat, before)
    talk(chat, "chunks=4 rate=99")
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)


@pytest.mark.every_browser
def test_two_tabs_keep_a_conversation_each(chat: Chat, app: str) -> None:
    other = Chat(chat.page.context.new_page()).open(app)
    talk(chat.open(app), "chunks=3 rate=99")
    talk(other, "chunks=4 rate=99", "chunks=5 rate=99")
    talk(chat, "chunks=6 rate=99")
    for tab in (chat, other):
        before = transcript(tab)
        tab.page.reload()
        comes_back(tab, before)


@pytest.mark.parametrize("secure", [True, False])  # browsers have Web Locks at secure addresses only
def test_a_duplicated_tab_goes_on_with_a_copy(chat: Chat, app: str, secure: bool) -> None:
    script = "" if secure else "Object.defineProperty(navigator, 'locks', { value: undefined })"
    chat.page.add_init_script(script or "null")
    talk(chat.open(app), "chunks=3 rate=99")
    copy = duplicate(chat, app, script)
    comes_back(copy, transcript(chat))
    talk(copy, "chunks=4 rate=99")
    talk(chat, "chunks=5 rate=99", "chunks=6 rate=99")
    for tab, messages in ((chat, 6), (copy, 4)):
        before = transcript(tab)
        assert len(before) == messages
        tab.page.reload()
        comes_back(tab, before)


def test_second_thoughts_are_kept(chat: Chat, app: str) -> None:
    talk(chat.open(app), "chunks=3 rate=99", "chunks=4 rate=99")
    press(chat, "Again")
    chat.settled("2/2")
    press(chat, "Earlier")
    chat.settled("1/2")
    talk(chat, "chunks=5 rate=99")
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)
    press(chat, "New chat")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    press(chat, "Undo")
    comes_back(chat, before)
    browser_holds(chat, True)
    chat.page.reload()
    comes_back(chat, before)
    press(chat, "New chat")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    browser_holds(chat, False)
    chat.page.reload()
    expect(chat.page.get_by_text("Bring back the last chat")).to_be_visible()
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)


def test_a_new_tab_is_empty_and_offers_the_last_chat(chat: Chat, app: str) -> None:
    tab = Chat(chat.page.context.new_page()).open(app)
    talk(tab, "chunks=3 rate=99", "chunks=4 rate=99")
    before = transcript(tab)
    offer = chat.page.get_by_role("button", name="Bring back the last chat")
    chat.open(app)
    expect(offer).to_have_count(0)  # it is open in the other tab
    tab.page.close()
    chat.page.reload()
    offer.click()
    comes_back(chat, before)
    talk(chat, "chunks=5 rate=99")
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)


def test_a_new_server_process_gets_everything_from_the_browser(chat: Chat, resting: Endpoint) -> None:
    port = free_port()
    with app_on(port, aws_settings(resting.url)):
        talk(chat.open(f"http://localhost:{port}"), "chunks=3 rate=99", "chunks=4 rate=99")
        before = transcript(chat)
    with app_on(port, aws_settings(resting.url)):
        chat.page.reload()
        comes_back(chat, before)


def test_a_server_that_dies_in_mid_answer_leaves_what_was_shown(chat: Chat, resting: Endpoint) -> None:
    port = free_port()
    with app_on(port, aws_settings(resting.url)) as app:
        chat.open(f"http://localhost:{port}").send("chunks=2000 rate=50")
        noted = (
            "Object.entries(localStorage).some(([k, text]) => k.endsWith('/live') && text.includes('w40 '))"
        )
        wait_until(lambda: chat.page.evaluate(noted), 20)
        app.kill()
        app.wait(10)
    with app_on(port, aws_settings(resting.url)):
        chat.page.reload()
        expect(chat.last).to_contain_text("The answer was cut")
        words = chat.words()
        assert words == [f"w{n}" for n in range(1, len(words) + 1)]
        assert len(words) >= 40
