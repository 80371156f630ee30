"""The ledger in an SQLite file: for one process, or several on one machine."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lib.hosting.ledgers.ledger import (
    DAY_S,
    KEPT_DAYS,
    PACE_S,
    Asked,
    Denied,
    Ended,
    LedgerError,
    Limit,
    Limits,
    Taken,
    Today,
)

BUSY_S = 5.0
"""How long to wait while another process writes."""
EVERYBODY = ""
"""The visitor of the sums of all visitors."""
# `calls` has the calls that run, and for a minute those that have ended, because of the pace.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sums (
  day INTEGER NOT NULL, visitor TEXT NOT NULL,
  spent INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (day, visitor)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS calls (
  id TEXT NOT NULL PRIMARY KEY, day INTEGER NOT NULL, visitor TEXT NOT NULL, worst INTEGER NOT NULL,
  taken REAL NOT NULL, expires REAL NOT NULL, open INTEGER NOT NULL, place INTEGER NOT NULL
) WITHOUT ROWID;
"""


class SqliteLedger:
    """`path`: a file, made with its folders if it is missing, or `:memory:`. `clock`: as time.time."""

    def __init__(self, path: str, clock: Callable[[], float] = time.time) -> None:
        self._path, self._clock = path, clock
        # One connection: threads of one process wait for this lock in turn, which is faster and fairer than
        # SQLite's own waiting.
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def reserve(self, asked: Asked, limits: Limits) -> Taken | Denied:
        with self._transaction() as (db, now):
            day = int(now // DAY_S)
            _sweep(db, now)
            if denied := _too_dear(db, day, asked, limits) or _too_fast(db, now, asked, limits):
                return denied
            width = min(asked.width, len(asked.holds))
            for limit, taken in _places(db, asked.visitor, limits):
                if taken < 1:
                    return Denied(limit)
                width = min(width, taken)
            # The calls run in turns of `width`, and each turn may take as long as one call.
            expires = now + asked.life_s * -(-len(asked.holds) // width)
            rows = [
                (hold, day, asked.visitor, worst, now, expires, number < width)
                for number, (hold, worst) in enumerate(asked.holds)
            ]
            db.executemany("INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, 1, ?)", rows)
            _add(db, day, asked.visitor, held=asked.worst)
            return Taken(width)

    def settle(self, ended: Sequence[Ended]) -> None:
        with self._transaction() as (db, now):
            _sweep(db, now)
            for each in ended:
                db.execute("UPDATE calls SET place = 0 WHERE id = ?", (each.frees,))
                _close(db, each.hold, 0 if each.released else each.cost)
                if each.released:  # a call that was not sent does not count for the pace
                    db.execute("UPDATE calls SET taken = 0 WHERE id = ?", (each.hold,))

    def today(self, visitor: str) -> Today:
        with self._transaction() as (db, now):
            _sweep(db, now)
            day = int(now // DAY_S)
            running = db.execute("SELECT count(*) FROM calls WHERE place = 1").fetchone()[0]
            return Today(now, *_sums(db, day, EVERYBODY), *_sums(db, day, visitor), running)

    def close(self) -> None:
        with self._lock:
            self._disconnect()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[tuple[sqlite3.Connection, float]]:
        """The connection, inside a transaction that excludes other writers, and the time."""
        with self._lock:
            try:
                db = self._connection or self._connect()
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db, self._clock()
                    db.execute("COMMIT")
                except BaseException:
                    db.execute("ROLLBACK")
                    raise
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                raise LedgerError(str(error)) from error

    def _connect(self) -> sqlite3.Connection:
        if self._path != ":memory:":
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
        try:
            _prepare(db)
        except sqlite3.Error:
            db.close()
            raise
        self._connection = db
        return db

    def _disconnect(self) -> None:
        if self._connection and self._path != ":memory:":  # what is in memory would be lost
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None


def _prepare(db: sqlite3.Connection) -> None:
    """Make the tables. Tries again if another process does so at the same moment, because SQLite does not
    wait for a lock when it changes the journal mode."""
    for pause_s in (0.02, 0.1, 0.5, 1.0, None):
        try:
            # FULL: a reservation also survives a crash of the machine, not only of the process.
            db.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; {_SCHEMA}")
            return
        except sqlite3.OperationalError as error:
            if pause_s is None or "locked" not in str(error):
                raise
            time.sleep(pause_s)


def _sweep(db: sqlite3.Connection, now: float) -> None:
    """Count expired holds as spent in full, free their places, and delete what is not needed any more."""
    for (hold,) in db.execute("SELECT id FROM calls WHERE open = 1 AND expires <= ?", (now,)).fetchall():
        _close(db, hold, None)
    db.execute("UPDATE calls SET place = 0 WHERE place = 1 AND expires <= ?", (now,))
    db.execute("DELETE FROM calls WHERE open = 0 AND place = 0 AND taken <= ?", (now - PACE_S,))
    db.execute("DELETE FROM sums WHERE day <= ?", (now // DAY_S - KEPT_DAYS,))


def _close(db: sqlite3.Connection, hold: str, cost: int | None) -> None:
    """Move a hold from held to spent, with its worst cost if the real one is not known."""
    row = db.execute("SELECT day, visitor, worst FROM calls WHERE id = ? AND open = 1", (hold,)).fetchone()
    if row is None:
        return
    day, visitor, worst = row
    _add(db, day, visitor, spent=worst if cost is None else cost, held=-worst)
    db.execute("UPDATE calls SET open = 0 WHERE id = ?", (hold,))


def _add(db: sqlite3.Connection, day: int, visitor: str, *, spent: int = 0, held: int = 0) -> None:
    db.executemany(
        "INSERT INTO sums VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET spent = spent + excluded.spent, held = held + excluded.held",
        [(day, name, spent, held) for name in (EVERYBODY, visitor)],
    )


def _sums(db: sqlite3.Connection, day: int, visitor: str) -> tuple[int, int]:
    """What is spent and what is held."""
    row = db.execute("SELECT spent, held FROM sums WHERE day = ? AND visitor = ?", (day, visitor)).fetchone()
    return (row[0], row[1]) if row else (0, 0)


def _too_dear(db: sqlite3.Connection, day: int, asked: Asked, limits: Limits) -> Denied | None:
    spent, held = _sums(db, day, EVERYBODY)
    if limits.cap is not None and spent + held + asked.worst > limits.cap:
        return Denied("cap", spent, held)
    spent, held = _sums(db, day, asked.visitor)
    if limits.visitor_cap is not None and spent + held + asked.worst > limits.visitor_cap:
        return Denied("visitor_cap", spent, held)
    return None


def _too_fast(db: sqlite3.Connection, now: float, asked: Asked, limits: Limits) -> Denied | None:
    if limits.per_minute is None:
        return None
    since = (asked.visitor, now - PACE_S)
    rows = db.execute("SELECT taken FROM calls WHERE visitor = ? AND taken > ? ORDER BY taken", since)
    times = [taken for (taken,) in rows]
    over = len(times) + len(asked.holds) - limits.per_minute
    if over <= 0:
        return None
    return Denied("per_minute", at=times[over - 1] + PACE_S if over <= len(times) else None)


def _places(db: sqlite3.Connection, visitor: str, limits: Limits) -> Iterator[tuple[Limit, int]]:
    """Each limit of places, with the number of free places."""
    if limits.places is not None:
        taken = db.execute("SELECT count(*) FROM calls WHERE place = 1").fetchone()[0]
        yield "places", limits.places - taken
    if limits.visitor_places is not None:
        mine = "SELECT count(*) FROM calls WHERE place = 1 AND visitor = ?"
        yield "visitor_places", limits.visitor_places - db.execute(mine, (visitor,)).fetchone()[0]
