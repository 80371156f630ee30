"""How many answers can stream at the same time: `python -m benchmarks.capacity [STREAMS ...]`.

It exits with 1 if an answer was cut, or if the text of 64 streams arrives later than the goal.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.rig import cpu_s
from tests.support.replica import Replica, replica
from tests.support.scripted_endpoint import scripted
from tests.support.visitor import Visitor

STREAMS = (32, 64, 96)
GOAL_STREAMS, GOAL_MS = 64, 200.0
RATE, SECONDS, SPREAD_S = 50, 30, 10
"""Chunks a second and seconds of each answer; the seconds over which the answers begin."""
_TAIL = 500
"""Characters at the end of a text that are searched first: to search all of a long one takes long."""
HOW = f"""\
How: visitors without a browser, the app and the scripted endpoint share the cores. Each answer has
{RATE} chunks a second for {SECONDS} s; the answers begin over {SPREAD_S} s. Lag: from the endpoint that sends
a chunk to the visitor who gets it, over all chunks that were sent while all answers ran."""


class Clock(Visitor):
    """A visitor who notes of each chunk when it was sent and how long it took, in ms."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._query = f"max_tokens={RATE * SECONDS}"
        self.lags: dict[int, float] = {}

    def _take(self, message: ForwardMsg) -> None:
        super()._take(message)
        if message.WhichOneof("type") == "delta" and message.metadata.delta_path:
            now = time.time() * 1000
            text = self.drawn.get(tuple(message.metadata.delta_path), "")
            stamps = re.findall(r"\b\d{13}\b", text[-_TAIL:])
            if stamps and int(stamps[0]) not in self.lags:
                stamps = re.findall(r"\b\d{13}\b", text)
            for stamp in reversed(stamps):
                if int(stamp) in self.lags:
                    break
                self.lags[int(stamp)] = now - int(stamp)


@dataclass
class Crowd:
    """So many visitors who ask once each. `errors`: what went wrong for one of them."""

    app: Replica
    clocks: list[Clock]
    errors: list[str] = field(default_factory=list)

    def ask(self) -> None:
        """Let all of them ask; return after the last answer."""
        threads = [
            threading.Thread(target=self._one, args=(clock, number * SPREAD_S / len(self.clocks)))
            for number, clock in enumerate(self.clocks)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _one(self, clock: Clock, pause_s: float) -> None:
        time.sleep(pause_s)
        try:
            clock.ask(f"chunks={RATE * SECONDS} rate={RATE} text=times")
            clock.wait_for(lambda: clock.idle, 4 * SECONDS)
        except Exception as error:
            self.errors.append(repr(error)[:200])

    def lags(self) -> list[float]:
        """The lags of the chunks that were sent while all answers ran, in ms."""
        begin = max(min(clock.lags) for clock in self.clocks)
        end = min(max(clock.lags) for clock in self.clocks)
        return [lag for clock in self.clocks for sent, lag in clock.lags.items() if begin <= sent <= end]


def measure(count: int) -> bool:
    """One run with so many answers at the same time. True if all were whole and the goal, if any, is met."""
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {"SIROCCO_DAILY_USD": "none", "SIROCCO_LOG": "off"}
        with scripted(folder / "log.jsonl") as endpoint, replica(folder / "app", endpoint, **settings) as app:
            crowd = Crowd(app, [Clock(app.url) for _ in range(count)])
            for clock in crowd.clocks:
                clock.connect()
            before, own, began = cpu_s(app.process.pid), time.process_time(), time.monotonic()
            crowd.ask()
            took = time.monotonic() - began
            used, visitors = (cpu_s(app.process.pid) - before) / took, (time.process_time() - own) / took
            whole = sum(event["event"] == "end" for event in endpoint.log())
            for clock in crowd.clocks:
                clock.leave()
    cuts = statistics.quantiles(crowd.lags(), n=100)
    print(
        f"  {count:4} streams: lag p50 {cuts[49]:.0f}, p95 {cuts[94]:.0f}, p99 {cuts[98]:.0f} ms; "
        f"{whole} whole; cores: app {used:.2f}, visitors {visitors:.2f}; load before {load:.1f}",
        *crowd.errors[:3],
        flush=True,
    )
    return whole == count and (count != GOAL_STREAMS or cuts[94] <= GOAL_MS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("streams", type=int, nargs="*", default=STREAMS)
    print(HOW)
    found = [measure(count) for count in parser.parse_args().streams]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
