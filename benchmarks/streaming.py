"""What a streamed answer costs, on our page and on the plain way: `python -m benchmarks.streaming [--quick]`.

The plain way is naive_app.py: the same boto3 call into `st.write_stream`, chunk by chunk. Both pages get the
same chunks from the same endpoint, in the order ours, plain, plain, ours: fair when the machine slows down.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import boto3
from playwright.sync_api import Browser

from benchmarks import bare, rig
from benchmarks.answers import OBSERVER, Run, first_paint_ms, idle, measure
from benchmarks.endpoint import text
from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.environment import aws_settings

NOISE_MS = 5.0
"""Lags that differ by less are taken as the same: a third of a frame of the screen."""
SAME_COST = 1.25
"""Costs per chunk whose ratio is below this are taken as the same."""
HOW = """\
How: websocket by CDP Network.webSocketFrameReceived; server by the Streamlit process's user and system
time; tab by CDP Performance TaskDuration in the main thread's processor time, less what the idle tab takes;
each from Enter until the page rests. Lag: from the endpoint's sending of a chunk to the first animation frame
that shows it, over all chunks of both runs. One visitor at a time, processes warm, no TLS, one machine."""


@dataclass(frozen=True)
class Size:
    """How many chunks each part takes."""

    fast: int = 2000
    slow: int = 180
    long: int = 6000
    paints: int = 5


QUICK = Size(fast=400, slow=60, long=1200, paints=3)


@dataclass(frozen=True)
class Bench:
    """The two pages, the endpoint behind both, and the browser."""

    ours: rig.App
    plain: rig.App
    endpoint: str
    browser: Browser
    idle_s: Mapping[str, float]

    def run(self, app: rig.App, chunks: int, rate: int) -> Run:
        """One answer on one of the pages."""
        return measure(self.browser, app, self.endpoint, chunks, rate, self.idle_s[app.url])

    def pairs(self, chunks: int, rate: int) -> tuple[list[Run], list[Run]]:
        """Two runs of ours and two of the plain page, in turns."""
        order = (self.ours, self.plain, self.plain, self.ours)
        runs = [self.run(app, chunks, rate) for app in order]
        return [runs[0], runs[3]], runs[1:3]


def fast(bench: Bench, chunks: int) -> list[Run]:
    """2,000 chunks at 100/s: bytes, frames, processor time on both sides, and lag."""
    ours, plain = bench.pairs(chunks, 100)
    characters = len("".join(text(1, chunks)))
    print(f"\n{chunks:,} chunks at 100/s, {characters:,} characters of mixed Markdown, 2 runs each")
    _cost("websocket, kB", ours, plain, lambda run: run.received / 1000, 30)
    _cost("websocket, frames", ours, plain, lambda run: run.frames, 4)
    _cost("server, CPU s", ours, plain, lambda run: run.server_s, None)
    _cost("tab, main thread s", ours, plain, lambda run: run.task_s, 2)
    _lag("paint lag p50, ms", ours, plain, 50, None)
    _lag("paint lag p95, ms", ours, plain, 95, 20)
    return ours


def slow(bench: Bench, chunks: int) -> None:
    """30 chunks/s, which an eye can follow: no lag may be added."""
    ours, plain = bench.pairs(chunks, 30)
    print(f"\n{chunks:,} chunks at 30/s, 2 runs each")
    _lag("paint lag p50, ms", ours, plain, 50, NOISE_MS)
    _lag("paint lag p95, ms", ours, plain, 95, NOISE_MS)


def long(bench: Bench, chunks: int, before: list[Run]) -> None:
    """6,000 chunks: each must cost what it cost at 2,000."""
    after = [bench.run(bench.ours, chunks, 100)]
    print(f"\n{chunks:,} chunks at 100/s on our page, per chunk, against {before[0].chunks:,}")
    _per_chunk("websocket, bytes", after, before, lambda run: run.received)
    _per_chunk("server, CPU ms", after, before, lambda run: run.server_s * 1000)
    _per_chunk("tab, main thread ms", after, before, lambda run: run.task_s * 1000)


def paint(bench: Bench, times: int) -> None:
    """Enter to the first text, against the first chunk in a bare boto3 loop."""
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=bench.endpoint,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="y",
    )
    ours, plain, loop = [], [], []
    with (
        rig.opened(bench.browser, bench.ours.url) as our_page,
        rig.opened(bench.browser, bench.plain.url) as plain_page,
    ):
        our_page.evaluate(OBSERVER)
        plain_page.evaluate(OBSERVER)
        for turn in range(1, times + 1):
            ours.append(first_paint_ms(our_page, turn * 100))
            loop.append(_first_chunk_ms(client))
            plain.append(first_paint_ms(plain_page, turn * 100))
    medians = [statistics.median(found) for found in (loop, ours, plain)]
    print(f"\nFirst paint, ms from Enter to the first text, median of {times}; all chat in one conversation")
    print(f"  {'bare boto3 loop, first chunk':30}{medians[0]:8.0f}")
    print(f"  {'our page':30}{medians[1]:8.0f}   {medians[1] - medians[0]:+.0f} on the bare loop")
    print(f"  {'plain page':30}{medians[2]:8.0f}   {medians[2] - medians[0]:+.0f} on the bare loop")


def _first_chunk_ms(client: object) -> float:
    began = time.perf_counter()
    chunks = bare.chunks(client, "chunks=5 rate=50 from=1")
    next(chunks)
    took = (time.perf_counter() - began) * 1000
    for _ in chunks:
        pass
    return took


def _cost(
    name: str, ours: list[Run], plain: list[Run], of: Callable[[Run], float], times: float | None
) -> None:
    mine, theirs = statistics.mean(map(of, ours)), statistics.mean(map(of, plain))
    goal = f"   goal 1/{times:g} or less: {_met(mine * times <= theirs)}" if times else ""
    print(f"  {name:22}ours {mine:8.1f}   plain {theirs:8.1f}   ours is 1/{theirs / mine:.1f}{goal}")


def _lag(name: str, ours: list[Run], plain: list[Run], percent: int, most: float | None) -> None:
    mine, theirs = _percentile(ours, percent), _percentile(plain, percent)
    goal = "" if most is None else f"   goal {most:+.0f} or less: {_met(mine - theirs <= most)}"
    print(f"  {name:22}ours {mine:8.1f}   plain {theirs:8.1f}   ours is {mine - theirs:+.1f}{goal}")


def _per_chunk(name: str, after: list[Run], before: list[Run], of: Callable[[Run], float]) -> None:
    late, early = (statistics.mean(of(run) / run.chunks for run in runs) for runs in (after, before))
    goal = f"goal x1 (to x{SAME_COST:g}): {_met(late <= early * SAME_COST)}"
    print(f"  {name:22}now  {late:8.2f}   then  {early:8.2f}   x{late / early:.2f}   {goal}")


def _percentile(runs: list[Run], percent: int) -> float:
    """Over the chunks of all runs."""
    return statistics.quantiles([lag for run in runs for lag in run.lags_ms], n=100)[percent - 1]


def _met(yes: bool) -> str:
    return "met" if yes else "MISSED"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming")
    parser.add_argument("--quick", action="store_true", help="fewer chunks, to try it out; figures are rough")
    size = QUICK if parser.parse_args().quick else Size()
    rig.end_in_order()
    began = time.monotonic()
    endpoint = LocalEndpoint("benchmarks.endpoint")
    endpoint.start()
    try:
        settings = aws_settings(endpoint.url())
        with (
            rig.serving("streamlit_app.py", settings) as ours,
            rig.serving("benchmarks/naive_app.py", settings) as plain,
            rig.chromium() as browser,
        ):
            print(f"{rig.machine(browser)}\n{HOW}")
            if size is QUICK:
                print("Quick: so short a run misses goals that are set for 2,000 chunks.")
            for app in (ours, plain):
                measure(browser, app, endpoint.url(), 20, 100)  # the first answer of a process imports
            idle_s = {app.url: idle(browser, app) for app in (ours, plain)}
            bench = Bench(ours, plain, endpoint.url(), browser, idle_s)
            before = fast(bench, size.fast)
            slow(bench, size.slow)
            long(bench, size.long, before)
            paint(bench, size.paints)
    finally:
        endpoint.close()
    print(f"\nTook {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
