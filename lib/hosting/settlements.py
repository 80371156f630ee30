"""Writes calls that have ended into the ledger, on another thread, and again later if the ledger fails."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque

from lib.hosting.ledgers.ledger import Ended, Ledger, LedgerError

AGAIN_S = 1.0
"""Seconds to wait before a ledger that could not be reached is tried again."""
_AT_ONCE = 500
_MOST = 10_000
"""What waits beyond this number is dropped, the oldest first: such a hold expires and counts in full."""


class Settlements:
    """`add` never waits and never raises. What was added first is written first."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: deque[Ended] = deque(maxlen=_MOST)
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._added = self._written = 0
        self._failed_at = float("-inf")
        self._writer: threading.Thread | None = None

    def add(self, ended: Ended) -> None:
        """Note it; it is written as soon as possible."""
        with self._changed:
            self._waiting.append(ended)
            self._added += 1
            if self._writer is None:
                self._writer = threading.Thread(target=self._write, name="settlements", daemon=True)
                self._writer.start()
            self._changed.notify_all()

    def flush(self) -> None:
        """Write all that has been added by now. Raises LedgerError.

        If several threads wait here, one of them writes for all, and its failure is that of all.
        """
        began = time.monotonic()
        with self._changed:
            wanted = self._added
        with self._writing:
            if self._failed_at > began:
                raise LedgerError("The ledger could not be reached a moment ago.")
            while self._written < wanted:
                self._write_some()

    def _write_some(self) -> None:
        with self._changed:
            count = min(len(self._waiting), _AT_ONCE)
            batch = [self._waiting.popleft() for _ in range(count)]
        try:
            self._ledger.settle(batch)
        except LedgerError:
            self._failed_at = time.monotonic()
            with self._changed:
                self._waiting.extendleft(reversed(batch))
            raise
        with self._changed:
            self._written = self._added - len(self._waiting)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
            try:
                self.flush()
            except LedgerError:
                time.sleep(AGAIN_S)

    def close(self) -> None:
        """Write what waits, if the ledger can be reached."""
        with contextlib.suppress(LedgerError):
            self.flush()
