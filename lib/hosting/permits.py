"""The permits of one reservation. Each has its hold; the places are shared by all calls of a comparison."""

from __future__ import annotations

import threading

from lib.hosting.ledgers.ledger import Asked, Ended
from lib.hosting.settlements import Settlements
from lib.mistral.catalog import Model
from lib.mistral.cost import real_cost
from lib.mistral.dialects import Usage


class Places:
    """The places of a reservation. A place becomes free when fewer calls are left than places are taken."""

    def __init__(self, asked: Asked, width: int) -> None:
        self._calls_left = len(asked.holds)
        self._taken = [hold for hold, _ in asked.holds[:width]]
        self._lock = threading.Lock()

    def one_call_less(self) -> str | None:
        """Note the end of one call. Returns the hold whose place becomes free, if one does."""
        with self._lock:
            self._calls_left -= 1
            return self._taken.pop() if self._calls_left < len(self._taken) else None


class HoldPermit:
    """The right to make the call for which `hold` was taken."""

    def __init__(
        self, hold: str, visitor: str, model: Model, places: Places, settlements: Settlements
    ) -> None:
        self._hold, self._visitor, self._model = hold, visitor, model
        self._places, self._settlements = places, settlements
        self._lock = threading.Lock()
        self._used = False

    def settle(self, usage: Usage | None) -> None:
        self._end(real_cost(self._model, usage) if usage else None)

    def release(self) -> None:
        self._end(None, released=True)

    def _end(self, cost: int | None, *, released: bool = False) -> None:
        with self._lock:
            if self._used:
                return
            self._used = True
        frees = self._places.one_call_less()
        self._settlements.add(Ended(self._hold, self._visitor, cost, released, frees))
