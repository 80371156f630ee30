"""The gate: Backend asks it before every call whether the call may be sent and can be paid for.

This module has the protocol, and the gate of an app without a host's settings. The gate that keeps a budget
is in `lib.hosting.gate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lib.bedrock.problems import Problem, refusal
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Recipe
from lib.mistral.size import too_long


@dataclass(frozen=True)
class Visitor:
    """Who asks. `key` distinguishes visitors without identifying them. `at_home`: the browser is on the
    computer of the app, with no proxy in between."""

    key: str
    at_home: bool = False


ANYBODY = Visitor("anybody")
"""The visitor of calls that name none."""
HOST = Visitor("host", at_home=True)
"""The person who runs the app, at a terminal."""


class Refused(Exception):  # noqa: N818  (the name says what happened)
    """The gate lets nothing through, and nothing was sent.

    `max_tokens`: the limit with which the calls would be let through, if there is one. `opens_at`: when they
    would be, in seconds since 1970, if waiting helps and the time is known.
    """

    def __init__(
        self, problem: Problem, *, max_tokens: int | None = None, opens_at: float | None = None
    ) -> None:
        super().__init__(problem.title)
        self.problem, self.max_tokens, self.opens_at = problem, max_tokens, opens_at


class Permit(Protocol):
    """The right to make one call. Its methods return at once and never raise; only the first call counts.

    If neither is called, the call counts as its highest cost.
    """

    def settle(self, usage: Usage | None) -> None:
        """The call has ended. It costs what `usage` of a whole answer costs; without it, its highest cost."""

    def release(self) -> None:
        """Nothing was sent, or the model refused before it began."""


@dataclass(frozen=True)
class Reservation:
    """One permit for each recipe. `width`: how many of these calls may run at the same time."""

    permits: tuple[Permit, ...]
    width: int


@dataclass(frozen=True)
class Left:
    """What is left of the budget, in micro-dollars; what is reserved for calls that run is not left.

    `visitor`: what this visitor can still use today, of the `visitor_cap` of each day. `day` and `day_cap`:
    the same for all visitors together. `opens_at`: when the next day begins, in seconds since 1970.
    `unspent`: what would be left to the visitor if the calls that run cost nothing.
    """

    visitor: int
    visitor_cap: int
    day: int
    day_cap: int
    opens_at: float
    unspent: int


class Gate(Protocol):
    """Its methods may be called on any thread."""

    def fitted(self, recipe: Recipe) -> Recipe:
        """The recipe as it will be sent: with max_tokens set and lowered to the host's limit. Never waits."""

    def reserve(self, recipes: Sequence[Recipe], visitor: Visitor, width: int = 1) -> Reservation:
        """Permits for all these calls, of which `width` run at the same time, or for none. Raises Refused.

        `recipes` are as `fitted` gave them. May wait for seconds, where the ledger does not answer.
        """

    def reserve_odds(self, visitor: Visitor) -> Permit:
        """The permit for one question of the page "Next word", which only the embedded model answers, free.
        Raises Refused."""

    def closed(self, visitor: Visitor) -> Problem | None:
        """Why no model that costs something is called for this visitor, whatever is asked. Never waits."""

    def left(self, visitor: Visitor) -> Left | None:
        """What is left of the budget; None if none is set. Raises Refused. May wait as `reserve` does."""

    def trouble(self) -> Problem | None:
        """What keeps the gate from letting anybody's calls through: wrong settings, or a ledger that does not
        answer. May wait as `reserve` does."""

    def close(self) -> None:
        """Write what has not been written yet, at the end of the process."""


class FreePermit:
    """A permit that is not counted."""

    def settle(self, usage: Usage | None) -> None:
        """Nothing to do."""

    def release(self) -> None:
        """Nothing to do."""


class OpenGate:
    """Lets every request through that is not too long."""

    def fitted(self, recipe: Recipe) -> Recipe:
        return recipe

    def reserve(self, recipes: Sequence[Recipe], visitor: Visitor, width: int = 1) -> Reservation:  # noqa: ARG002
        check_sizes(recipes)
        return Reservation(tuple(FreePermit() for _ in recipes), width)

    def reserve_odds(self, visitor: Visitor) -> Permit:  # noqa: ARG002
        return FreePermit()

    def closed(self, visitor: Visitor) -> Problem | None:  # noqa: ARG002
        return None

    def left(self, visitor: Visitor) -> Left | None:  # noqa: ARG002
        return None

    def trouble(self) -> Problem | None:
        return None

    def close(self) -> None:
        """Nothing to do."""


def check_sizes(recipes: Sequence[Recipe]) -> None:
    """Raises Refused for the first recipe that is too long to be sent."""
    for recipe in recipes:
        if sentence := too_long(recipe):
            raise Refused(refusal("too-long", model_name=recipe.model.name, detail=sentence))
