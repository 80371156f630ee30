"""The recorded answers on the empty page: they play once, can be paused, and cost no message."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY, wait_until

SHOWN = """() => [...document.querySelectorAll('.st-key-temperature-plays li')]
    .map((item) => getComputedStyle(item).clipPath)"""
MOTION = """() =>
    getComputedStyle(document.querySelector('.st-key-temperature-plays li:last-child')).animationDelay"""


def shown(page: Page) -> list[str]:
    """How much of each answer is to be seen, as CSS says it."""
    found: list[str] = page.evaluate(SHOWN)
    return found


def whole(page: Page) -> bool:
    return len(shown(page)) == 6 and all(
        clip == "none" or clip.startswith("inset(0px 0% 0px -") for clip in shown(page)
    )


def test_the_answers_play_can_be_paused_and_end_without_a_message(page: Page, silent_app: str) -> None:
    sent: list[object] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(silent_app)
    pause = page.get_by_role("switch", name="Pause")
    expect(pause).to_be_attached()
    expect(page.locator(READY)).to_be_visible()
    before = len(sent)
    page.locator(".st-key-temperature-pause label").click()
    held = shown(page)
    assert not whole(page)
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    assert shown(page) == held
    page.locator(".st-key-temperature-pause label").click()
    wait_until(lambda: whole(page), 15)
    expect(pause).to_be_hidden()
    assert len(sent) == before


def test_nothing_plays_for_who_asks_for_less_motion(page: Page, silent_app: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    try:
        page.goto(silent_app)
        expect(page.locator(".st-key-temperature-plays li")).to_have_count(6)
        expect(page.locator(READY)).to_be_visible()
        assert page.evaluate(MOTION) == "0s"
        wait_until(lambda: whole(page), 5)
        expect(page.get_by_role("switch", name="Pause")).to_be_hidden()
    finally:
        page.emulate_media(reduced_motion="no-preference")


@pytest.mark.usefixtures("phone")
def test_on_a_phone_the_two_temperatures_stand_side_by_side(page: Page, silent_app: str) -> None:
    page.goto(silent_app)
    expect(page.locator(".st-key-temperature-plays li")).to_have_count(6)
    expect(page.locator(READY)).to_be_visible()
    cold, warm = page.locator(".st-key-temperature-plays ul").evaluate_all(
        "found => found.map((list) => list.getBoundingClientRect().toJSON())"
    )
    assert cold["top"] == warm["top"]
    assert cold["right"] <= warm["left"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
