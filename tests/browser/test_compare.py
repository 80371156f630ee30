"""The Compare page in a real browser: columns stream side by side, are stopped, break off, are measured."""

from __future__ import annotations

import re
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.chromium_pages import Compare, wait_until
from tests.support.scripted_endpoint import Endpoint


def test_four_columns_stream_at_once_and_whole(compare: Compare, app: str, endpoint: Endpoint) -> None:
    compare.open(app).send("chunks=300 rate=50")
    for index in range(4):
        expect(compare.column(index)).to_contain_text("w20 ")
    assert endpoint.state()["active"] == 4
    compare.settled()
    assert [compare.words(index) for index in range(4)] == [[f"w{n}" for n in range(1, 301)]] * 4


def test_a_click_elsewhere_keeps_the_columns_going_and_stop_all_ends_them(
    compare: Compare, app: str, endpoint: Endpoint
) -> None:
    served = endpoint.state()["served"]
    compare.open(app).send("chunks=2000 rate=20")
    expect(compare.column(3)).to_contain_text("w20 ")
    compare.unfold()
    compare.page.locator(".st-key-compare-subject").get_by_text("System text", exact=True).click()
    expect(compare.page.get_by_label("System text 1")).to_be_visible()
    expect(compare.column(3)).to_contain_text("w40 ")
    assert endpoint.state() == {"active": 4, "served": served}
    # Streamlit's own status has a button of this name, too.
    stops = compare.page.locator("[class*=st-key-column-]").get_by_role("button", name="Stop")
    stops.nth(1).click()
    expect(compare.page.get_by_text("stopped by you")).to_be_visible()
    expect(stops).to_have_count(3)
    stopped = compare.words(1)
    expect(compare.column(3)).to_contain_text(f"w{len(stopped) + 20} ")
    painted = [compare.words(index) for index in range(4)]
    compare.button("Stop all").click()
    wait_until(lambda: endpoint.state()["active"] == 0, 1.5)
    compare.settled()
    for index in range(4):
        kept = compare.words(index)
        assert kept[: len(painted[index])] == painted[index]
        assert kept == [f"w{n}" for n in range(1, len(kept) + 1)]
    assert painted[1] == stopped


def test_four_columns_four_endings_and_retry_runs_only_its_own(
    compare: Compare, broken_app: str, broken_endpoint: Endpoint
) -> None:
    compare.open(broken_app)
    compare.choose("subject", "System text")
    compare.choose("columns", "4")
    for number, fault in enumerate(("throttling", "reset", "no-stop", "healthy"), 1):
        compare.page.get_by_label(f"System text {number}").fill(f"fault:{fault}")
    compare.send("Hello")
    compare.settled()
    cells = compare.page.locator("[class*=st-key-column-]")
    for index, title in enumerate(("Too many requests", "The connection broke", "The answer broke off")):
        expect(cells.nth(index)).to_contain_text(title)
        expect(cells.nth(index).get_by_role("button", name="Retry")).to_have_count(1)
    expect(cells.nth(3)).to_contain_text("finished")
    expect(cells.nth(3).get_by_role("button", name="Again")).to_have_count(1)
    requests = broken_endpoint.state()["requests"]
    cells.nth(2).get_by_role("button", name="Retry").click()
    expect(cells.nth(2)).to_contain_text("An earlier attempt")
    compare.settled()
    assert broken_endpoint.state()["requests"] == requests + 1


def test_the_real_model_does_not_vary_at_zero_and_does_at_one(compare: Compare, local_app: str) -> None:
    compare.open(local_app, "?max_tokens=20")
    compare.values("0", "0.5", "1")
    compare.choose("repeats", "3")
    expect(compare.page.get_by_text("9 calls · free, local")).to_be_visible()
    compare.send("Write one sentence about the sea.")
    expect(compare.page.get_by_text(re.compile(r"streaming, \d+ waiting")).first).to_be_visible()
    compare.unfold()
    for label in ("Top p", "Temperature", "Top p"):  # the run blocks no click
        print(f"{label}: answered after {compare.subject_ms(label):.0f} ms")
    compare.settled()
    rows = compare.page.get_by_test_id("stTable").locator("tbody tr")
    different = [rows.nth(row).locator("td").nth(1).inner_text() for row in range(3)]
    assert different[0] == "3 of 3 the same"
    assert different[2].endswith("of 3 different")
    expect(compare.page.get_by_test_id("stVegaLiteChart").first).to_be_visible()


@pytest.mark.parametrize(
    "prompt",
    [
        "text=echo rate=0 " + "The quick brown fox jumps over the lazy dog. " * 178,
        "text=echo rate=0 " + "海は広くて青い。这是没有空格的中文句子。 مرحبا بالعالم 👩‍👩‍👧‍👦🌊 " * 8,
        "chunks=400 rate=0 text=markdown",
    ],
    ids=["long", "scripts", "markdown"],
)
def test_columns_stay_in_line_and_inside_the_page(compare: Compare, app: str, prompt: str) -> None:
    compare.open(app)
    compare.page.get_by_label("Prompt", exact=True).fill(prompt)
    compare.button("Run").click()
    expect(compare.page.get_by_role("button", name="Use this one")).to_have_count(4)
    compare.settled()
    columns = [compare.column(index) for index in range(4)]
    for width, across in ((1440, 4), (390, 1)):
        compare.page.set_viewport_size({"width": width, "height": 900})
        # The sidebar closes a moment after the window has become narrow.
        wait_until(partial(in_line, columns), 5)
        # On a phone each column has a screen of its own, which a swipe brings.
        for column in columns if across == 1 else columns[:1]:
            column.evaluate("one => one.scrollIntoView({ inline: 'nearest', block: 'nearest' })")
            wait_until(partial(inside, columns, across, width), 5)
            box = column.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        assert compare.page.evaluate("document.documentElement.scrollWidth") <= width


def in_line(columns: list[Locator]) -> bool:
    """Whether the columns stand side by side, of one width."""
    boxes = [box for column in columns if (box := column.bounding_box())]
    lefts, tops, widths = ({round(box[side]) for box in boxes} for side in ("x", "y", "width"))
    return len(lefts) == len(columns) and len(tops) == len(widths) == 1


def inside(columns: list[Locator], count: int, width: int) -> bool:
    """Whether so many columns lie wholly inside a window of `width` pixels."""
    boxes = [box for column in columns if (box := column.bounding_box())]
    return sum(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes) == count


def test_earlier_runs_outlive_a_reload_and_forget_everything_removes_them(compare: Compare, app: str) -> None:
    page = compare.page
    compare.open(app).send("chunks=30 rate=20")
    compare.settled()
    stored = "localStorage.getItem('sirocco/1/shelf')"
    wait_until(lambda: page.evaluate(f"{stored} !== null"), 20)
    compare.send("chunks=60 rate=20")
    compare.settled()
    for _ in range(2):
        page.reload()
        compare.settled()
        expect(compare.column(0)).to_contain_text("w60")
        page.get_by_text("Earlier runs").click()
        expect(page.get_by_text("chunks=30 rate=20 · 4 columns by temperature")).to_have_count(1)
    compare.button("Show").click()
    expect(compare.column(0)).not_to_contain_text("w31")
    compare.settled()
    assert [compare.words(index) for index in range(4)] == [[f"w{n}" for n in range(1, 31)]] * 4
    expect(page.get_by_text("chunks=30 rate=20 · 4 columns by temperature")).to_have_count(0)
    compare.unfold()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("chunks=30 rate=20")
    prompt = page.get_by_label("Prompt", exact=True)
    before = prompt.bounding_box()
    assert before
    page.locator(".st-key-runs-storage").evaluate("(element) => { element.style.display = 'none' }")
    assert prompt.bounding_box() == before  # it takes no place, not even a gap
    other = Compare(page.context.new_page()).open(app)
    expect(other.page.get_by_text("Earlier runs")).to_be_visible()
    page.get_by_role("link", name="Chat").click()
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_enabled()
    compare.ready()
    assert page.evaluate(stored)
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Forget now").click()
    expect(other.page.get_by_text("Earlier runs")).to_have_count(0)
    assert page.evaluate(stored) is None
    page.get_by_role("link", name="Compare").click()
    expect(compare.button("Run")).to_be_visible()
    compare.ready()
    expect(page.get_by_text("Earlier runs")).to_have_count(0)
    assert page.evaluate(stored) is None


def test_a_reload_in_the_middle_of_five_times_five_answers_loses_nothing(
    compare: Compare, app: str, endpoint: Endpoint
) -> None:
    page, served = compare.page, endpoint.state()["served"]
    compare.open(app)
    compare.values("0", "0.25", "0.5", "0.75", "1")
    compare.choose("repeats", "5")
    compare.send("chunks=40 rate=20")
    expect(page.get_by_text(re.compile(r"^1\d of 25 answers"))).to_be_visible(timeout=60_000)
    page.reload()
    expect(compare.button("Stop all")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^(1|2)\d of 25 answers"))).to_be_visible()
    compare.settled()
    expect(page.get_by_text("5 of 5", exact=True)).to_have_count(5)
    assert [compare.words(index)[:40] for index in range(5)] == [[f"w{n}" for n in range(1, 41)]] * 5
    assert endpoint.state()["served"] == served + 25  # nothing was asked again
    compare.unfold()
    expect(page.get_by_label("Prompt", exact=True)).to_have_value("chunks=40 rate=20")
    page.reload()
    compare.settled()
    expect(page.get_by_text("5 of 5", exact=True)).to_have_count(5)


def detached(page: Page) -> int:
    """About how many nodes the tab keeps that are not in the page, after a collection of garbage."""
    cdp = page.context.new_cdp_session(page)
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    nodes: int = cdp.send("Memory.getDOMCounters")["nodes"]
    shown: int = page.evaluate(
        "(() => { const all = document.createTreeWalker(document, NodeFilter.SHOW_ALL); let count = 0;"
        " while (all.nextNode()) count++; return count; })()"
    )
    return nodes - shown


def test_the_tab_keeps_nothing_of_runs_that_are_no_longer_shown(compare: Compare, app: str) -> None:
    compare.open(app)
    for _ in range(3):
        compare.unfold()
        compare.choose("repeats", "3")
        compare.send("chunks=40 rate=40")
        compare.settled()
    wait_until(lambda: detached(compare.page) < 700, 10)


def test_saved_runs_that_somebody_changed_are_one_sentence(compare: Compare, app: str) -> None:
    compare.open(app)
    compare.page.evaluate("localStorage.setItem('sirocco/1/shelf', '{}')")
    compare.page.reload()
    expect(compare.page.get_by_text("The saved comparison runs could not be read")).to_be_visible()
    compare.send("chunks=30 rate=20")
    compare.settled()
    wait_until(lambda: compare.page.evaluate("localStorage.getItem('sirocco/1/shelf').length > 99"), 20)
