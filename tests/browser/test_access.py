"""Every page for people who use a keyboard, a screen reader or a small window."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY, Chat, Compare, open_link
from tests.support.keyboard import tab_to
from tests.support.makers import answered, link, recipe

BACKGROUNDS = {"light": "rgb(251, 248, 243)", "dark": "rgb(23, 19, 16)"}


PHONE, ZOOMED = (390, 844), (640, 425)  # the latter is a window of 1280x850 at 200 %


def findings(page: Page) -> str:
    """What axe-core calls serious or critical, one line for each element: light and dark, light on a phone
    and dark at 200 %, because colours do not depend on the size."""
    size = page.viewport_size
    assert size
    window, found = (size["width"], size["height"]), []
    for scheme, (width, height) in (("light", window), ("light", PHONE), ("dark", window), ("dark", ZOOMED)):
        page.set_viewport_size({"width": width, "height": height})
        background = BACKGROUNDS[scheme]
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        expect(page.get_by_test_id("stApp")).to_have_css("background-color", background)
        expect(page.locator(READY)).to_be_visible()
        found += [
            f"{scheme}, {width} px: {violation['id']}: {node['html'][:160]}"
            for violation in Axe().run(page).response["violations"]
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
        ]
    page.set_viewport_size(size)
    return "\n".join(found)


def test_an_empty_chat_has_no_serious_finding(chat: Chat, app: str) -> None:
    assert findings(chat.open(app).page) == ""


def test_a_conversation_with_variants_a_card_and_an_open_recipe_has_no_serious_finding(
    chat: Chat, app: str
) -> None:
    chat.open(app)
    chat.send("chunks=120 rate=0 text=markdown")
    chat.settled("finished")
    chat.page.get_by_role("button", name="Again").click()
    expect(chat.last).to_contain_text("2/2")
    chat.send("chunks=3 rate=0 fail=2")
    expect(chat.last).to_contain_text("broken off")
    expect(chat.page.locator(READY)).to_be_visible()
    chat.last.get_by_test_id("stExpander").locator("summary").click()
    expect(chat.last).to_contain_text("Use these settings again")
    chat.page.get_by_test_id("stSidebar").get_by_text("More settings").click()
    assert findings(chat.page) == ""


def test_what_opens_over_an_answer_has_no_serious_finding(chat: Chat, app: str) -> None:
    page = chat.open(app).page
    chat.send("chunks=30 rate=0 text=markdown")
    chat.settled("finished")
    for entry in ("X-ray", "Share", "View code"):
        if entry == "X-ray":
            chat.last.get_by_role("button", name=entry).click()
        else:
            chat.last.get_by_role("button", name="More").click()
            page.get_by_role("menuitem").filter(has_text=entry).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert findings(page) == ""
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_comparison_has_no_serious_finding(page: Page, app: str) -> None:
    compare = Compare(page).open(app)
    page.get_by_label("Prompt", exact=True).fill("chunks=60 rate=0 text=markdown")
    compare.button("Run").click()
    compare.settled()
    assert findings(page) == ""


def test_a_shared_answer_and_a_bad_link_have_no_serious_finding(page: Page, app: str) -> None:
    open_link(page, app, link(answered(recipe(), "An answer, **not** verified.")))
    assert findings(page) == ""
    page.goto(f"{app}/shared?r=nonsense")
    expect(page.get_by_text("This link is damaged")).to_be_visible()
    assert findings(page) == ""


def test_the_page_next_word_has_no_serious_finding(page: Page, local_app: str) -> None:
    page.goto(f"{local_app}/next_word")
    bars = page.locator("ol.odds li")
    expect(bars.first).to_be_visible()
    assert findings(page) == ""
    page.get_by_role("button", name="Draw", exact=True).click()
    word = page.locator("button.word:not(.open)")
    expect(word).to_have_count(1)
    expect(page.locator("ol.odds[aria-busy]")).to_have_count(0)
    word.click()
    expect(page.get_by_role("heading", name="it could have been")).to_be_visible()
    page.get_by_text("How to read the bars").click()
    assert findings(page) == ""


def test_the_doctor_has_no_serious_finding(page: Page, app: str) -> None:
    page.goto(f"{app}/doctor")
    expect(page.get_by_text("Versions")).to_be_visible()
    assert findings(page) == ""


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
    tab_to(page, "Stop")
    keys.press("Enter")
    chat.settled("stopped by you")
    keys.press("Alt+n")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    tab_to(page, "Undo")
    keys.press("Enter")
    expect(page.get_by_test_id("stChatMessage")).to_have_count(4)


def test_start_and_end_of_an_answer_are_announced_once_each(chat: Chat, app: str) -> None:
    chat.open(app).send("chunks=80 rate=100")
    chat.settled("finished")
    said = chat.page.locator("#sirocco-voice[aria-live=polite]")
    expect(said.locator("p")).to_have_text(["The model answers.", "The answer is complete."])
    assert "w40" not in " ".join(chat.page.locator("[aria-live=polite]").all_inner_texts())
    chat.page.reload()
    chat.settled("finished")
    assert said.locator("p").count() == 0
