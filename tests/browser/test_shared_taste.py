"""A shared blind taste on a phone, on a server without a model: asked, picked, shown, kept over a reload."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from lib.bedrock.answer import Beat
from lib.records.links import to_link
from lib.records.shared import share
from tests.support.chromium_pages import READY, wait_until
from tests.support.makers import DAY, answered, recipe

TEXTS = {
    0.0: "The sea is a vast body of water that covers most of the planet.",
    0.7: "The sea hums under the pier, and gulls answer it.",
    1.0: "Salt teeth, blue wool: the sea chews its own edges.",
}
KEPT = "localStorage.getItem('sirocco/1/shelf')"


def taste() -> str:
    """The link of a comparison that plays in half a second."""
    answers = [
        answered(
            recipe("Write one sentence about the sea.", temperature=temperature),
            text,
            timeline=(Beat(100, 10), Beat(500, len(text) - 10)),
        )
        for temperature, text in TEXTS.items()
    ]
    return to_link(replace(share("comparison", answers, on=DAY), question="hottest"))


@pytest.mark.usefixtures("phone")
def test_a_blind_taste_is_played_on_a_phone_and_the_pick_outlives_a_reload(
    silent_app: str, page: Page
) -> None:
    page.goto(f"{silent_app}/shared#r={taste()}")
    main, picks = page.get_by_test_id("stMain"), page.get_by_role("button", name="This is the hottest")
    expect(picks).to_have_count(3)
    for text in ("Which is the hottest?", "Answer A", "Answer B", "Answer C", *TEXTS.values()):
        expect(main).to_contain_text(text)
    expect(main).not_to_contain_text("0.7")
    expect(main).not_to_contain_text("Mistral Large")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shown = [main.inner_text().index(text) for text in TEXTS.values()]
    picks.nth(sorted(shown).index(shown[2])).click()
    found = "You found the hottest answer in 1 of 1 round."
    expect(main).to_contain_text(found)
    expect(main).to_contain_text("temperature 0.7")
    expect(page.get_by_role("table")).to_contain_text("your pick")
    expect(picks).to_have_count(0)
    wait_until(lambda: page.evaluate(f"{KEPT} !== null"), 20)
    page.reload()
    expect(main).to_contain_text(found)
    expect(page.locator(READY)).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("your pick")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.get_by_test_id("stException").count() == 0
