"""Every page for people who use a keyboard, a screen reader or a small window."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import READY, Chat


def findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical, one line for each element."""
    violations = Axe().run(page).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:160]}"
        for violation in violations
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


@pytest.fixture(params=["light", "dark"])
def scheme_page(page: Page, request: pytest.FixtureRequest) -> Page:
    page.emulate_media(color_scheme=request.param)
    return page


def test_an_empty_chat_has_no_serious_finding(scheme_page: Page, app: str) -> None:
    Chat(scheme_page).open(app)
    assert "\n".join(findings(scheme_page)) == ""


def test_a_conversation_with_variants_a_card_and_an_open_recipe_has_no_serious_finding(
    scheme_page: Page, app: str
) -> None:
    chat = Chat(scheme_page).open(app)
    chat.send("chunks=120 rate=0 text=markdown")
    chat.settled("finished")
    chat.last.get_by_role("button", name="Again").click()
    expect(chat.last).to_contain_text("2/2")
    chat.send("chunks=3 rate=0 fail=2")
    expect(chat.last).to_contain_text("broken off")
    expect(scheme_page.locator(READY)).to_be_visible()
    chat.last.get_by_test_id("stExpander").locator("summary").click()
    expect(chat.last).to_contain_text("Use these settings again")
    scheme_page.get_by_test_id("stSidebar").get_by_text("More", exact=True).click()
    assert "\n".join(findings(scheme_page)) == ""


@pytest.mark.parametrize("entry", ["X-ray", "Share", "View code"])
def test_what_opens_over_an_answer_has_no_serious_finding(scheme_page: Page, app: str, entry: str) -> None:
    chat = Chat(scheme_page).open(app)
    chat.send("chunks=30 rate=0 text=markdown")
    chat.settled("finished")
    if entry == "X-ray":
        chat.last.get_by_role("button", name=entry).click()
    else:
        chat.last.get_by_role("button", name="More").click()
        scheme_page.get_by_role("menuitem").filter(has_text=entry).click()
    expect(scheme_page.get_by_role("dialog")).to_be_visible()
    expect(scheme_page.locator(READY)).to_be_visible()
    assert "\n".join(findings(scheme_page)) == ""


def test_the_doctor_has_no_serious_finding(scheme_page: Page, app: str) -> None:
    scheme_page.goto(f"{app}/doctor")
    expect(scheme_page.get_by_text("Versions")).to_be_visible()
    expect(scheme_page.locator(READY)).to_be_visible()
    assert "\n".join(findings(scheme_page)) == ""


LOOKS = """element => { const s = getComputedStyle(element);
  return [s.outline, s.boxShadow, s.color, s.backgroundColor, s.borderColor, s.textDecoration].join() }"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is on what is called so; it must look different there."""
    for _ in range(80):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        assert focused
        if name in focused.evaluate(
            "e => e.matches('button, input, a, summary') ? e.getAttribute('aria-label') || e.innerText : ''"
        ):
            looks = focused.evaluate(LOOKS)
            focused.evaluate("e => e.blur()")
            assert focused.evaluate(LOOKS) != looks, f"{name} does not show its focus"
            focused.focus()
            return
    raise AssertionError(f"Tab never reached {name}")


def test_a_whole_task_by_keyboard_alone(chat: Chat, app: str) -> None:
    page = chat.open(app).page
    keys = page.keyboard
    keys.press("/")
    keys.type("chunks=12 rate=0")
    keys.press("Enter")
    chat.settled("finished")
    keys.press("Alt+Enter")
    expect(chat.last).to_contain_text("2/2")
    chat.settled("finished")
    tab_to(page, "Earlier")
    keys.press("Enter")
    expect(chat.last).to_contain_text("1/2")
    tab_to(page, "X-ray")
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("12 chunks")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("/")
    keys.type("chunks=900 rate=50")
    keys.press("Enter")
    expect(chat.last).to_contain_text("w30 ")
    keys.press("Escape")
    chat.settled("stopped by you")
    keys.press("Alt+n")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    tab_to(page, "Undo")
    keys.press("Enter")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(4)


def test_start_and_end_of_an_answer_are_announced_once_each(chat: Chat, app: str) -> None:
    page = chat.open(app).page
    live = page.locator("[aria-live=polite]").filter(has_text="The")
    chat.send("chunks=80 rate=100")
    chat.settled("finished")
    expect(live).to_contain_text("The answer is complete.")
    said = " ".join(page.locator("[aria-live=polite]").all_inner_texts())
    assert "w40" not in said
    assert (said.count("The model answers."), said.count("The answer is complete.")) == (1, 1)


def test_copy_puts_the_answer_on_the_clipboard(chat: Chat, app: str) -> None:
    page = chat.open(app).page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat.send("chunks=5 rate=0")
    chat.settled("finished").get_by_role("button", name="More").click()
    page.get_by_text("Copy the answer").click()
    expect(page.locator("[aria-live=polite]").filter(has_text="Copied.")).to_have_count(1)
    assert page.evaluate("navigator.clipboard.readText()").strip() == "w1 w2 w3 w4 w5"
