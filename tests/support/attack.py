"""Ten visitors without a browser who spend as fast as they can, and one beside them who just asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from lib.mistral.recipe import Message
from tests.support.makers import SMALL, answered, link, recipe
from tests.support.visitor import Visitor

ATTACKERS = 10
PER_MINUTE = 6
LEFT = 2
"""Answers that each attacker leaves while they arrive."""
SETTINGS = {
    "FORWARDED_ALLOW_IPS": "127.0.0.1",
    "SIROCCO_DAILY_USD": "5",
    "SIROCCO_VISITOR_PER_MINUTE": str(PER_MINUTE),
    "SIROCCO_AT_ONCE": "40",
}
"""The settings of the host, to which the caller adds SIROCCO_LEDGER."""
FIVE = {
    "compare-prompt": "chunks=5 rate=50",
    "compare-temperature-1": ["0", "0.25", "0.5", "0.75", "1"],
    "compare-repeats": "5",
}
HUGE = (
    link(answered(recipe("Hello", SMALL, system="x" * 110_000), "Hi.")),
    link(answered(recipe("p " * 900_000, SMALL), "Hi.")),
    link(answered(recipe(model_id=SMALL, messages=(Message("user", "x" * 20_001),)), "Hi.")),
)
"""Links that are short, and whose recipes are too long to be sent."""


def visitor(url: str, number: int) -> Visitor:
    """The visitor with an address of their own, as the named proxy tells it; 0 is not an attacker."""
    return Visitor(url, headers={"X-Forwarded-For": f"203.0.113.{number}"})


def large_requests(url: str, number: int) -> list[str]:
    """Ask for a comparison of 25 calls, and for the recipes of huge links; what the page said to each."""
    said = []
    with visitor(url, number) as attacker:
        attacker.open("compare")
        attacker.click("compare-run", FIVE)
        attacker.wait_for(lambda: attacker.idle)
        said.append(" ".join(attacker.drawn.values()))
        for query in HUGE:
            attacker.open("shared", f"r={query}")
            attacker.click("shared-run-0")
            attacker.wait_for(lambda: attacker.idle)
            said.append(" ".join(attacker.drawn.values()))
    return said


def small_requests(url: str, number: int) -> None:
    """Ask and leave as soon as an answer begins, and then ask without a pause, more often than allowed."""
    with visitor(url, number) as attacker:
        for _ in range(LEFT):
            attacker.ask("chunks=400 rate=50")
            attacker.wait_for(lambda: bool(attacker.words()))
            attacker.leave()
            attacker.connect()
        for _ in range(PER_MINUTE + 4):
            attacker.ask("chunks=20 rate=100")
            attacker.wait_for(lambda: attacker.idle)


@contextmanager
def under_attack(url: str) -> Iterator[list[threading.Event]]:
    """While the block runs, all attackers ask for small things; each event is set when one has had enough."""
    enough = [threading.Event() for _ in range(ATTACKERS)]

    def assail(number: int) -> None:
        try:
            small_requests(url, number)
        finally:
            enough[number - 1].set()

    with ThreadPoolExecutor(ATTACKERS) as pool:
        running = [pool.submit(assail, number) for number in range(1, ATTACKERS + 1)]
        yield enough
        for each in running:
            each.result()


def first_token_s(url: str, chunks: int = 10) -> float:
    """The other visitor asks in a new tab and reads the whole answer: seconds until its first word."""
    with visitor(url, 0) as reader:
        began = time.monotonic()
        reader.ask(f"chunks={chunks} rate=50")
        reader.wait_for(lambda: bool(reader.words()))
        took = time.monotonic() - began
        reader.wait_for(lambda: reader.idle and len(reader.words()) == chunks)
        return took
