"""Every page for people who use a keyboard, a screen reader or a small window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

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
def scheme_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 850})
    yield context.new_page()
    context.close()


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


def test_the_doctor_has_no_serious_finding(scheme_page: Page, app: str) -> None:
    scheme_page.goto(f"{app}/doctor")
    expect(scheme_page.get_by_text("Versions")).to_be_visible()
    expect(scheme_page.locator(READY)).to_be_visible()
    assert "\n".join(findings(scheme_page)) == ""
