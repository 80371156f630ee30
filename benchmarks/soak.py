"""Visitors at random for a long time: `python -m benchmarks.soak [--seconds 1800] [--sessions 2000]`.

At the end threads, ledger and the endpoint's log must agree; it exits with 1 if they do not.
"""

from __future__ import annotations

import argparse
import collections
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from lib.hosting.ledgers import open_ledger
from tests.support.makers import answered, link, recipe
from tests.support.replica import Replica, replica
from tests.support.scripted_endpoint import Endpoint, scripted
from tests.support.visitor import Visitor

VISITORS = 20
SAMPLE_S = 60
QUIET_S = 90
"""The longest wait until the last answers and tabs are gone; the answer of a closed tab ends within 10 s."""
DOLLARS = "1000"
HOW = f"""\
How: {VISITORS} visitors without a browser speak Streamlit's websocket on the computer of the app and of the
scripted endpoint. Each act is drawn at random: ask, stop, leave in mid-answer, compare, open a link."""


@dataclass
class Life:
    """The acts of one visitor, until `over`."""

    app: Replica
    seed: int
    over: Callable[[], bool]
    acts: collections.Counter[str] = field(default_factory=collections.Counter)
    errors: list[str] = field(default_factory=list)

    def live(self) -> None:
        rng = random.Random(self.seed)
        while not self.over():
            act = rng.choices(
                [self._ask, self._stop, self._leave, self._compare, self._share], [5, 2, 2, 1, 1]
            )[0]
            try:
                with Visitor(self.app.url) as guest:
                    act(guest, rng)
                self.acts[act.__name__.strip("_")] += 1
            except (WebSocketException, OSError, AssertionError, StopIteration) as error:
                self.errors.append(f"{act.__name__}: {error!r}"[:300])

    def _ask(self, guest: Visitor, rng: random.Random) -> None:
        for _ in range(rng.randint(1, 3)):
            guest.ask(f"chunks={rng.randint(1, 200)} rate=50")
            guest.wait_for(lambda: guest.idle)

    def _stop(self, guest: Visitor, _: random.Random) -> None:
        guest.ask("chunks=2000 rate=50")
        guest.wait_for(lambda: len(guest.words()) > 5)
        guest.click("stop-answer")
        guest.wait_for(lambda: guest.idle)

    def _leave(self, guest: Visitor, rng: random.Random) -> None:
        guest.ask("chunks=2000 rate=50")
        guest.wait_for(lambda: len(guest.words()) > rng.randint(1, 20))

    def _compare(self, guest: Visitor, rng: random.Random) -> None:
        guest.open("compare")
        guest.click("compare-run", {"compare-prompt": f"chunks={rng.randint(1, 100)} rate=50"})
        guest.wait_for(lambda: guest.idle)

    def _share(self, guest: Visitor, rng: random.Random) -> None:
        guest.open("shared", f"r={link(answered(recipe(), f'Words {rng.random()}.'))}")


def state(app: Replica) -> dict[str, int]:
    """Threads, open descriptors and resident memory of the process; here MB is 2^20 bytes."""
    folder = Path(f"/proc/{app.process.pid}")
    lines = (line.split() for line in (folder / "status").read_text().splitlines())
    told = {words[0].rstrip(":"): words[1] for words in lines if len(words) > 1}
    descriptors = len(list((folder / "fd").iterdir()))
    return {"threads": int(told["Threads"]), "descriptors": descriptors, "MB": int(told["VmRSS"]) // 1024}


def watch(app: Replica, over: Callable[[], bool]) -> None:
    """Print the state of the process from time to time."""
    began = time.monotonic()
    while not over():
        print(f"  {time.monotonic() - began:6.0f} s  {state(app)}", flush=True)
        until = time.monotonic() + SAMPLE_S
        while time.monotonic() < until and not over():
            time.sleep(0.5)


def soak(app: Replica, seconds: float) -> list[str]:
    """Let the visitors act for so many seconds, and return what went wrong."""
    end = time.monotonic() + seconds
    lives = [Life(app, seed, lambda: time.monotonic() > end) for seed in range(VISITORS)]
    threads = [threading.Thread(target=life.live) for life in lives]
    for thread in threads:
        thread.start()
    watch(app, lambda: time.monotonic() > end)
    for thread in threads:
        thread.join()
    acts = sum((life.acts for life in lives), collections.Counter())
    errors = [error for life in lives for error in life.errors]
    print(f"  acts: {dict(acts)}; {len(errors)} failed", flush=True)
    return errors


def sessions(app: Replica, count: int) -> None:
    """Open and close so many sessions, one after the other."""
    for number in range(1, count + 1):
        with Visitor(app.url):
            pass
        if number % max(1, count // 8) == 0:
            print(f"  {number:6} sessions  {state(app)}", flush=True)


def settled(app: Replica, endpoint: Endpoint) -> bool:
    """Wait until nothing runs any more; False if that takes longer than QUIET_S."""
    until = time.monotonic() + QUIET_S
    while time.monotonic() < until:
        figures = app.figures()
        if not (figures["sirocco_streams"] or figures["sirocco_sessions"] or endpoint.state()["active"]):
            return True
        time.sleep(0.5)
    return False


def disagreements(app: Replica, endpoint: Endpoint, folder: Path, quiet: dict[str, int]) -> list[str]:
    """What does not agree at the end. `quiet`: the state before the visitors came."""
    wrong = [] if settled(app, endpoint) else ["Answers or tabs did not end."]
    figures, now = app.figures(), state(app)
    events = collections.Counter(event["event"] for event in endpoint.log())
    calls = {
        status: int(sum(value for name, value in figures.items() if "calls_total" in name and status in name))
        for status in ("complete", "stopped", "broken", "failed")
    }
    paid = sum(value for name, value in figures.items() if "microdollars_total" in name)
    ledger = open_ledger(f"sqlite:{folder / 'ledger.db'}", folder)
    today = ledger.today("nobody")
    ledger.close()
    print(f"  endpoint: {dict(events)}; app: {calls}, whole answers cost {paid:.0f}; ledger: {today}; {now}")
    if today.held or today.running:
        wrong.append(f"The ledger holds {today.held} for {today.running} calls.")
    if today.spent < paid:
        wrong.append("The ledger knows of less than the whole answers cost.")
    if sum(calls.values()) != events["open"]:
        wrong.append("The endpoint has seen another number of calls than the app.")
    if calls["complete"] > events["end"]:
        wrong.append("More answers are complete than the endpoint has ended.")
    if now["threads"] > quiet["threads"] + 2 * VISITORS:
        wrong.append(f"{now['threads']} threads, {quiet['threads']} before.")
    return wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--sessions", type=int, default=0, help="open and close so many sessions first")
    asked = parser.parse_args()
    print(HOW)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {
            "SIROCCO_DAILY_USD": DOLLARS,
            "SIROCCO_VISITOR_SHARE": "1",
            "SIROCCO_LEDGER": f"sqlite:{folder / 'ledger.db'}",
            "SIROCCO_METRICS_TOKEN": "test",
            "SIROCCO_LOG": "off",
        }
        with scripted(folder / "log.jsonl") as endpoint, replica(folder / "app", endpoint, **settings) as app:
            with Visitor(app.url):
                pass
            quiet = state(app)
            if asked.sessions:
                sessions(app, asked.sessions)
            wrong = soak(app, asked.seconds) + disagreements(app, endpoint, folder, quiet)
    for what in wrong:
        print(f"  {what}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
