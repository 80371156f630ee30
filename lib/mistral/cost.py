"""What a call costs at most, before it is sent, what it has cost, and how amounts are written.

All amounts are whole micro-dollars (millionths of a US dollar), rounded up.
"""

from __future__ import annotations

from collections.abc import Iterable

from lib.mistral.catalog import Model
from lib.mistral.dialects import Usage, body
from lib.mistral.recipe import Recipe

USD = 1_000_000
"""Micro-dollars in a dollar."""
UNDER = 100
"""Below so many micro-dollars an amount is written as "under 0.01 ¢"."""
_CENT = USD // 100


def most_output(recipe: Recipe) -> int:
    """The most tokens that the answer can have."""
    taken = recipe.model.parameters.get("max_tokens")
    return recipe.max_tokens or int(taken.high if taken else recipe.model.context)


def most_input(recipe: Recipe, more_bytes: int = 0) -> int:
    """The most tokens that the request can have, if `more_bytes` are added to its texts.

    A token is never shorter than a byte of what is sent, and the model reads no more than its context.
    """
    return min(len(body(recipe)) + more_bytes, recipe.model.context)


def worst_cost(recipe: Recipe, more_bytes: int = 0) -> int | None:
    """The most that the call can cost, if `more_bytes` are added to its texts; None if the price of the model
    is not known."""
    if recipe.model.local:
        return 0
    price = recipe.model.price
    return price.cost(most_input(recipe, more_bytes), most_output(recipe)) if price else None


def worst_cost_of_all(recipes: Iterable[Recipe]) -> int | None:
    """The most that all these calls can cost together; None if one of their prices is not known."""
    costs = [worst_cost(recipe) for recipe in recipes]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def real_cost(model: Model, usage: Usage) -> int | None:
    """What the call has cost; None if the price of the model is not known."""
    if model.local:
        return 0
    if model.price is None:
        return None
    return model.price.cost(usage.input_tokens, usage.output_tokens, usage.cached_tokens)


def in_words(micro: int) -> str:
    """An amount for people, in plain text: $1.25 from a cent on, 0.07 ¢ below it."""
    if micro >= _CENT:
        return f"${micro / USD:,.2f}"
    if 0 < micro < UNDER:
        return "under 0.01 ¢"
    return f"{micro / _CENT:.2f} ¢"


def rounded_up(micro: int) -> int:
    """The amount as `in_words` can write it, so that an upper bound stays one in words."""
    step = _CENT if micro >= _CENT else UNDER
    return -(-micro // step) * step
