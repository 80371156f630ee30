"""Where the columns of a comparison stand: side by side in a window, one for each screen on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium_pages import Compare
from tests.support.scripted_endpoint import Endpoint

COLUMNS = "[class*=st-key-column-]"


def boxes(page: Page) -> list[dict[str, float]]:
    return page.locator(COLUMNS).evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
@pytest.mark.usefixtures("resting")
def test_after_run_the_first_words_are_visible_without_scrolling(
    compare: Compare, app: str, endpoint: Endpoint, width: int, height: int
) -> None:
    compare.page.set_viewport_size({"width": width, "height": height})
    compare.open(app).send("chunks=2000 rate=20")
    expect(compare.column(0)).to_contain_text("w3 ")
    expect(compare.button("Run")).not_to_be_visible()  # the set-up is folded
    expect(compare.column(0)).to_be_in_viewport()
    top = compare.column(0).evaluate("one => one.getBoundingClientRect().top")
    assert 0 < top < height - 40
    compare.button("Stop all").click()
    compare.settled()
    assert endpoint.state()["active"] == 0


@pytest.mark.parametrize("width", [1024, 1280])
def test_four_columns_stand_side_by_side(compare: Compare, app: str, width: int) -> None:
    compare.page.set_viewport_size({"width": width, "height": 800})
    compare.open(app)
    if width == 1024:
        compare.page.get_by_test_id("stSidebar").hover()
        compare.page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
    compare.send("chunks=150 rate=50")
    compare.settled()
    found = boxes(compare.page)
    assert len({round(box["top"]) for box in found}) == 1
    assert len({round(box["left"]) for box in found}) == 4
    assert max(box["right"] for box in found) <= width


def test_on_a_phone_a_swipe_brings_the_next_column(compare: Compare, app: str) -> None:
    compare.page.set_viewport_size({"width": 390, "height": 844})
    compare.open(app).send("chunks=150 rate=50")
    compare.settled()
    found = boxes(compare.page)
    assert len({round(box["top"]) for box in found}) == 1
    assert found[1]["left"] > 300  # the second one is on the next screen
    grid = compare.page.locator(".st-key-compare-grid")
    assert grid.evaluate("one => getComputedStyle(one).scrollSnapType") == "x mandatory"
    assert compare.page.evaluate("document.documentElement.scrollWidth") <= 390
