"""Continue: an answer that was cut goes on in the place where it was cut, while it streams, too."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.chromium_pages import Chat, press

CODE = '[data-testid="stCode"]'
PROMPT = "text=echo rate=6\n\n```py\nx = 1\ny = 2\nz = 3\n```\nThe end."
"""The scripted engine repeats it, five characters a token; ten tokens end inside the fence."""


def test_an_answer_that_was_cut_in_a_fence_goes_on_inside_it(chat: Chat, app: str) -> None:
    chat.open(f"{app}/?max_tokens=8").send(PROMPT)
    card = chat.last.locator('[class*="st-key-problem-"]')
    expect(card).to_contain_text("The answer was cut at max tokens")
    chat.settled("cut at max tokens")
    expect(chat.last.locator(CODE)).to_contain_text("x = 1")
    card.get_by_role("button", name="Continue").click()
    live = chat.page.locator(f".st-key-live-answer {CODE}")
    expect(live).to_contain_text("x = 1")
    expect(live).to_contain_text("text=echo")  # the engine repeats what it is given to go on with
    expect(chat.page.get_by_test_id("stChatMessage").last.locator(CODE)).to_have_count(1)
    chat.settled("out")
    expect(chat.last.locator(CODE)).to_have_count(1)
    expect(chat.last.locator(CODE)).to_contain_text("text=echo")
    assert "16 out" in chat.last.inner_text()


def test_an_answer_that_was_stopped_goes_on_after_its_text(chat: Chat, app: str) -> None:
    chat.open(app).send("chunks=300 rate=50")
    expect(chat.last).to_contain_text("w5 ")
    chat.stop()
    chat.settled("stopped by you")
    stopped = chat.words()
    press(chat, "Continue")
    chat.settled("finished")
    assert chat.words() == stopped
    expect(chat.last).to_contain_text("at least")
    expect(chat.last).to_contain_text("Hello. It is good to see you here")
