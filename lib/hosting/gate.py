"""The gate of a host: sizes, models, and a budget that holds, because the worst cost is reserved first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace

from lib.bedrock.backend import Kind, read_timeout_s
from lib.bedrock.gate import (
    FreePermit,
    Left,
    Refused,
    Reservation,
    Visitor,
    check_sizes,
)
from lib.bedrock.problems import Problem, refusal
from lib.hosting import refusals
from lib.hosting.ledgers.ledger import Asked, Denied, Ended, Ledger, LedgerError, Limits, Taken
from lib.hosting.permits import HoldPermit, Places
from lib.hosting.settings import MAX_TOKENS, HostSettings
from lib.hosting.settlements import Settlements
from lib.mistral.catalog import find
from lib.mistral.cost import most_output, worst_cost
from lib.mistral.recipe import Recipe

BEFORE_THE_CALL_S = 30.0
"""For connecting, and for sending again what was refused because the model was busy."""
SLOWEST = 4
"""Tokens per second of the slowest model: a hold must not expire while its call runs."""


class HostGate:
    """`ledger`: of the app; the local model's calls are free, and need one in memory only.

    It decides in this order: is the request of a lawful size, is the model allowed, may this visitor spend at
    all, and then in one atomic step of the ledger budget, pace and places.
    """

    def __init__(self, settings: HostSettings, ledger: Ledger, kind: Kind) -> None:
        self._settings, self._ledger = settings, ledger
        self._paid = kind == "aws"
        limits = settings.limits
        self._limits = limits if self._paid else replace(limits, cap=None, visitor_cap=None)
        self._allowed = {find(name).id for name in settings.models} if self._paid else set()
        self._settlements = Settlements(ledger)

    def fitted(self, recipe: Recipe) -> Recipe:
        capped = self._paid and self._settings.daily is not None
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
            if self._allowed and recipe.model.id not in self._allowed:
                raise Refused(refusal("model-not-allowed", model_name=recipe.model.name))
        if problem := self.closed(visitor):
            raise Refused(problem)
        if self._limits == Limits():
            return Reservation(tuple(FreePermit() for _ in recipes), width)
        return self._reserve(recipes, visitor, width)

    def closed(self, visitor: Visitor) -> Problem | None:
        settings = self._settings
        if settings.wrong:
            return refusal("host-settings", detail=settings.wrong[0])
        if self._paid and settings.daily is None and not settings.no_cap and not visitor.at_home:
            return refusal("no-budget")
        return None

    def left(self, visitor: Visitor) -> Left | None:
        cap, visitor_cap = self._limits.cap, self._limits.visitor_cap
        if cap is None or visitor_cap is None:
            return None
        try:
            today = self._ledger.today(visitor.key)
        except LedgerError as error:
            raise Refused(refusal("no-ledger")) from error
        day = max(cap - today.spent - today.held, 0)
        mine = max(visitor_cap - today.visitor_spent - today.visitor_held, 0)
        return Left(min(day, mine), visitor_cap, day, cap, today.opens_at)

    def close(self) -> None:
        """Write what has ended, and let the ledger go. For the end of the process."""
        self._settlements.close()
        self._ledger.close()

    def _reserve(self, recipes: Sequence[Recipe], visitor: Visitor, width: int) -> Reservation:
        holds = [(uuid.uuid4().hex, self._worst(recipe)) for recipe in recipes]
        asked = Asked(visitor.key, holds, width, max(map(_life_s, recipes)))
        if self._limits.visitor_cap is not None and asked.worst > self._limits.visitor_cap:
            raise refusals.too_dear(recipes, asked.worst, self._limits.visitor_cap)
        answer = self._ask_ledger(asked)
        if isinstance(answer, Denied):
            raise refusals.denied(answer, self._limits, recipes, asked)
        places = Places(asked, answer.width)
        permits = [
            HoldPermit(hold, visitor.key, recipe.model, places, self._settlements)
            for (hold, _), recipe in zip(holds, recipes, strict=True)
        ]
        return Reservation(tuple(permits), answer.width)

    def _ask_ledger(self, asked: Asked) -> Taken | Denied:
        try:
            self._settlements.flush()  # so that the place of an answer that has just ended is free
        except LedgerError as error:
            raise Refused(refusal("no-ledger")) from error
        try:
            return self._ledger.reserve(asked, self._limits)
        except LedgerError as error:
            # Nobody knows whether the holds were taken, or still will be. They are given back in any case.
            for hold, _ in asked.holds:
                self._settlements.add(Ended(hold, asked.visitor, released=True, frees=hold))
            raise Refused(refusal("no-ledger")) from error

    def _worst(self, recipe: Recipe) -> int:
        worst = worst_cost(recipe)
        if worst is None and self._limits.cap is not None:
            raise Refused(refusal("no-price", model_name=recipe.model.name))
        return worst or 0


def _life_s(recipe: Recipe) -> float:
    """How long the call can take: until the first token arrives, and then the longest answer, slowly."""
    return BEFORE_THE_CALL_S + read_timeout_s() + most_output(recipe) / SLOWEST
