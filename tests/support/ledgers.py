"""What tests ask of a ledger, and the clock that they set."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from lib.hosting.ledgers.ledger import Asked, Ledger

NOON = 20_000 * 86_400.0 + 43_200
MIDNIGHT = 20_001 * 86_400.0
Opened = Callable[[], Ledger]
"""Opens the same ledger each time, as another process would."""


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> float:
        return self.now


def wanted(*worst: int, visitor: str = "ann", width: int = 1, life_s: float = 600) -> Asked:
    return Asked(visitor, [(uuid.uuid4().hex, each) for each in worst], width, life_s)
