"""What is typed survives a reload, another page, and whatever gives a prompt back meanwhile."""

from __future__ import annotations

from playwright.sync_api import expect

from lib.mistral.size import LONGEST_PROMPT
from tests.support.chromium_pages import Chat, Compare, talk, until_started

PAST = "x" * (LONGEST_PROMPT + 3)


def opened(chat: Chat, app: str) -> Chat:
    until_started(chat.open(app).page)
    return chat


def go(chat: Chat, page: str) -> None:
    chat.page.get_by_role("link", name=page, exact=True).click()


def test_a_draft_survives_a_reload_and_another_page(chat: Chat, app: str) -> None:
    opened(chat, app).box.fill("What is a")
    chat.page.reload()
    expect(chat.box).to_have_value("What is a")
    go(chat, "Compare")
    expect(chat.page.get_by_label("Prompt", exact=True)).to_have_value("")
    go(chat, "Chat")
    expect(chat.box).to_have_value("What is a")


def test_the_prompt_of_compare_survives_a_reload_and_can_be_run(compare: Compare, app: str) -> None:
    prompt = compare.open(app).page.get_by_label("Prompt", exact=True)
    until_started(compare.page)
    prompt.fill("chunks=2 rate=0")
    compare.page.reload()
    expect(prompt).to_have_value("chunks=2 rate=0")
    compare.button("Run").click()
    compare.settled()
    assert compare.words(0) == ["w1", "w2"]


def test_what_is_given_back_stands_beside_what_was_typed_meanwhile(chat: Chat, app: str) -> None:
    opened(chat, app).send("chunks=300 rate=10")
    expect(chat.page.locator(".st-key-live-answer")).to_be_visible()
    chat.send("the next one")
    chat.box.fill("typed meanwhile")
    chat.page.locator(".st-key-take-back button").click()
    expect(chat.box).to_have_value("the next one\n\ntyped meanwhile")
    chat.stop()
    chat.settled("stopped by you")


def test_a_prompt_that_waits_is_back_in_the_box_after_a_reload(chat: Chat, app: str) -> None:
    opened(chat, app).send("chunks=300 rate=10")
    expect(chat.page.locator(".st-key-live-answer")).to_be_visible()
    chat.send("the next one")
    expect(chat.page.locator(".st-key-waiting-prompt")).to_be_visible()
    chat.page.reload()
    expect(chat.box).to_have_value("the next one")
    chat.stop()
    chat.settled("stopped by you")


def test_what_was_sent_does_not_come_back(chat: Chat, app: str) -> None:
    talk(opened(chat, app), "chunks=2 rate=0").page.reload()
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(2)
    expect(chat.box).to_have_value("")


def test_a_paste_that_is_too_long_is_kept_and_told_by_how_much(chat: Chat, app: str) -> None:
    opened(chat, app).box.fill(PAST)
    told = "20,003 characters, 3 more than the 20,000 that can be sent."
    expect(chat.page.locator(".sirocco-too-long")).to_contain_text(told)
    chat.box.press("Enter")
    expect(chat.page.get_by_test_id("stAlert")).to_contain_text(told)
    expect(chat.box).to_have_value(PAST)


def test_forget_everything_removes_drafts(chat: Chat, app: str) -> None:
    opened(chat, app).box.fill("a secret")
    chat.page.locator(".st-key-forget button").first.click()
    chat.page.locator(".st-key-forget-now button").click()
    expect(chat.box).to_have_value("")
    chat.page.reload()
    expect(chat.box).to_be_enabled()
    until_started(chat.page)
    assert chat.page.evaluate("Object.keys(sessionStorage).filter(key => key.includes('draft'))") == []
    expect(chat.box).to_have_value("")
