"""Forget everything forgets, and a store that is broken, full or closed does no harm."""

from __future__ import annotations

from playwright.sync_api import expect

from lib.conversation.tree import Conversation
from tests.support.app_process import app_on, free_port
from tests.support.chromium_pages import (
    FILL,
    READY,
    Chat,
    comes_back,
    ours,
    press,
    talk,
    transcript,
    wait_until,
)
from tests.support.environment import aws_settings
from tests.support.makers import asked, stored
from tests.support.scripted_endpoint import Endpoint


def test_forget_everything_leaves_nothing_in_this_browser(chat: Chat, app: str) -> None:
    other = Chat(chat.page.context.new_page()).open(app)
    talk(other, "chunks=4 rate=99")
    talk(chat.open(app), "chunks=3 rate=99")
    assert ours(chat.page)
    chat.page.evaluate("localStorage.setItem('somebody', 'else')")
    press(chat, "Forget everything")
    press(chat, "Forget now")
    for tab in (chat, other):
        expect(tab.page.get_by_test_id("stChatMessage")).to_have_count(0)
        expect(tab.page.locator(READY)).to_be_visible()
        assert ours(tab.page) == {}
        assert (
            tab.page.evaluate("Object.keys(sessionStorage).filter((key) => key.startsWith('sirocco/'))") == []
        )
    assert chat.page.evaluate("localStorage.getItem('somebody')") == "else"
    chat.page.reload()
    expect(chat.page.locator(READY)).to_be_visible()
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    talk(chat, "chunks=5 rate=99")
    before = transcript(chat)
    chat.page.reload()
    comes_back(chat, before)


def test_a_tab_on_another_page_forgets_too(chat: Chat, app: str) -> None:
    other = Chat(chat.page.context.new_page()).open(app)
    talk(other, "chunks=4 rate=99")
    other.page.get_by_role("link", name="Doctor").click()
    expect(other.page.get_by_test_id("stChatMessage")).to_have_count(0)
    talk(chat.open(app), "chunks=3 rate=99")
    press(chat, "Forget everything")
    press(chat, "Forget now")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    other.page.get_by_role("link", name="Chat").click()
    expect(other.page.get_by_text("A haiku about the sea")).to_be_visible()
    expect(other.page.get_by_test_id("stChatMessage")).to_have_count(0)
    assert ours(other.page) == {}


def test_a_conversation_of_four_million_characters_comes_back(chat: Chat, app: str) -> None:
    long = Conversation()
    for number in range(200):
        asked(long, f"Question {number}?", f"w{number} " + "“il était une fois” " * 92)
    chat.open(app)
    put = """([id, texts]) => { sessionStorage.setItem("sirocco/1/tab", id);
        for (const [name, text] of Object.entries(texts))
            localStorage.setItem(`sirocco/1/${id}/${name}`, text); }"""
    texts = stored(long)
    assert sum(map(len, texts.values())) > 4_000_000
    chat.page.evaluate(put, [long.id, texts])
    chat.page.reload()
    expect(chat.last).to_contain_text("w199 ")
    expect(chat.page.get_by_text("could not be read")).to_have_count(0)


DAMAGE = """() => { for (const [key, text] of Object.entries(localStorage))
    if (text.includes('chunks=4')) localStorage.setItem(key, text.slice(0, 40)); }"""


def test_what_is_broken_in_the_store_is_left_out_with_a_sentence(chat: Chat, resting: Endpoint) -> None:
    port, settings = free_port(), aws_settings(resting.url)
    with app_on(port, settings):
        talk(
            chat.open(f"http://localhost:{port}"), "chunks=3 rate=99", "chunks=4 rate=99", "chunks=5 rate=99"
        )
        before = transcript(chat)
        chat.page.evaluate(DAMAGE)
        address = chat.page.url
        chat.page.goto("about:blank")
    with app_on(port, settings):  # the process before would still have what was in the store
        chat.page.goto(address)
        comes_back(chat, [*before[:2], *before[4:]])
        expect(chat.page.get_by_text("1 saved answer could not be read and was left out.")).to_be_visible()


def test_what_is_broken_in_the_store_is_repaired_by_the_process_that_still_knows_it(
    chat: Chat, app: str
) -> None:
    talk(chat.open(app), "chunks=3 rate=99", "chunks=4 rate=99", "chunks=5 rate=99")
    before = transcript(chat)
    stored = (
        "Object.values(localStorage).filter((text) => text.includes('chunks=4')).map((text) => text.length)"
    )
    whole = chat.page.evaluate(stored)
    chat.page.evaluate(DAMAGE)
    assert chat.page.evaluate(stored) != whole
    chat.page.reload()
    comes_back(chat, before)
    wait_until(lambda: chat.page.evaluate(stored) == whole, 10)
    expect(chat.page.get_by_text("could not be read")).to_have_count(0)


def test_a_save_of_another_version_is_refused_with_a_sentence(chat: Chat, app: str) -> None:
    chat.open(app)
    chat.page.evaluate("localStorage.setItem('sirocco/2/0123456789abcdef/x', '{}')")
    chat.page.reload()
    expect(chat.page.get_by_text("What another version of this page saved")).to_be_visible()
    talk(chat, "chunks=3 rate=99")


def test_a_full_store_is_told_once_and_the_chat_goes_on(chat: Chat, app: str) -> None:
    talk(chat.open(app), "chunks=3 rate=99")
    chat.page.evaluate(FILL)
    talk(chat, "chunks=400 rate=0")
    expect(chat.page.get_by_text("This browser's storage is full")).to_have_count(1)
    talk(chat, "chunks=5 rate=99")
    assert len(transcript(chat)) == 6


def test_a_browser_that_stores_nothing_is_told_once_and_the_chat_works(chat: Chat, app: str) -> None:
    refuse = "() => { throw new DOMException('no', 'SecurityError') }"
    for store in ("localStorage", "sessionStorage"):
        chat.page.add_init_script(f"Object.defineProperty(window, '{store}', {{ get: {refuse} }})")
    chat.open(app)
    expect(chat.page.get_by_text("does not let pages store anything")).to_have_count(1)
    talk(chat, "chunks=3 rate=99")


def test_the_slash_key_reaches_the_prompt_unless_somebody_types(chat: Chat, app: str) -> None:
    chat.open(app)
    chat.page.keyboard.press("/")
    expect(chat.box).to_be_focused()
    expect(chat.box).to_have_value("")
    chat.page.keyboard.press("/")
    expect(chat.box).to_have_value("/")
