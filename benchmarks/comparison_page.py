"""The Compare page with 5 columns of 5 answers: `python -m benchmarks.comparison_page`, in `make figures`.

It measures the milliseconds from a click in the set-up to its effect on the page, while the answers arrive
and when nothing does, and the memory of the tab (MB of the JavaScript heap, and DOM nodes, after a garbage
collection) with the 25 answers on the page, when another run is shown, and when everything is forgotten.
"""

from __future__ import annotations

import statistics
from typing import NamedTuple

from playwright.sync_api import CDPSession, Page

from benchmarks.rig import chromium, end_in_order, machine, opened, serving
from tests.support.chromium_pages import READY, Compare
from tests.support.environment import aws_settings
from tests.support.scripted_endpoint import scripted

CLICKS, GOAL_MS = 30, 300


class Memory(NamedTuple):
    """The memory of a tab: MB of the JavaScript heap, and DOM nodes."""

    heap: float
    nodes: int


def main() -> None:
    end_in_order()
    with chromium() as browser, scripted() as endpoint:
        print(machine(browser))
        settings = aws_settings(endpoint.url)
        with serving("streamlit_app.py", settings) as app, opened(browser, app.url) as page:
            page.set_viewport_size({"width": 1440, "height": 1000})
            memory, idle, busy = _measure(page, app.url)
    print(f"click to effect, nothing arrives: {_times(idle)}")
    print(f"click to effect, 25 answers arrive: {_times(busy)} (goal: p95 {GOAL_MS})")
    for name, (heap, nodes) in memory.items():
        print(f"{name}: {heap:.1f} MB, {nodes:,} nodes")


def _times(clicks: list[float]) -> str:
    late = sorted(clicks)[int(len(clicks) * 0.95)]
    return f"p50 {statistics.median(clicks):.0f} ms, p95 {late:.0f} ms"


def _clicks(page: Page) -> list[float]:
    return [Compare(page).subject_ms(("Top p", "Temperature")[at % 2]) for at in range(CLICKS)]


def _measure(page: Page, url: str) -> tuple[dict[str, Memory], list[float], list[float]]:
    """The memory at each moment, and the times of clicks without and with answers that arrive."""
    cdp, compare = page.context.new_cdp_session(page), Compare(page)
    cdp.send("Performance.enable")
    compare.open(url)
    compare.values("0", "0.25", "0.5", "0.75", "1")
    compare.choose("repeats", "2")
    compare.send("chunks=20 rate=50")
    compare.settled()
    memory = {"10 short answers": _memory(page, cdp)}
    compare.unfold()
    compare.choose("repeats", "5")
    idle = _clicks(page)
    compare.send("chunks=300 rate=25")
    compare.unfold()
    busy = _clicks(page)
    assert compare.button("Stop all").is_visible(), "The answers ended before the last click."
    compare.settled()
    memory["25 answers of 300 words"] = _memory(page, cdp)
    page.get_by_text("Earlier runs").click()
    compare.button("Show").click()
    compare.settled()
    memory["the short answers shown again"] = _memory(page, cdp)
    page.get_by_role("link", name="Chat", exact=True).click()
    page.get_by_role("button", name="Forget everything").click()
    page.get_by_role("button", name="Forget now").click()
    page.get_by_role("button", name="Forget now").wait_for(state="hidden")
    page.get_by_role("link", name="Compare", exact=True).click()
    compare.button("Run").wait_for()
    memory["everything forgotten"] = _memory(page, cdp)
    return memory, idle, busy


def _memory(page: Page, cdp: CDPSession) -> Memory:
    page.wait_for_selector(READY, state="attached")
    page.wait_for_timeout(1000)  # animations and timers of the page have ended
    for _ in range(3):
        cdp.send("HeapProfiler.collectGarbage")
    told = {each["name"]: each["value"] for each in cdp.send("Performance.getMetrics")["metrics"]}
    return Memory(told["JSHeapUsedSize"] / 1e6, int(told["Nodes"]))


if __name__ == "__main__":
    main()
