"""What of a conversation still fits into a model's context."""

from collections.abc import Sequence

from lib.mistral.catalog import Model
from lib.mistral.recipe import Message

CHARACTERS_PER_TOKEN = 3.0
"""A cautious guess where nothing was measured: English takes about four, most other languages less."""
_TURN_TOKENS = 12
"""What the format adds to each turn, at most."""
_SPARE = 0.95


def fitting(
    messages: Sequence[Message],
    system: str,
    model: Model,
    max_tokens: int | None,
    characters_per_token: float = CHARACTERS_PER_TOKEN,
) -> tuple[Message, ...]:
    """The newest of `turns` that leave room for the answer; whole exchanges are left out, oldest first.

    `turns` begins with the user's and alternates, and so does the result. The last exchange always stays:
    where that alone is too long, the model says so.
    """
    answer = max_tokens or _default_max_tokens(model)
    budget = max(model.context - answer, model.context // 4) * _SPARE

    def tokens(text: str) -> float:
        return len(text) / characters_per_token + _TURN_TOKENS

    left = budget - tokens(system)
    first = len(messages)
    last = len(messages) - 1 if messages and messages[-1].role == "user" else len(messages) - 2
    for start in range(last, -1, -2):
        left -= sum(tokens(turn.text) for turn in messages[start:first])
        if left < 0 and start != last:
            break
        first = start
    return tuple(messages[first:])


def _default_max_tokens(model: Model) -> int:
    parameter = model.parameters.get("max_tokens")
    return int(parameter.default or 0) if parameter else 0
