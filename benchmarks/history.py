"""What a long conversation costs the next prompt: `python -m benchmarks.history`, part of `make bench`.

Times from Enter, in one browser against the scripted endpoint: until the endpoint has the request, and until
the first text is painted; bytes on the websocket for that prompt, both ways.
"""

from __future__ import annotations

import argparse
import json
import statistics
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Page

from benchmarks.answers import OBSERVER, send, settle
from benchmarks.rig import chromium, end_in_order, machine, opened, serving
from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.environment import aws_settings

CHUNKS = 5
REQUEST_GOAL_MS, PAINT_GOAL_MS = 50, 150


@dataclass(frozen=True)
class Prompt:
    """One prompt: ms from Enter, and bytes on the websocket until the page rests."""

    request_ms: float
    paint_ms: float
    up: int
    down: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--turns", type=int, default=200)
    turns = parser.parse_args().turns
    end_in_order()
    with chromium() as browser:
        print(machine(browser))
        numbered = LocalEndpoint("benchmarks.endpoint")
        numbered.start()
        endpoint = numbered.url()
        with serving("streamlit_app.py", aws_settings(endpoint)) as app, opened(browser, app.url) as page:
            page.evaluate(OBSERVER)
            prompts = _prompts(page, endpoint)
            for _ in range(3):
                next(prompts)
            few = [next(prompts) for _ in range(7)]
            for _ in range(turns - 10):
                next(prompts)
            many = [next(prompts) for _ in range(7)]
    _report(few, many, turns)


def _prompts(page: Page, endpoint: str) -> Iterator[Prompt]:
    sizes = {"Sent": 0, "Received": 0}
    cdp = page.context.new_cdp_session(page)
    cdp.send("Network.enable")
    for way in sizes:

        def count(event: dict[str, dict[str, str]], way: str = way) -> None:
            sizes[way] += len(event["response"]["payloadData"])

        cdp.on(f"Network.webSocketFrame{way}", count)
    first = 1
    while True:
        sizes.update(Sent=0, Received=0)
        send(page, first, CHUNKS, 1000)
        settle(page, first + CHUNKS - 1)
        painted, entered = page.evaluate("[window.bench.painted[0][1], window.bench.enter]")
        with urllib.request.urlopen(f"{endpoint}/_sent") as response:
            sent = json.load(response)[0] * 1000
        yield Prompt(sent - entered, painted - entered, sizes["Sent"], sizes["Received"])
        first += CHUNKS


def _report(few: list[Prompt], many: list[Prompt], turns: int) -> None:
    print(f"\nMedians of 7 prompts after about 5 and about {turns} turns")
    goals = {"request_ms": f"{REQUEST_GOAL_MS} ms", "paint_ms": f"{PAINT_GOAL_MS} ms"}
    names = {"request_ms": "Enter to request, ms", "paint_ms": "Enter to first paint, ms"}
    names |= {"up": "bytes up", "down": "bytes down"}
    for field, name in names.items():
        short, long = (statistics.median(getattr(prompt, field) for prompt in some) for some in (few, many))
        goal = f"   goal under {goals[field]}" if field in goals else ""
        print(f"  {name:<26}few {short:>9.0f}   many {long:>9.0f}   x{long / short:.2f}{goal}")


if __name__ == "__main__":
    main()
