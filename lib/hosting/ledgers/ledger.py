"""What every ledger does: reserve the highest cost of calls before they are sent, settle the real cost after.

All amounts are whole micro-dollars (millionths of a US dollar), all times are seconds since 1970. A day is a
day in UTC, as a number: the days since 1970-01-01. A reservation is called a hold; it belongs to the day on
which it was taken, also if the call ends on the next one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

DAY_S = 86_400
PACE_S = 60
"""The pace is the number of calls of the last PACE_S seconds."""
KEPT_DAYS = 3
"""How long the sums of a day are kept."""


Limit = Literal["cap", "visitor_cap", "per_minute", "places", "visitor_places"]
"""The names of the fields of Limits."""


class LedgerError(Exception):
    """The ledger cannot be reached, or does not work. What is left is unknown, so nothing may be spent."""


@dataclass(frozen=True)
class Limits:
    """None means: no limit. `cap` and `visitor_cap` are micro-dollars a day, for all and for one visitor.

    `per_minute` is for one visitor. `places` are calls at the same time, for all and for one visitor.
    """

    cap: int | None = None
    visitor_cap: int | None = None
    per_minute: int | None = None
    places: int | None = None
    visitor_places: int | None = None


@dataclass(frozen=True)
class Asked:
    """Holds that are wanted together, all or none. `holds`: their ids, with the highest cost of each call.

    `width`: how many of the calls are wanted at the same time. `life_s`: how long one call can take.
    """

    visitor: str
    holds: Sequence[tuple[str, int]]
    width: int
    life_s: float

    @property
    def worst(self) -> int:
        """The highest cost of all the calls together."""
        return sum(worst for _, worst in self.holds)


@dataclass(frozen=True)
class Taken:
    """The holds were taken. `width`: how many of the calls may run at the same time, at least one."""

    width: int


@dataclass(frozen=True)
class Denied:
    """No hold was taken, because of this limit.

    `spent` and `held` are the sums of the day that stand against `cap` or `visitor_cap`. `at`: when the calls
    fit into the pace, if they ever do.
    """

    limit: Limit
    spent: int = 0
    held: int = 0
    at: float | None = None


@dataclass(frozen=True)
class Ended:
    """A hold whose call has ended. `cost`: its real cost; None if that is unknown, and the highest counts.

    `released`: nothing was sent, or the model never began; then the hold is as if it had never been taken.
    `frees`: the hold whose place becomes free; one that is not settled itself keeps its place for the next
    call of the same comparison.
    """

    hold: str
    visitor: str
    cost: int | None = None
    released: bool = False
    frees: str | None = None


@dataclass(frozen=True)
class Today:
    """The sums of this day, of everybody and of one visitor, and how many calls run.

    `spent` is settled, `held` belongs to calls that run.
    """

    now: float
    spent: int
    held: int
    visitor_spent: int
    visitor_held: int
    running: int

    @property
    def opens_at(self) -> float:
        """When the next day begins."""
        return (self.now // DAY_S + 1) * DAY_S


class Ledger(Protocol):
    """Each method is one atomic step, may be called on any thread, and raises LedgerError."""

    def reserve(self, asked: Asked, limits: Limits) -> Taken | Denied:
        """Take all the holds, if what is spent and held leaves room for their highest cost, else none.

        Then the pace and then the places are checked. A hold that is not settled before it expires counts as
        spent in full.
        """

    def settle(self, ended: Sequence[Ended]) -> None:
        """Replace the highest costs by the real ones. Unknown and expired holds are not changed."""

    def today(self, visitor: str) -> Today:
        """The sums of this day."""

    def close(self) -> None:
        """Close the connection; the next use opens another."""
