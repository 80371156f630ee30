"""How a token is chosen from the odds of a model: DRY, temperature, top_k, top_p, min_p, in this order.

The temperature comes before top_p, as in Mistral's own inference code (mistral-inference,
`src/mistral_inference/generate.py`, function `sample`); llama.cpp's default order has it last. Each step does
what llama.cpp's sampler of the same name does (`src/llama-sampler.cpp`); `tests/local/test_chain.py` compares
them with the engine itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

ORDER = ("dry", "temperature", "top_k", "top_p", "min_p")
"""llama.cpp's names of the steps."""
MIN_P = 0.0
DRY_MULTIPLIER, DRY_BASE, DRY_ALLOWED_LENGTH = 0.8, 1.75, 4
"""What the local model adds to a request, which names none of them."""
Cut = Literal["temperature", "top_k", "top_p", "min_p", "dry"]


@dataclass(frozen=True)
class Chain:
    """The settings of the steps. `top_k` 0, `top_p` 1, `min_p` 0 and `dry_multiplier` 0 turn a step off."""

    temperature: float
    top_k: int
    top_p: float
    min_p: float
    dry_multiplier: float
    dry_base: float
    dry_allowed_length: int


def chain_of(temperature: float, top_p: float | None, top_k: int | None) -> Chain:
    """The settings of a request and the local model's own. None: the step is off."""
    return Chain(
        temperature,
        top_k or 0,
        1.0 if top_p is None else top_p,
        MIN_P,
        DRY_MULTIPLIER,
        DRY_BASE,
        DRY_ALLOWED_LENGTH,
    )


def weights(logprobs: Sequence[float], temperature: float) -> list[float]:
    """Weights at a temperature above 0, the largest of them 1. They are not divided by their sum."""
    most = max(logprobs)
    return [math.exp((logprob - most) / temperature) for logprob in logprobs]


def cuts(logprobs: Sequence[float], chain: Chain, unlisted: float = 0.0) -> list[Cut | None]:
    """For each candidate the step that removes it, None for one that can be drawn.

    `logprobs`: natural logarithms after DRY, in any order; of equal ones the first is kept. `unlisted`: the
    probability of all candidates that are less likely than these and not among them; it counts for top_p.
    """
    order = sorted(range(len(logprobs)), key=lambda index: -logprobs[index])
    found: list[Cut | None] = [None] * len(logprobs)
    if chain.temperature <= 0:
        for index in order[1:]:
            found[index] = "temperature"
        return found
    kept = order[: chain.top_k] if chain.top_k else order
    for index in order[len(kept) :]:
        found[index] = "top_k"
    weight = weights(logprobs, chain.temperature)
    if chain.top_p < 1:
        total = sum(weight[index] for index in kept)
        if not chain.top_k or chain.top_k > len(order):
            total += unlisted * _stretch(logprobs, chain.temperature)
        summed = list(accumulate(weight[index] / total for index in kept))
        count = next((at + 1 for at, so_far in enumerate(summed) if so_far >= chain.top_p), len(kept))
        for index in kept[count:]:
            found[index] = "top_p"
        kept = kept[:count]
    for index in kept[1:]:
        if weight[index] < chain.min_p:
            found[index] = "min_p"
    return found


def _stretch(logprobs: Sequence[float], temperature: float) -> float:
    """The weight of each unit of unlisted probability; exact at temperature 1, and close to 0 below it."""
    return math.exp(min(logprobs) * (1 / temperature - 1) - max(logprobs) / temperature)
