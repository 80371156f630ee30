"""What a streamed answer costs, on our page and on others: `python -m benchmarks.streaming [--quick]`.

The plain way is naive_app.py: the same boto3 call into `st.write_stream`, chunk by chunk. The third column
is Gradio's ChatInterface (gradio_app.py), if the folder `--gradio` has Gradio. All get the same chunks
from the same endpoint, in turns (sides.py).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks import rig
from benchmarks.answers import SETTLED_MS, Run, idle, measure
from benchmarks.endpoint import text
from benchmarks.sides import OURS, PLAIN, Goal, rounds, show, sides
from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.environment import aws_settings

SAME_COST = 1.25
"""Costs per chunk whose ratio is below this are taken as the same."""
SATURATED = 0.8
"""A main thread that is busy for more than this part of the time does not keep up."""
AT_ONCE = 1_000_000
"""Chunks a second: all of them as fast as the endpoint sends."""
HOW = f"""\
How: bytes by CDP (frames of the websocket; data of Gradio's requests); server by its process's user and
system time; tab by CDP Performance TaskDuration in the main thread's processor time, less what the idle tab
takes; each from Enter until the page rests. Lag: from the endpoint's sending of a chunk to the first
animation frame that shows it. Each answer in a new tab, {SETTLED_MS} ms after it was ready; one visitor at
a time, processes warm, no TLS, one machine. The answers have headings, lists, code, tables and formulas."""


@dataclass(frozen=True)
class Size:
    """Rounds, and how many chunks an answer of each part has."""

    rounds: int = 5
    fast: int = 2000
    slow: int = 400
    long: int = 6000


QUICK = Size(rounds=3, fast=600, slow=150, long=1200)


@dataclass(frozen=True)
class Bench:
    """The pages, the endpoint behind them, and the browser. `idle_s`: see `answers.idle`."""

    apps: Mapping[str, rig.App]
    endpoint: str
    browser: Browser
    idle_s: Mapping[str, float]

    def run(self, name: str, chunks: int, rate: int) -> Run:
        """One answer on one of the pages."""
        return measure(self.browser, self.apps[name], self.endpoint, chunks, rate, self.idle_s[name])

    def rounds(self, times: int, chunks: int, rate: int) -> dict[str, list[Run]]:
        """Answers of all pages, in turns."""
        return rounds([*self.apps], times, lambda name: self.run(name, chunks, rate))


def fast(bench: Bench, size: Size) -> list[Run]:
    """100 chunks a second."""
    characters = len("".join(text(1, size.fast)))
    print(f"\n{size.fast:,} chunks at 100/s, {characters:,} characters of mixed Markdown")
    runs = bench.rounds(size.rounds, size.fast, 100)
    busy = statistics.median(run.task_s for run in runs[PLAIN]) / (size.fast / 100)
    full = busy > SATURATED
    print(f"  The plain page's main thread is busy for {busy:.0%} of the time{': saturated' if full else ''}")
    show(
        runs,
        ("lag p50, ms", lambda run: run.lag(50), Goal("above", 0 if full else 8)),
        ("lag p95, ms", lambda run: run.lag(95), Goal("above", 0)),
        ("longest lag, ms", lambda run: run.lag(100), Goal("most", 150)),
        ("tab, main thread s", lambda run: run.task_s, Goal("times", 1 / 1.4 if full else 1 / 2)),
        ("server, CPU s", lambda run: run.server_s, Goal("times", 1 / 1.4)),
        ("kB", lambda run: run.received / 1000, Goal("times", 1 / 20)),
        ("messages", lambda run: run.frames, None),
    )
    return runs[OURS]


def slow(bench: Bench, size: Size) -> None:
    """30 chunks a second, which an eye can follow."""
    print(f"\n{size.slow:,} chunks at 30/s")
    show(
        bench.rounds(size.rounds, size.slow, 30),
        ("lag p50, ms", lambda run: run.lag(50), Goal("above", 3)),
        ("lag p95, ms", lambda run: run.lag(95), Goal("above", 0)),
        ("longest lag, ms", lambda run: run.lag(100), Goal("most", 150)),
        ("tab, main thread s", lambda run: run.task_s, Goal("times", 1.1)),
        ("server, CPU s", lambda run: run.server_s, None),
        ("kB", lambda run: run.received / 1000, Goal("times", 1)),
        ("messages", lambda run: run.frames, None),
    )


def burst(bench: Bench, size: Size) -> None:
    """All chunks at once."""
    print(f"\n{size.fast:,} chunks as fast as they come")
    show(
        bench.rounds(size.rounds, size.fast, AT_ONCE),
        ("Enter to first text, ms", lambda run: run.first_ms, None),
        ("Enter to last text, ms", lambda run: run.last_ms, Goal("above", 0)),
        ("tab, main thread s", lambda run: run.task_s, None),
        ("kB", lambda run: run.received / 1000, None),
    )


def long(bench: Bench, size: Size, before: list[Run]) -> None:
    """6,000 chunks: each must cost what it cost at 2,000."""
    after = bench.run(OURS, size.long, 100)
    print(f"\n{size.long:,} chunks at 100/s on our page, per chunk, against {before[0].chunks:,}")
    figures: dict[str, Callable[[Run], float]] = {
        "bytes": lambda run: run.received,
        "server, CPU ms": lambda run: run.server_s * 1000,
        "tab, main thread ms": lambda run: run.task_s * 1000,
    }
    for name, of in figures.items():
        late, early = of(after) / after.chunks, statistics.median(of(run) / run.chunks for run in before)
        met = "met" if late <= early * SAME_COST else "MISSED"
        print(f"  {name:30}now {late:8.2f}   then {early:8.2f}   x{late / early:.2f}   goal x1: {met}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.streaming")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds; figures are rough")
    parser.add_argument("--gradio", type=Path, help="a folder with Gradio and its dependencies")
    options = parser.parse_args()
    size = QUICK if options.quick else Size()
    rig.end_in_order()
    began = time.monotonic()
    endpoint = LocalEndpoint("benchmarks.endpoint")
    endpoint.start()
    try:
        with sides(aws_settings(endpoint.url()), options.gradio) as apps, rig.chromium() as browser:
            print(f"{rig.machine(browser)}\n{HOW}")
            for app in apps.values():
                measure(browser, app, endpoint.url(), 20, 100)  # the first answer of a process imports
            idle_s = {name: idle(browser, app) for name, app in apps.items()}
            bench = Bench(apps, endpoint.url(), browser, idle_s)
            before = fast(bench, size)
            slow(bench, size)
            burst(bench, size)
            long(bench, size, before)
    finally:
        endpoint.close()
    print(f"\nTook {time.monotonic() - began:.0f} s.", flush=True)


if __name__ == "__main__":
    main()
