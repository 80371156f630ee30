"""How long a request may be, whatever it comes from: the page, a link, a file or a program."""

from __future__ import annotations

from lib.mistral.dialects import body
from lib.mistral.recipe import Recipe

LONGEST_SYSTEM = 2_000
LONGEST_PROMPT = 20_000
"""Characters of a system text, and of one message of the user."""
_BYTES_PER_TOKEN = 6
"""No token of ordinary text has more bytes, on average. So a request with more bytes for each token of the
context does not fit into it."""


def too_long(recipe: Recipe) -> str:
    """What is too long to be sent, as a sentence; "" if nothing is."""
    if len(recipe.system) > LONGEST_SYSTEM:
        return f"The system text has {_excess(len(recipe.system), LONGEST_SYSTEM)}"
    longest = max(len(message.text) for message in recipe.messages if message.role == "user")
    if longest > LONGEST_PROMPT:
        return f"A prompt has {_excess(longest, LONGEST_PROMPT)}"
    size, allowed = len(body(recipe)), recipe.model.context * _BYTES_PER_TOKEN
    if size > allowed:
        return f"The whole request has {size:,} bytes, and {recipe.model.name} can read {allowed:,} at most."
    return ""


def _excess(length: int, allowed: int) -> str:
    return f"{length:,} characters, {length - allowed:,} more than the {allowed:,} that are allowed."
