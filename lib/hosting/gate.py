"""The gate with a host's settings. It reserves the highest cost of a call before it, so the budget holds."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from lib.bedrock.backend import Kind
from lib.bedrock.clients import read_timeout_s
from lib.bedrock.gate import (
    ANYBODY,
    FreePermit,
    Left,
    Permit,
    Refused,
    Reservation,
    Visitor,
    check_sizes,
)
from lib.bedrock.problems import Problem, refusal
from lib.hosting import refusals
from lib.hosting.ledgers.ledger import Asked, Denied, Ended, Ledger, LedgerError, Limits, Taken, Today
from lib.hosting.ledgers.sqlite_ledger import SqliteLedger
from lib.hosting.permits import HoldPermit, Places
from lib.hosting.settings import MAX_TOKENS, HostSettings
from lib.hosting.settlements import Settlements
from lib.mistral.catalog import LOCAL_MODEL_ID, Model, find
from lib.mistral.cost import most_output, worst_cost
from lib.mistral.recipe import Message, Recipe

BEFORE_THE_CALL_S = 30.0
"""For connecting, and for sending again what was refused because the model was busy."""
SLOWEST = 4
"""A low estimate of tokens per second: a hold must not expire while its call runs."""
ODDS_PER_CALL = 10
"""For each call that a visitor may make in a minute, so many questions of the page "Next word" are allowed: a
question draws some tokens, a call a whole answer."""
_ODDS = Recipe(
    model_id=LOCAL_MODEL_ID, messages=(Message("user", "A question of Next word"),), max_tokens=256
)
"""Such a question as it is counted: free, and no longer than this recipe."""
_IN_MEMORY = ":memory:"


class _Counts:
    """A ledger, the limits that it checks, and the ended calls that are not yet written into it."""

    def __init__(self, ledger: Ledger, limits: Limits) -> None:
        self.ledger, self.limits = ledger, limits
        self.settlements = Settlements(ledger)

    def reserve(self, asked: Asked) -> Taken | Denied:
        """Raises Refused if the ledger does not answer."""
        self.flush()  # so that the place of an answer that has just ended is free
        try:
            return self.ledger.reserve(asked, self.limits)
        except LedgerError as error:
            # The ledger may have taken the holds, or may still take them, so they are released in any case.
            for hold, _ in asked.holds:
                self.settlements.add(Ended(hold, asked.visitor, released=True, frees=hold))
            raise Refused(refusal("no-ledger")) from error

    def today(self, visitor: str) -> Today:
        """The sums of the day. Raises Refused if the ledger does not answer."""
        self.flush()
        try:
            return self.ledger.today(visitor)
        except LedgerError as error:
            raise Refused(refusal("no-ledger")) from error

    def flush(self) -> None:
        """Write what has ended by now. Raises Refused."""
        try:
            self.settlements.flush()
        except LedgerError as error:
            raise Refused(refusal("no-ledger")) from error

    def close(self) -> None:
        self.settlements.close()
        self.ledger.close()


class HostGate:
    """`ledger`: of the calls that cost something; not used if no model here does.

    It checks in this order: the size of the request, the model, whether this visitor may spend at all, and
    then in one atomic step of the ledger budget, pace and places. Calls of the local model are counted apart,
    in memory: they are free, and are let through even if nothing may be spent. So are the questions of the
    page "Next word".
    """

    def __init__(self, settings: HostSettings, ledger: Ledger | None, kind: Kind) -> None:
        self._settings, self._kind = settings, kind
        limits = settings.limits
        self._paid = _Counts(ledger or SqliteLedger(_IN_MEMORY), limits)
        free = replace(limits, cap=None, visitor_cap=None)
        self._free = _Counts(SqliteLedger(_IN_MEMORY), free)
        per_minute = limits.per_minute and limits.per_minute * ODDS_PER_CALL
        self._odds = _Counts(SqliteLedger(_IN_MEMORY), replace(free, per_minute=per_minute))
        self._allowed = {find(name).id for name in settings.models}

    def fitted(self, recipe: Recipe) -> Recipe:
        capped = not recipe.model.local and self._settings.daily is not None
        most = self._settings.max_tokens or (MAX_TOKENS if capped else None)
        if (
            most is None
            or "max_tokens" not in recipe.model.parameters
            or (recipe.max_tokens or most + 1) <= most
        ):
            return recipe
        return replace(recipe, max_tokens=min(most, int(recipe.model.parameters["max_tokens"].high)))

    def reserve(self, recipes: Sequence[Recipe], visitor: Visitor, width: int = 1) -> Reservation:
        check_sizes(recipes)
        for recipe in recipes:
            if not self._offers(recipe.model):
                raise Refused(refusal("model-not-allowed", model_name=recipe.model.name))
        free = self._kind == "local" or all(recipe.model.local for recipe in recipes)
        if problem := self._broken() or (None if free else self.closed(visitor)):
            raise Refused(problem)
        return _reserve(self._free if free else self._paid, recipes, visitor, width)

    def reserve_odds(self, visitor: Visitor) -> Permit:
        if problem := self._broken():
            raise Refused(problem)
        return _reserve(self._odds, [_ODDS], visitor, 1).permits[0]

    def closed(self, visitor: Visitor) -> Problem | None:
        settings = self._settings
        without_cap = settings.daily is None and not settings.no_cap
        if self._kind == "aws" and without_cap and not visitor.at_home:
            return self._broken() or refusal("no-budget")
        return self._broken()

    def left(self, visitor: Visitor) -> Left | None:
        cap, visitor_cap = self._paid.limits.cap, self._paid.limits.visitor_cap
        if self._kind == "local" or cap is None or visitor_cap is None:
            return None
        today = self._paid.today(visitor.key)
        day = max(cap - today.spent - today.held, 0)
        mine = max(visitor_cap - today.visitor_spent - today.visitor_held, 0)
        unspent = max(min(cap - today.spent, visitor_cap - today.visitor_spent), 0)
        return Left(min(day, mine), visitor_cap, day, cap, today.opens_at, unspent)

    def trouble(self) -> Problem | None:
        if self._kind == "aws" and self._paid.limits != Limits():
            try:
                self._paid.today(ANYBODY.key)
            except Refused as refused:
                return self._broken() or refused.problem
        return self._broken()

    def close(self) -> None:
        """Write what has ended and close the ledgers, at the end of the process."""
        self._paid.close()
        self._free.close()
        self._odds.close()

    def _offers(self, model: Model) -> bool:
        if self._kind == "local":
            return True
        if model.local:
            return self._settings.local_model
        return not self._allowed or model.id in self._allowed

    def _broken(self) -> Problem | None:
        wrong = self._settings.wrong
        return refusal("host-settings", detail=wrong[0]) if wrong else None


def _reserve(counts: _Counts, recipes: Sequence[Recipe], visitor: Visitor, width: int) -> Reservation:
    if counts.limits == Limits():
        return Reservation(tuple(FreePermit() for _ in recipes), width)
    capped = counts.limits.cap is not None
    holds = [(uuid.uuid4().hex, _worst(recipe, capped)) for recipe in recipes]
    asked = Asked(visitor.key, holds, width, max(map(_life_s, recipes)))
    if counts.limits.visitor_cap is not None and asked.worst > counts.limits.visitor_cap:
        raise refusals.too_dear(recipes, asked.worst, counts.limits.visitor_cap)
    answer = counts.reserve(asked)
    if isinstance(answer, Denied):
        raise refusals.denied(answer, counts.limits, recipes, asked)
    places = Places(asked, answer.width)
    permits = [
        HoldPermit(hold, visitor.key, recipe.model, places, counts.settlements)
        for (hold, _), recipe in zip(holds, recipes, strict=True)
    ]
    return Reservation(tuple(permits), answer.width)


def _worst(recipe: Recipe, capped: bool) -> int:
    worst = worst_cost(recipe)
    if worst is None and capped:
        raise Refused(refusal("no-price", model_name=recipe.model.name))
    return worst or 0


def _life_s(recipe: Recipe) -> float:
    """How long the call can take, in seconds: until the first token, and then for the longest answer."""
    return BEFORE_THE_CALL_S + read_timeout_s() + most_output(recipe) / SLOWEST
