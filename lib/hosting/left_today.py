"""What is left of today's budget, for pages: looked up on other threads, with a short limit for the wait."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from typing import Literal

from lib.bedrock.gate import Gate, Left, Refused, Visitor
from lib.bedrock.problems import Problem

FRESH_S = 3.0
"""How long an answer of the ledger is used before it is asked again. An outage is remembered as long."""
PATIENCE_S = 0.5
"""The longest time that a page waits."""
_MOST = 1_000  # visitors that are remembered
_AT_ONCE = 4  # lookups

Known = Left | Problem | Literal["unknown"] | None
"""What is left; the problem if the ledger cannot be reached; "unknown" if it is slow; None without a
budget."""


@dataclass
class _Lookup:
    """`state`: that of the page that asked."""

    state: Hashable
    asked_at: float
    result: Future[Left | Problem | None]


class LeftToday:
    """Asks a gate for each visitor at most every FRESH_S seconds, and when the page's `state` has changed."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="left-today")
        self._lookups: OrderedDict[tuple[int, str], _Lookup] = OrderedDict()
        self._outages: dict[int, tuple[float, Problem]] = {}

    def ask(self, gate: Gate, visitor: Visitor, state: Hashable) -> Known:
        """What is left. Waits PATIENCE_S at most, and not at all if the last answer is fresh.

        `state`: changes with everything that can change what is left, such as the end of an answer.
        """
        name = (id(gate), visitor.key)
        with self._lock:
            last = self._lookups.get(name)
            running = last is not None and not last.result.done()
            if last is None or not (running or self._fresh(last, state)):
                result = self._pool.submit(self._look_up, gate, visitor)
                last = self._lookups[name] = _Lookup(state, self._now(), result)
            self._lookups.move_to_end(name)
            if len(self._lookups) > _MOST:
                self._lookups.popitem(last=False)
        try:
            return last.result.result(0 if running else PATIENCE_S)
        except NotYet:
            return "unknown"

    def _fresh(self, lookup: _Lookup, state: Hashable) -> bool:
        return lookup.state == state and self._now() - lookup.asked_at < FRESH_S

    def _look_up(self, gate: Gate, visitor: Visitor) -> Left | Problem | None:
        """After a lookup that failed, others get its problem for FRESH_S and do not wait for a time-out."""
        failed_at, problem = self._outages.get(id(gate), (float("-inf"), None))
        if problem and self._now() - failed_at < FRESH_S:
            return problem
        try:
            return gate.left(visitor)
        except Refused as refused:
            self._outages[id(gate)] = (self._now(), refused.problem)
            return refused.problem
