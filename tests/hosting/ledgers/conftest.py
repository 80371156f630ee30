"""Each test of a ledger runs on SQLite and on Redis."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.hosting.ledgers.ledger import Ledger
from lib.hosting.ledgers.redis_ledger import RedisLedger
from lib.hosting.ledgers.sqlite_ledger import SqliteLedger
from tests.support.ledgers import Clock, Opened
from tests.support.redis_server import RedisServer, needs_redis, running_redis

KINDS = [pytest.param("sqlite"), pytest.param("redis", marks=needs_redis)]


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=KINDS)
def opened(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Opened]:
    """Opens the same empty ledger each time, as another process would."""
    made: list[Ledger] = []
    if request.param == "redis":
        server: RedisServer = request.getfixturevalue("redis_server")
        import redis

        redis.Redis.from_url(server.url).flushall()

    def open_one() -> Ledger:
        if request.param == "redis":
            made.append(RedisLedger(server.url, clock))
        else:
            made.append(SqliteLedger(str(tmp_path / "folder" / "ledger.db"), clock))
        return made[-1]

    yield open_one
    for ledger in made:
        ledger.close()


@pytest.fixture
def ledger(opened: Opened) -> Ledger:
    return opened()
