"""Selects the messages of a conversation that fit into a model's context."""

from collections.abc import Sequence

from lib.mistral.catalog import Model
from lib.mistral.recipe import Message

CHARACTERS_PER_TOKEN = 3.0
"""A low estimate for texts without a measurement: English has about four, most other languages fewer."""
_TURN_TOKENS = 12
"""The most tokens that the prompt format adds to a message."""
_SPARE = 0.95
"""The share of the context that is used, because token counts are estimates."""


def fitting(
    messages: Sequence[Message],
    system: str,
    model: Model,
    max_tokens: int | None,
    characters_per_token: float = CHARACTERS_PER_TOKEN,
) -> tuple[Message, ...]:
    """The newest of `messages` that leave room for the answer. Whole exchanges are left out, oldest first.

    `messages` begins with the user's message and alternates, and so does the result. The last exchange is
    always kept: if it is too long by itself, the service answers with an error.
    """
    answer = max_tokens or _default_max_tokens(model)
    budget = max(model.context - answer, model.context // 4) * _SPARE
    left = budget - _tokens(system, characters_per_token)
    first = len(messages)
    last = len(messages) - 1 if messages and messages[-1].role == "user" else len(messages) - 2
    for start in range(last, -1, -2):
        left -= sum(_tokens(turn.text, characters_per_token) for turn in messages[start:first])
        if left < 0 and start != last:
            break
        first = start
    return tuple(messages[first:])


def share_of_context(
    messages: Sequence[Message],
    system: str,
    model: Model,
    max_tokens: int | None,
    characters_per_token: float = CHARACTERS_PER_TOKEN,
) -> float:
    """About which share of the model's context the messages and their longest answer take: 0 to 1."""
    texts = [system, *(message.text for message in messages)]
    sent = sum(_tokens(text, characters_per_token) for text in texts)
    return min(1.0, (sent + (max_tokens or _default_max_tokens(model))) / model.context)


def _tokens(text: str, characters_per_token: float) -> float:
    return len(text) / characters_per_token + _TURN_TOKENS


def _default_max_tokens(model: Model) -> int:
    parameter = model.parameters.get("max_tokens")
    return int(parameter.default or 0) if parameter else 0
