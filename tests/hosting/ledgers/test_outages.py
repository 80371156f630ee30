"""Ledgers that cannot be reached, are slow, or have lost their newest data."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.hosting.ledgers import open_ledger, redis_ledger
from lib.hosting.ledgers.ledger import Denied, Ended, LedgerError, Limits, Taken
from lib.hosting.ledgers.redis_ledger import RedisLedger
from lib.hosting.ledgers.sqlite_ledger import SqliteLedger
from tests.support.ledgers import wanted
from tests.support.redis_server import RedisServer, needs_redis, running_redis

CAP = Limits(cap=1000)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with running_redis(tmp_path) as server:
        yield server


@needs_redis
def test_a_redis_that_stops_raises_and_works_again_after_its_restart(server: RedisServer) -> None:
    ledger = RedisLedger(server.url)
    first = wanted(300)
    ledger.reserve(first, CAP)
    server.kill()
    with pytest.raises(LedgerError):
        ledger.reserve(wanted(1), CAP)
    with pytest.raises(LedgerError):
        ledger.today("ann")
    server.start()
    assert ledger.reserve(wanted(701), CAP) == Denied("cap", 0, 300)
    ledger.settle([Ended(first.holds[0][0], "ann", 10)])
    assert ledger.today("ann").spent == 10


@needs_redis
def test_a_connection_from_before_a_restart_raises_nothing(server: RedisServer) -> None:
    ledger = RedisLedger(server.url)
    ledger.reserve(wanted(300), CAP)
    server.kill()
    server.start()
    assert ledger.reserve(wanted(1), CAP) == Taken(1)


@needs_redis
def test_a_redis_that_lost_its_data_takes_over_what_the_app_has_seen_spent(server: RedisServer) -> None:
    ledger = RedisLedger(server.url)
    first = wanted(600)
    ledger.reserve(first, CAP)
    ledger.settle([Ended(first.holds[0][0], "ann", 550)])
    running = wanted(100)
    ledger.reserve(running, CAP)
    server.kill()
    server.forget()
    server.start()
    assert ledger.reserve(wanted(351), CAP) == Denied("cap", 650, 0)
    ledger.settle([Ended(running.holds[0][0], "ann", 0)])  # whose hold is lost: it stays spent
    assert ledger.reserve(wanted(350), CAP) == Taken(1)
    assert RedisLedger(server.url).today("ann").spent == 650


@needs_redis
def test_a_redis_that_does_not_answer_raises_after_the_time_limit(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_ledger, "TIMEOUT_S", 0.2)
    ledger = RedisLedger(server.url)
    ledger.reserve(wanted(300), CAP)
    server.freeze()
    try:
        with pytest.raises(LedgerError):
            ledger.reserve(wanted(1), CAP)
    finally:
        server.thaw()
    assert ledger.reserve(wanted(1), CAP) == Taken(1)


@needs_redis
def test_a_hold_whose_answer_was_lost_can_be_released_before_or_after_it_is_taken(
    server: RedisServer,
) -> None:
    """A Redis that was frozen carries out what it was sent meanwhile, in an unknown order."""
    ledger = RedisLedger(server.url)
    before, after = wanted(300), wanted(400)
    give_back = [Ended(asked.holds[0][0], "ann", released=True) for asked in (before, after)]
    ledger.settle(give_back[:1])
    with pytest.raises(LedgerError):
        ledger.reserve(before, CAP)
    ledger.reserve(after, CAP)
    ledger.settle(give_back[1:])
    today = ledger.today("ann")
    assert (today.spent, today.held) == (0, 0)


@needs_redis
def test_the_same_request_sent_twice_takes_its_holds_once(server: RedisServer) -> None:
    ledger = RedisLedger(server.url)
    asked = wanted(300, 200, width=2)
    assert ledger.reserve(asked, CAP) == ledger.reserve(asked, CAP) == Taken(2)
    assert ledger.today("ann").held == 500


def test_an_sqlite_file_that_cannot_be_written_raises_and_works_once_it_can(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("not a folder")
    ledger = open_ledger("sqlite:folder/ledger.db", tmp_path)
    with pytest.raises(LedgerError):
        ledger.reserve(wanted(1), CAP)
    (tmp_path / "folder").unlink()
    assert ledger.reserve(wanted(1), CAP) == Taken(1)
    assert (tmp_path / "folder" / "ledger.db").exists()


def test_an_sqlite_file_that_is_locked_for_too_long_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.hosting.ledgers.sqlite_ledger.BUSY_S", 0.1)
    holder, ledger = SqliteLedger(str(tmp_path / "l.db")), SqliteLedger(str(tmp_path / "l.db"))
    ledger.reserve(wanted(1), CAP)
    with holder._transaction(), pytest.raises(LedgerError):
        ledger.reserve(wanted(1), CAP)
    assert ledger.reserve(wanted(1), CAP) == Taken(1)


def test_ledgers_that_are_opened_at_the_same_moment_do_not_disturb_each_other(tmp_path: Path) -> None:
    ledgers = [SqliteLedger(str(tmp_path / "l.db")) for _ in range(8)]
    together = threading.Barrier(len(ledgers))
    taken = []

    def ask(ledger: SqliteLedger) -> None:
        together.wait()
        taken.append(ledger.reserve(wanted(1), CAP))

    threads = [threading.Thread(target=ask, args=(ledger,)) for ledger in ledgers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken == [Taken(1)] * len(ledgers)


def test_a_ledger_in_memory_keeps_its_sums_after_an_error(tmp_path: Path) -> None:
    ledger = open_ledger("sqlite::memory:", tmp_path)
    asked = wanted(300)
    ledger.reserve(asked, CAP)
    with pytest.raises(LedgerError):  # an id that is taken
        ledger.reserve(asked, CAP)
    assert ledger.today("ann").held == 300
