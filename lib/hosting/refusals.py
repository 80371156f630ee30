"""The sentences with which the gate refuses a call that the ledger does not allow."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime

from lib.bedrock.gate import Refused
from lib.bedrock.problems import refusal
from lib.hosting.ledgers.ledger import DAY_S, PACE_S, Asked, Denied, Limits
from lib.mistral.cost import in_words, most_input, most_output
from lib.mistral.recipe import Recipe


def too_dear(recipes: Sequence[Recipe], worst: int, most: int) -> Refused:
    """These calls cost more than one visitor can use in a whole day (`most`), so waiting does not help.

    `worst` and `most` are micro-dollars.
    """
    detail = f"It can cost up to {in_words(worst)}, and one visitor can use {in_words(most)} in a day."
    fits = _tokens_that_fit(recipes, most)
    problem = refusal("too-dear", detail=detail, fix=_advice(fits, recipes, "Shorten the text"))
    return Refused(problem, max_tokens=fits)


def denied(answer: Denied, limits: Limits, recipes: Sequence[Recipe], asked: Asked) -> Refused:
    """The refusal for the limit that the ledger named."""
    if answer.limit == "cap":
        return _no_money(answer, limits.cap or 0, recipes, asked, "budget-used-up")
    if answer.limit == "visitor_cap":
        return _no_money(answer, limits.visitor_cap or 0, recipes, asked, "share-used-up")
    if answer.limit == "per_minute":
        return _too_fast(answer, limits.per_minute or 0)
    if answer.limit == "places":
        return Refused(refusal("busy", detail=_answers(limits.places or 0)))
    return Refused(refusal("busy-visitor", detail=_answers(limits.visitor_places or 0)))


def _no_money(answer: Denied, cap: int, recipes: Sequence[Recipe], asked: Asked, used_up: str) -> Refused:
    left = max(cap - answer.spent - answer.held, 0)
    detail = f"This can cost up to {in_words(asked.worst)}, and {in_words(left)} is left."
    fits = _tokens_that_fit(recipes, left)
    if answer.spent + asked.worst <= cap:  # it would fit, were it not for calls that run
        return Refused(refusal("budget-reserved", detail=detail), max_tokens=fits)
    fix = _advice(fits, recipes, "Come back then")
    return Refused(refusal(used_up, detail=detail, fix=fix), max_tokens=fits, opens_at=_next_day())


def _too_fast(answer: Denied, most: int) -> Refused:
    detail = _calls(most)
    if answer.at is None:
        return Refused(refusal("pace", detail=detail, fix=f"Ask for {detail} at once, or fewer."))
    wait = max(1, round(answer.at - time.time()))
    at = datetime.fromtimestamp(answer.at, UTC)
    fix = f"Try again at {at:%H:%M:%S} UTC, in {min(wait, PACE_S)} seconds."
    return Refused(refusal("pace", detail=detail, fix=fix), opens_at=answer.at)


def _tokens_that_fit(recipes: Sequence[Recipe], micro: int) -> int | None:
    """The max_tokens with which all these calls cost no more than `micro`; None if there is none."""
    for_input, per_token = 0.0, 0.0
    for recipe in recipes:
        if price := recipe.model.price:
            for_input += price.cost(most_input(recipe), 0) + 1  # each cost is rounded up
            per_token += price.output
    if not per_token or micro - for_input < per_token:
        return None
    fits = int((micro - for_input) / per_token)
    return fits if fits < max(map(most_output, recipes)) else None


def _advice(fits: int | None, recipes: Sequence[Recipe], instead: str) -> str:
    if fits:
        return f"Set max_tokens to {fits:,} or less."
    return f"{instead}, or compare less." if len(recipes) > 1 else f"{instead}, or choose a cheaper model."


def _next_day() -> float:
    return (time.time() // DAY_S + 1) * DAY_S


def _answers(count: int) -> str:
    return "one answer" if count == 1 else f"{count:,} answers"


def _calls(count: int) -> str:
    return "one call" if count == 1 else f"{count:,} calls"
