"""Which tokens DRY ("don't repeat yourself") makes less likely, and by how much.

The rule of llama.cpp's sampler `dry` (`src/llama-sampler.cpp`; it is p-e-w's, text-generation-webui pull
request 5677): where the last tokens occurred before, the token that followed them then becomes less likely.
Compared with the engine in `tests/local/test_chain.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from lib.local.chain import Chain

BREAKERS = ("\n", ":", '"', "*")
"""llama.cpp's default: a repetition does not reach back over a token that contains one of these."""


class Context:
    """The tokens that the model has read and written, in order."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._since_breaker = 0

    def add(self, token: int, text: str) -> None:
        """The next token, with its own text."""
        self._ids.append(token)
        self._since_breaker = 0 if any(sign in text for sign in BREAKERS) else self._since_breaker + 1

    def penalties(self, chain: Chain) -> Mapping[int, float]:
        """Token id -> what DRY subtracts from the logarithm of its probability. Other tokens are left out.

        For a token that followed an earlier occurrence of the last n tokens: multiplier * base to the power
        of (n - allowed length), if n is at least the allowed length.
        """
        if not chain.dry_multiplier or self._since_breaker < chain.dry_allowed_length:
            return {}
        ids, longest = self._ids, dict[int, int]()
        for at in range(chain.dry_allowed_length, len(ids)):
            length = self._shared(at)
            if length >= chain.dry_allowed_length:
                longest[ids[at]] = max(length, longest.get(ids[at], 0))
        return {
            token: chain.dry_multiplier * chain.dry_base ** (length - chain.dry_allowed_length)
            for token, length in longest.items()
        }

    def _shared(self, at: int) -> int:
        """How many tokens before `at` are the same as the last ones."""
        ids, end, length = self._ids, len(self._ids), 0
        most = min(at, self._since_breaker)
        while length < most and ids[at - 1 - length] == ids[end - 1 - length]:
            length += 1
        return length
