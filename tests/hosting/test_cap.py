"""The cap holds: two processes of 100 threads each, which complete, stop, break off, hang, crash and expire.

What a call really cost is what the endpoint saw: a whole answer its tokens, anything else as much as it can
cost, because a stopped stream may be billed whole. More rounds: SIROCCO_CAP_ROUNDS=50.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.hosting.ledgers import open_ledger
from lib.hosting.ledgers.ledger import Ledger
from lib.mistral.catalog import find
from tests.hosting.spending import MODEL, highest
from tests.support.app_process import ROOT
from tests.support.environment import without_aws
from tests.support.redis_server import needs_redis, running_redis
from tests.support.scripted_endpoint import Endpoint, scripted

CAP = 200_000  # micro-dollars
ROUNDS = int(os.environ.get("SIROCCO_CAP_ROUNDS", "5"))
SECONDS = 60
LEDGERS = [pytest.param("sqlite"), pytest.param("redis", marks=needs_redis)]


class Spender:
    """A process of `tests.hosting.spending`."""

    def __init__(self, env: dict[str, str], seed: int, *options: str) -> None:
        command = [sys.executable, "-m", "tests.hosting.spending", "--seed", str(seed), *options]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def go(self) -> None:
        """Returns when it is ready and has begun."""
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stdout.readline() == "ready\n"
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def counts(self) -> dict[str, int]:
        """What happened, once it has ended."""
        out, _ = self.process.communicate(timeout=SECONDS)
        counts: dict[str, int] = json.loads(out)
        return counts


@contextlib.contextmanager
def spenders(env: dict[str, str], *seeds: int, options: tuple[str, ...] = ()) -> Iterator[list[Spender]]:
    made = [Spender(env, seed, *options) for seed in seeds]
    try:
        for each in made:
            each.go()
        yield made
    finally:
        for each in made:
            each.kill()


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    log = tmp_path_factory.mktemp("cap") / "events.jsonl"
    with scripted(log) as running:
        yield running


@pytest.fixture(scope="module", params=LEDGERS)
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("ledger")
    if request.param == "sqlite":
        yield f"sqlite:{folder}/ledger"
        return
    with running_redis(folder) as server:
        yield server.url


@pytest.fixture
def env(tmp_path: Path, endpoint: Endpoint, address: str) -> dict[str, str]:
    """A host on AWS with a budget, and a ledger that nobody has used."""
    fresh = f"{address}-{uuid.uuid4().hex}" if address.startswith("sqlite") else address
    if fresh == address:
        import redis

        redis.Redis.from_url(address).flushall()
    return {
        **without_aws(tmp_path),
        "PYTHONPATH": str(ROOT),
        "SIROCCO_BACKEND": "aws",
        "SIROCCO_DAILY_USD": str(CAP / 1_000_000),
        "SIROCCO_VISITOR_SHARE": "1",
        "SIROCCO_LEDGER": fresh,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_BEDROCK": "http://127.0.0.1:9",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint.url,
    }


def ledger_of(env: dict[str, str]) -> Ledger:
    return open_ledger(env["SIROCCO_LEDGER"], Path("/"))


def events(endpoint: Endpoint, seen: int) -> list[dict[str, object]]:
    """The endpoint's log after its first `seen` lines."""
    lines = endpoint.log_file.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines[seen:]]


def real_cost(log: list[dict[str, object]]) -> int:
    """Micro-dollars for all calls that reached the endpoint."""
    price = find(MODEL).price
    assert price
    whole = {line["id"]: int(str(line["sent"])) for line in log if line["event"] == "end"}
    opened = {line["id"] for line in log if line["event"] == "open"}
    return sum(price.cost(2, whole[call]) if call in whole else highest() for call in opened)


def wait_for_calls(endpoint: Endpoint, seen: int, count: int) -> None:
    deadline = time.monotonic() + SECONDS
    while sum(line["event"] == "open" for line in events(endpoint, seen)) < count:
        assert time.monotonic() < deadline, "the spenders did not spend"
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("round_", range(ROUNDS))
def test_no_mixture_of_endings_and_a_crash_spends_more_than_the_cap(
    env: dict[str, str], endpoint: Endpoint, round_: int
) -> None:
    seen = len(events(endpoint, 0))
    with spenders(env, round_ * 10 + 1, round_ * 10 + 2) as (stays, crashes):
        wait_for_calls(endpoint, seen, 60)
        crashes.kill()
        with spenders(env, round_ * 10 + 3) as (restarted,):
            counts = [stays.counts(), restarted.counts()]
    log = events(endpoint, seen)
    today = ledger_of(env).today("anybody")
    assert real_cost(log) <= CAP
    assert today.spent + today.held <= CAP
    assert today.spent > CAP / 2
    acts = {name.split()[0] for each in counts for name in each}
    assert acts == {"complete", "stop", "leave", "break", "hang", "expire"}


@pytest.mark.slow
def test_more_than_half_of_a_cap_is_really_spent_where_answers_complete(
    env: dict[str, str], endpoint: Endpoint
) -> None:
    """Costs of whole answers only: what stands against the cap at the end is no more than the last holds."""
    seen = len(events(endpoint, 0))
    few = env | {"SIROCCO_DAILY_USD": "0.02"}
    with spenders(few, 1, 2, options=("--acts", "complete")) as processes:
        for each in processes:
            each.counts()
    today = ledger_of(env).today("anybody")
    log = events(endpoint, seen)
    assert 10_000 < real_cost(log) <= 20_000
    assert today.spent + today.held <= 20_000
