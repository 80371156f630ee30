"""One answer of the numbered endpoint on one page, and what it cost."""

from __future__ import annotations

import bisect
import json
import urllib.request
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.rig import PROMPT, RESTING, App, cpu_s, opened, wait_until

# Stamps the first animation frame that shows a chunk. It reads the tail of the last answer only, for speed.
OBSERVER = """() => {
  const bench = (window.bench = { first: 1, top: 0, enter: 0, painted: [] });
  const shown = () => {
    const messages = document.querySelectorAll('[data-testid="stChatMessage"]');
    if (!messages.length) return -1;
    const blocks = messages[messages.length - 1].querySelectorAll('[data-testid="stMarkdown"]');
    for (let at = blocks.length - 1; at >= Math.max(0, blocks.length - 3); at--) {
      const words = blocks[at].textContent.slice(-200).match(/w[0-9A-V]+/g);
      if (words) return parseInt(words[words.length - 1].slice(1), 32);
    }
    return -1;
  };
  let asked = false;
  const stamp = () => {
    asked = false;
    const number = shown();
    if (number >= bench.first && number > bench.top) {
      bench.top = number;
      bench.painted.push([number, Date.now()]);
    }
  };
  new MutationObserver(() => {
    if (!asked) { asked = true; requestAnimationFrame(stamp); }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') bench.enter = Date.now();
  }, true);
}"""


THREAD_TIME = {"timeDomain": "threadTicks"}
"""Count the main thread's processor time, not the clock on the wall, which other programs stretch."""


@dataclass(frozen=True)
class Run:
    """One answer: what came over the websocket, processor seconds, and the lag of every chunk in ms."""

    chunks: int
    received: int
    frames: int
    server_s: float
    task_s: float
    lags_ms: tuple[float, ...]


def measure(browser: Browser, app: App, endpoint: str, chunks: int, rate: int, idle_s: float = 0.0) -> Run:
    """A new visitor asks for `chunks` at `rate` a second; the end is when the page rests again.

    `idle_s` is what the idle tab takes of its main thread in each second (see `idle`), to be subtracted.
    """
    sizes: list[int] = []
    with opened(browser, app.url) as page:
        page.evaluate(OBSERVER)
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable", THREAD_TIME)
        cdp.send("Network.enable")
        cdp.on("Network.webSocketFrameReceived", lambda event: sizes.append(_size(event["response"])))
        page.wait_for_timeout(500)
        sizes.clear()
        task, server, began = _task_s(cdp), cpu_s(app.pid), _now(page)
        send(page, 1, chunks, rate)
        page.wait_for_timeout(chunks / rate * 1000)
        settle(page, chunks)
        task, server, took = _task_s(cdp) - task, cpu_s(app.pid) - server, _now(page) - began
        painted = page.evaluate("window.bench.painted")
    with urllib.request.urlopen(f"{endpoint}/_sent") as response:
        sent: list[float] = json.load(response)
    return Run(chunks, sum(sizes), len(sizes), server, task - idle_s * took / 1000, _lags(sent, painted))


def idle(browser: Browser, app: App, ms: int = 2000) -> float:
    """Main-thread seconds of a tab for each second in which nothing happens."""
    with opened(browser, app.url) as page:
        page.evaluate(OBSERVER)
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable", THREAD_TIME)
        page.wait_for_timeout(500)
        task, began = _task_s(cdp), _now(page)
        page.wait_for_timeout(ms)
        return (_task_s(cdp) - task) / (_now(page) - began) * 1000


def first_paint_ms(page: Page, first: int) -> float:
    """From Enter to the first text of an answer; the page has the observer, chunks count from `first`."""
    send(page, first, 5, 50)
    settle(page, first + 4)
    painted, entered = page.evaluate("[window.bench.painted[0][1], window.bench.enter]")
    return float(painted - entered)


def send(page: Page, first: int, chunks: int, rate: int) -> None:
    """Type the prompt and press Enter."""
    page.evaluate("first => Object.assign(window.bench, { first, top: 0, painted: [] })", first)
    page.fill(PROMPT, f"chunks={chunks} rate={rate} from={first}")
    page.press(PROMPT, "Enter")


def settle(page: Page, last: int) -> None:
    """Wait until chunk `last` is painted and the page rests."""
    wait_until(page, lambda: bool(page.evaluate("window.bench.top") == last), f"chunk {last} is painted")
    page.wait_for_selector(RESTING, state="attached")
    page.wait_for_timeout(300)


def _lags(sent: list[float], painted: list[list[float]]) -> tuple[float, ...]:
    numbers = [number for number, _ in painted]
    stamps = [painted[bisect.bisect_left(numbers, number)][1] for number in range(1, len(sent) + 1)]
    return tuple(stamp - at * 1000 for stamp, at in zip(stamps, sent, strict=True))


def _task_s(cdp: Any) -> float:
    metrics = cdp.send("Performance.getMetrics")["metrics"]
    return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


def _now(page: Page) -> float:
    return float(page.evaluate("Date.now()"))


def _size(frame: dict[str, Any]) -> int:
    """Bytes of a frame; a binary one (opcode 2) comes in base64."""
    data: str = frame["payloadData"]
    return len(data) * 3 // 4 - data[-2:].count("=") if frame["opcode"] == 2 else len(data.encode())
