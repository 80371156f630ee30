"""One answer of the numbered endpoint on one page, and what it cost."""

from __future__ import annotations

import bisect
import json
import statistics
import urllib.request
from dataclasses import asdict, dataclass
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.rig import App, Look, cpu_s, opened, wait_until

# Stamps the first animation frame that shows a chunk. It reads the tail of the last answer only, for speed.
OBSERVER = """(look) => {
  const bench = (window.bench = { first: 1, top: 0, enter: 0, painted: [] });
  const shown = () => {
    const messages = document.querySelectorAll(look.answer);
    if (!messages.length) return -1;
    const blocks = messages[messages.length - 1].querySelectorAll(look.block);
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
_TRAFFIC = ("EventSource", "Fetch", "XHR")
"""Requests that carry an answer, where it does not come over a websocket; scripts are not counted."""
SETTLED_MS = 3000
"""So long after a page is ready, what it loads afterwards is there."""
THREAD_TIME = {"timeDomain": "threadTicks"}
"""Count the main thread's processor time, not the clock on the wall, which other programs stretch."""


@dataclass(frozen=True)
class Run:
    """One answer: bytes and pieces of the network, processor seconds of server and tab, and times in ms.

    `lags_ms`: of every chunk, from its sending to its painting. `first_ms`, `last_ms`: from Enter to the
    first text and to the last.
    """

    chunks: int
    received: int
    frames: int
    server_s: float
    task_s: float
    lags_ms: tuple[float, ...]
    first_ms: float
    last_ms: float

    def lag(self, percent: int) -> float:
        """A percentile of the lags; the longest one at 100."""
        if percent == 100:
            return max(self.lags_ms)
        return statistics.quantiles(self.lags_ms, n=100)[percent - 1]


def measure(browser: Browser, app: App, endpoint: str, chunks: int, rate: int, idle_s: float = 0.0) -> Run:
    """A new visitor asks for `chunks` at `rate` a second; the end is when the page rests again.

    `idle_s` is what the idle tab takes of its main thread in each second (see `idle`), to be subtracted.
    """
    with opened(browser, app.url, app.look) as page:
        page.evaluate(OBSERVER, asdict(app.look))
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable", THREAD_TIME)
        sizes = sizes_received(cdp)
        page.wait_for_timeout(SETTLED_MS)
        sizes.clear()
        task, server, began = _task_s(cdp), cpu_s(app.pid), _now(page)
        send(page, app.look, 1, chunks, rate)
        page.wait_for_timeout(chunks / rate * 1000)
        settle(page, app.look, chunks)
        task, server, took = _task_s(cdp) - task, cpu_s(app.pid) - server, _now(page) - began
        painted, entered = page.evaluate("[window.bench.painted, window.bench.enter]")
    return Run(
        chunks=chunks,
        received=sum(sizes),
        frames=len(sizes),
        server_s=server,
        task_s=task - idle_s * took / 1000,
        lags_ms=_lags(sent_s(endpoint), painted),
        first_ms=painted[0][1] - entered,
        last_ms=painted[-1][1] - entered,
    )


def idle(browser: Browser, app: App, ms: int = 2000) -> float:
    """Main-thread seconds of a tab for each second in which nothing happens."""
    with opened(browser, app.url, app.look) as page:
        page.evaluate(OBSERVER, asdict(app.look))
        cdp = page.context.new_cdp_session(page)
        cdp.send("Performance.enable", THREAD_TIME)
        page.wait_for_timeout(SETTLED_MS)
        task, began = _task_s(cdp), _now(page)
        page.wait_for_timeout(ms)
        return (_task_s(cdp) - task) / (_now(page) - began) * 1000


def sizes_received(cdp: CDPSession) -> list[int]:
    """Bytes of each message of an answer that the tab gets from now on, in a list that grows."""
    sizes: list[int] = []
    carrying: set[str] = set()

    def asked(event: dict[str, Any]) -> None:
        if event.get("type") in _TRAFFIC:
            carrying.add(event["requestId"])

    def came(event: dict[str, Any]) -> None:
        if event["requestId"] in carrying:
            sizes.append(event["dataLength"])

    cdp.on("Network.webSocketFrameReceived", lambda event: sizes.append(_size(event["response"])))
    cdp.on("Network.requestWillBeSent", asked)
    cdp.on("Network.dataReceived", came)
    cdp.send("Network.enable")
    return sizes


def send(page: Page, look: Look, first: int, chunks: int, rate: int) -> None:
    """Type the prompt and press Enter."""
    page.evaluate("first => Object.assign(window.bench, { first, top: 0, painted: [] })", first)
    page.fill(look.prompt, f"chunks={chunks} rate={rate} from={first}")
    page.press(look.prompt, "Enter")


def settle(page: Page, look: Look, last: int, rest_ms: int = 300) -> None:
    """Wait until chunk `last` is painted and the page rests, and then `rest_ms`."""
    wait_until(
        page, lambda: bool(page.evaluate("window.bench.top") == last), f"chunk {last} is painted", every_ms=50
    )
    page.wait_for_selector(look.resting, state="attached")
    page.wait_for_timeout(rest_ms)


def sent_s(endpoint: str) -> list[float]:
    """When each chunk of the last answer was sent (s, Unix time)."""
    with urllib.request.urlopen(f"{endpoint}/_sent") as response:
        sent: list[float] = json.load(response)
    return sent


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
