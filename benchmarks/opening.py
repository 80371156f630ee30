"""How soon a first visitor can type: `python -m benchmarks.opening`, part of `make bench`.

Each visit has an empty cache. It measures the time from the request for the page until it has a prompt box
and rests, and the bytes that came until then and in the seconds after it. Chromium throttles to 10 Mbit/s,
but not the websocket.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.rig import TIMEOUT_S, App, chromium, end_in_order, machine
from benchmarks.sides import Goal, rounds, show, sides
from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.environment import aws_settings

AFTERWARDS_MS = 3000
SLOW = {"offline": False, "latency": 20, "downloadThroughput": 1_250_000, "uploadThroughput": 1_250_000}
"""10 Mbit/s, in bytes a second, and 20 ms for each request."""


@dataclass(frozen=True)
class Visit:
    """ms until the page can be used, and bytes of all requests until then and afterwards."""

    ready_ms: float
    received: int
    later: int


def _visit(browser: Browser, apps: Mapping[str, App], slow: bool, name: str) -> Visit:
    """A visit with an empty cache."""
    app = apps[name]
    sizes: list[int] = []
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_S * 1000)
        cdp = context.new_cdp_session(page)
        cdp.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        cdp.send("Network.enable")
        if slow:
            cdp.send("Network.emulateNetworkConditions", SLOW)
        began = time.monotonic()
        page.goto(app.url, wait_until="commit")
        page.wait_for_selector(app.look.prompt)
        page.wait_for_selector(app.look.resting, state="attached")
        ready_ms, received = (time.monotonic() - began) * 1000, sum(sizes)
        page.wait_for_timeout(AFTERWARDS_MS)
        return Visit(ready_ms, received, sum(sizes) - received)
    finally:
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.opening", description=__doc__)
    parser.add_argument("--gradio", type=Path, help="a folder with Gradio and its dependencies")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    end_in_order()
    numbered = LocalEndpoint("benchmarks.endpoint")
    numbered.start()
    with chromium() as browser, sides(aws_settings(numbered.url()), options.gradio) as apps:
        print(machine(browser))
        for slow, goal in ((False, Goal("above", 200)), (True, Goal("above", 0))):
            print(f"\nA first visit {'at 10 Mbit/s' if slow else 'on loopback'}")
            seen_in = partial(_visit, browser, apps, slow)
            visits = rounds([*apps], options.rounds, seen_in)
            show(
                visits,
                ("page ready, ms", lambda seen: seen.ready_ms, goal),
                ("kB until then", lambda seen: seen.received / 1000, Goal("times", 1 / 2)),
                ("kB in the seconds after it", lambda seen: seen.later / 1000, None),
            )


if __name__ == "__main__":
    main()
