"""What a reservation costs: `python -m benchmarks.ledger [--quick]`, on SQLite and on Redis."""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from lib.hosting.ledgers import open_ledger
from lib.hosting.ledgers.ledger import Asked, Ended, Ledger, Limits
from tests.support.redis_server import MISSING, PROGRAM, running_redis

LIMITS = Limits(cap=10**12, visitor_cap=10**12, per_minute=10**9, places=10**6, visitor_places=10**6)
HOW = """\
How: each caller is a thread that reserves one call and settles it, again and again, with all limits set.
Redis runs on the same machine; it has every write on the disk before it answers (appendfsync always), and
so has SQLite (synchronous FULL). Times are of one reserve() and one settle()."""


def one_caller(ledger: Ledger, visitor: str, rounds: int) -> list[float]:
    """Milliseconds of each reserve() with its settle()."""
    took = []
    for _ in range(rounds):
        hold = uuid.uuid4().hex
        began = time.perf_counter()
        ledger.reserve(Asked(visitor, [(hold, 1000)], 1, 60), LIMITS)
        ledger.settle([Ended(hold, visitor, 500, frees=hold)])
        took.append((time.perf_counter() - began) * 1000)
    return took


def many_callers(ledger: Ledger, callers: int, rounds: int) -> list[float]:
    """The same of all callers, who begin together."""
    took: list[float] = []
    together = threading.Barrier(callers)

    def call(number: int) -> None:
        together.wait()
        took.extend(one_caller(ledger, f"visitor {number}", rounds))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took


def measure(name: str, ledger: Ledger, rounds: int) -> None:
    one_caller(ledger, "first", 5)  # connects
    for callers in (1, 100):
        took = many_callers(ledger, callers, max(2, rounds // callers))
        p95 = statistics.quantiles(took, n=20)[-1]
        told = f"median {statistics.median(took):7.2f} ms   p95 {p95:7.2f} ms   of {len(took)}"
        print(f"  {f'{name}, {callers} callers' if callers > 1 else f'{name}, 1 caller':24}{told}")


@contextlib.contextmanager
def addresses(folder: Path) -> Iterator[dict[str, str]]:
    """The ledgers that can be measured here."""
    sqlite = {"SQLite": f"sqlite:{folder}/ledger.db"}
    if PROGRAM is None:
        print(f"  {MISSING}")
        yield sqlite
        return
    (folder / "redis").mkdir()
    with running_redis(folder / "redis") as server:
        yield sqlite | {"Redis": server.url}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, to try it out; figures are rough")
    rounds = 200 if parser.parse_args().quick else 2000
    print(f"reserve() and settle(), load {os.getloadavg()[0]:.1f} at the start\n{HOW}\n")
    with tempfile.TemporaryDirectory() as folder, addresses(Path(folder)) as found:
        for name, address in found.items():
            ledger = open_ledger(address, Path(folder))
            measure(name, ledger, rounds)
            ledger.close()


if __name__ == "__main__":
    main()
