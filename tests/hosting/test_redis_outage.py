"""While Redis is stopped, frozen or slow, nothing is sent without a reservation."""

from __future__ import annotations

import collections
import os
import statistics
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest

from lib.bedrock.backend import Backend
from lib.bedrock.gate import Refused, Visitor
from lib.hosting.gate import HostGate
from lib.hosting.ledgers.redis_ledger import RedisLedger
from lib.hosting.settings import read
from lib.mistral.catalog import find
from lib.mistral.recipe import Message, Recipe
from tests.support.flaky_link import FlakyLink
from tests.support.redis_server import RedisServer, needs_redis, running_redis
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

MODEL = "mistral.mistral-large-2402-v1:0"
ASKED = Recipe(model_id=MODEL, messages=(Message("user", "chunks=3 rate=0"),), max_tokens=20)
OUTAGE_S = float(os.environ.get("SIROCCO_OUTAGE_S", "3"))
pytestmark = [needs_redis, pytest.mark.slow]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


def backend(endpoint: Endpoint, redis_url: str, monkeypatch: pytest.MonkeyPatch, daily: str) -> Backend:
    """A backend for AWS with a budget in this Redis; `endpoint` answers in the place of AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    settings = read({"SIROCCO_DAILY_USD": daily, "SIROCCO_VISITOR_SHARE": "1"})
    gate = HostGate(settings, RedisLedger(redis_url), "aws")
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", endpoint.url)
    return Backend("aws", "us-east-1", find(MODEL), MODEL, gate=gate)


class Visitors:
    """Threads that ask without a pause. `ended`: answers by how they ended, or the kind of their problem.
    `without_ledger`: the visitors that were ever refused because of the ledger."""

    def __init__(self, here: Backend, count: int) -> None:
        self.ended: collections.Counter[str] = collections.Counter()
        self.without_ledger: set[str] = set()
        self.longest_refusal_s = 0.0
        self._here, self._stop = here, threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(f"visitor {n}",), daemon=True) for n in range(count)
        ]

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _ask(self, name: str) -> None:
        while not self._stop.wait(0.01):
            began = time.monotonic()
            reply = self._here.stream(ASKED, Visitor(name))
            assert reply.wait_ended(30)
            problem = reply.answer.problem
            if problem:
                self.longest_refusal_s = max(self.longest_refusal_s, time.monotonic() - began)
            self.ended[problem.kind if problem else reply.answer.status] += 1
            if problem and problem.kind == "no-ledger":
                self.without_ledger.add(name)


@pytest.mark.parametrize("how", ["stopped", "frozen"])
def test_while_redis_is_away_nothing_is_sent_and_afterwards_calls_go_on(
    server: RedisServer,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    how: Literal["stopped", "frozen"],
) -> None:
    here = backend(endpoint, server.url, monkeypatch, daily="5")
    before = endpoint.state()["served"]
    with Visitors(here, 20) as visitors:
        eventually(lambda: visitors.ended["complete"] >= 50, within=30)
        (server.kill if how == "stopped" else server.freeze)()
        away_since = time.monotonic()
        # What was reserved before is still sent.
        eventually(lambda: len(visitors.without_ledger) == 20, within=20)
        settled = endpoint.state()
        eventually(lambda: time.monotonic() - away_since > OUTAGE_S, within=OUTAGE_S + 1)
        assert endpoint.state() == settled
        (server.start if how == "stopped" else server.thaw)()
        completed = visitors.ended["complete"]
        eventually(lambda: visitors.ended["complete"] >= completed + 50, within=30)
    assert set(visitors.ended) <= {"complete", "no-ledger"}
    assert visitors.longest_refusal_s < 6
    here.gate.close()
    real = 2 * 4 + 3 * 12
    calls = endpoint.state()["served"] - before
    today = RedisLedger(server.url).today("anybody")
    # Every call was reserved and settled. If its settlement was lost on the way, its highest cost counts.
    assert today.spent >= calls * real
    assert today.spent <= calls * real + 20 * 1000
    assert today.held == 0


def test_a_slow_redis_lets_calls_through_a_little_later(
    server: RedisServer, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FlakyLink(server.port, delay_s=0.1).running() as link:  # 100 ms there and 100 back
        here = backend(endpoint, f"redis://127.0.0.1:{link.port}/0", monkeypatch, daily="5")
        here.gate.reserve([ASKED], Visitor("first")).permits[0].release()  # connects
        took = []
        for _ in range(5):
            began = time.monotonic()
            permit = here.gate.reserve([ASKED], Visitor("one")).permits[0]
            took.append(time.monotonic() - began)
            permit.settle(None)
        assert 0.19 < statistics.median(took) < 0.8
        with Visitors(here, 20) as visitors:
            eventually(lambda: visitors.ended["complete"] >= 60, within=30)
        assert set(visitors.ended) == {"complete"}


def test_a_cap_holds_over_an_outage(
    server: RedisServer, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = backend(endpoint, server.url, monkeypatch, daily="0.02")
    with Visitors(here, 20) as visitors:
        eventually(lambda: visitors.ended["complete"] >= 50, within=30)
        server.kill()
        eventually(lambda: visitors.ended["no-ledger"] >= 20, within=20)
        server.start()
        eventually(lambda: visitors.ended["budget-used-up"] >= 20, within=60)
    here.gate.close()
    today = RedisLedger(server.url).today("anybody")
    assert today.spent + today.held <= 20_000
    with pytest.raises(Refused):
        here.gate.reserve([ASKED], Visitor("one more"))
