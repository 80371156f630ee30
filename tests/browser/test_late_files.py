"""What the first code block and formula need is there before an answer, so that the page does not stop."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY, Chat, until_started, wait_until

NAMES = ["StreamlitSyntaxHighlighter", "rehype-katex"]
READY_NAMES = "siroccoPage.lateFiles.ready.map(name => name.split('.')[0]).sort()"
LOADED = """names => performance.getEntriesByType('resource').map(entry => entry.name)
    .filter(name => names.some(each => name.includes(`static/js/${each}.`)))"""
SAVES_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"


def test_they_are_started_before_the_first_prompt_and_nothing_is_seen_of_them(chat: Chat, app: str) -> None:
    page = chat.open(app).page
    wait_until(lambda: bool(page.evaluate(READY_NAMES) == sorted(NAMES)), 30)
    assert len(page.evaluate(LOADED, NAMES)) == len(NAMES)
    assert page.locator('[data-testid="stCode"], .katex').count() == 0


def test_an_answer_with_code_loads_no_other_script(chat: Chat, app: str) -> None:
    page = chat.open(app).page
    wait_until(lambda: bool(page.evaluate(READY_NAMES) == sorted(NAMES)), 30)
    chat.send("chunks=150 rate=0 text=markdown")
    chat.settled("finished")
    expect(chat.last.get_by_test_id("stCode").first).to_be_visible()
    assert len(page.evaluate(LOADED, NAMES)) == len(NAMES)


def test_a_page_without_answers_and_a_browser_that_saves_data_do_not_load_them(page: Page, app: str) -> None:
    page.goto(f"{app}/doctor")
    until_started(page)
    expect(page.locator(READY)).to_be_visible()
    assert page.evaluate("siroccoPage.lateFiles.asked") is False
    page.add_init_script(SAVES_DATA)
    page.goto(app)
    until_started(page)
    expect(page.locator(READY)).to_be_visible()
    assert page.evaluate("siroccoPage.lateFiles.asked") is False
