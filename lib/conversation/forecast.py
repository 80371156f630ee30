"""What the next prompt of a conversation will take: a share of the context, earlier turns, and money."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lib.conversation.request import characters_per_token, recipe_for
from lib.conversation.tree import Variant
from lib.mistral.context import share_of_context
from lib.mistral.cost import worst_cost
from lib.mistral.recipe import Recipe

SHORT = 200
"""Characters that are assumed for the next prompt, whose length is not known before it is sent."""
_LONGEST_CHARACTER = 6
"""Bytes that one character can take in a request: JSON writes a control character as \\u0001."""


class Forecast(NamedTuple):
    """`share`: about which part of the context the request and its longest answer take, 0 to 1. `left_out`:
    earlier turns that do not fit. `most`: the highest cost in micro-dollars; None if the price is not known.
    """

    share: float
    left_out: int
    most: int | None


def forecast(
    earlier: list[Variant],
    model_id: str,
    settings: dict[str, Any],
    fitted: Callable[[Recipe], Recipe] = lambda recipe: recipe,
) -> Forecast:
    """The forecast for a prompt of SHORT characters after the variants `earlier`.

    `fitted`: lowers max_tokens to the host's limit. Raises RecipeError.
    """
    recipe, _, left_out = recipe_for("?", earlier, model_id, settings)
    recipe = fitted(recipe)
    density = characters_per_token([answer for variant in earlier for answer in variant.answers])
    share = share_of_context(recipe.messages, recipe.system, recipe.model, recipe.max_tokens, density)
    return Forecast(share, left_out, worst_cost(recipe, SHORT * _LONGEST_CHARACTER))
