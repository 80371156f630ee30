"""Two replicas with one Redis as their ledger spend one budget, which a restart does not reset."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.hosting.ledgers import open_ledger
from tests.deployed.cluster import Bedrock, Cluster, cluster
from tests.support.redis_server import RedisServer, running_redis

CAP = 60_000
"""Micro-dollars: the highest cost of ten answers of the dearest model, and some real costs."""
MOST_ROUNDS = 200


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[RedisServer]:
    """A Redis in which nothing was spent."""
    folder = tmp_path / "redis"
    folder.mkdir()
    with running_redis(folder) as server:
        yield server


def served(deployed: Cluster) -> dict[int, int]:
    """The whole answers that each replica has given."""
    counted = {port: one.figures().items() for port, one in deployed.replicas.items()}
    return {
        port: int(sum(value for name, value in figures if "calls_total" in name and '"complete"' in name))
        for port, figures in counted.items()
    }


def ask_until_refused(deployed: Cluster) -> str:
    """The first refusal of new visitors, each on the replica that the proxy chooses."""
    for _ in range(MOST_ROUNDS):
        with deployed.visitor() as tab:
            tab.ask("chunks=400 rate=0")
            tab.wait_for(lambda: tab.idle)
            if said := "\n".join(text for text in tab.drawn.values() if "used up" in text or "UTC" in text):
                return said
    raise AssertionError("nothing was refused")


@pytest.mark.timeout(120)
def test_two_replicas_spend_one_budget_and_remember_it(
    own_redis: RedisServer, bedrock: Bedrock, tmp_path: Path
) -> None:
    settings = {
        "SIROCCO_LEDGER": own_redis.url,
        "SIROCCO_DAILY_USD": str(CAP / 1e6),
        "SIROCCO_VISITOR_SHARE": "1",
    }
    before = len(bedrock.ends())
    with cluster("caddy", tmp_path / "caddy", bedrock, **settings) as deployed:
        assert "00:00 UTC" in ask_until_refused(deployed)
        calls = served(deployed)
        assert min(calls.values()) > 0, calls  # both have spent of it
        ledger = open_ledger(own_redis.url, tmp_path)
        today = ledger.today("nobody")
        assert 0 < today.spent <= CAP
        assert today.held == 0
        assert len(bedrock.ends()) - before == sum(calls.values())
        for port in deployed.ports:
            deployed.kill(port)
            deployed.start(port)
        assert "00:00 UTC" in ask_until_refused(deployed)
        assert ledger.today("nobody").spent == today.spent
        ledger.close()
