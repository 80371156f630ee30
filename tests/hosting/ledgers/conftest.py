"""Each test of a ledger runs on SQLite and on Redis."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib.hosting.ledgers.ledger import Asked, Ledger
from lib.hosting.ledgers.redis_ledger import RedisLedger
from lib.hosting.ledgers.sqlite_ledger import SqliteLedger
from tests.support.redis_server import RedisServer, needs_redis, running_redis

KINDS = [pytest.param("sqlite"), pytest.param("redis", marks=needs_redis)]
NOON = 20_000 * 86_400.0 + 43_200
MIDNIGHT = 20_001 * 86_400.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


Opened = Callable[[], Ledger]


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


def wanted(*worst: int, visitor: str = "ann", width: int = 1, life_s: float = 600) -> Asked:
    return Asked(visitor, [(uuid.uuid4().hex, each) for each in worst], width, life_s)
