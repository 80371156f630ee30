"""The ledger: what calls have cost today, what is reserved for calls that still run, who called when.

`open_ledger` gives the one that the address names: SQLite for one machine, Redis for several replicas.
"""

from __future__ import annotations

from pathlib import Path

from lib.hosting.ledgers.ledger import Ledger


def open_ledger(address: str, root: Path) -> Ledger:
    """`address`: `sqlite:PATH`, absolute or from the folder `root`, or a `redis://` address.

    Nothing is connected yet, so a ledger that cannot be reached is noticed by its first use.
    """
    if address.startswith("sqlite:"):
        from lib.hosting.ledgers.sqlite_ledger import SqliteLedger

        path = address.removeprefix("sqlite:")
        return SqliteLedger(path if path == ":memory:" else str(root / path))
    from lib.hosting.ledgers.redis_ledger import RedisLedger  # only who uses it pays for its import

    return RedisLedger(address)
