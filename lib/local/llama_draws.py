"""Draws the tokens that continue a plain text, including those that are only a part of a character.

llama.cpp returns neither the id nor the odds of a token that ends inside a character. So each token is a
request of its own. If a request returns no token, the sampler has drawn one of these, and this module draws
one of them again, from their odds. Together that gives the distribution of the sampler.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from typing import Any

from lib.local.chain import Chain
from lib.local.llama_odds import OddsReader, entries
from lib.local.odds import Candidate, TokenOdds

Raw = dict[str, Any]
Ask = Callable[[int | None, bool], Raw]
"""Asks llama.cpp for one token after what the reader has read, with a seed, or, if the second argument is
true, for the odds only. Returns the first choice that has odds, else {}."""
_SEEDS = 2**32 - 1  # llama.cpp takes the largest number of 32 bits for "no seed"


def written(reader: OddsReader, ask: Ask, chain: Chain, draw: int, seed: int | None) -> Iterator[TokenOdds]:
    """Draw up to `draw` tokens, the first with `seed`. A token that ends the text is the last one."""
    dice = random.Random(seed)
    for _ in range(draw):
        choice = ask(seed, False)
        entry = entries(choice)[0] if entries(choice) else _part(reader, ask(None, True), chain, dice)
        if entry is None:  # the caller has left
            return
        yield reader.took(entry)
        if not entry["bytes"]:
            return
        seed = None if seed is None else dice.randrange(_SEEDS)


def _part(reader: OddsReader, coming: Raw, chain: Chain, dice: random.Random) -> Raw | None:
    """A token that ends inside a character, drawn from the odds of `coming`; None if that has none.

    If none of the listed ones is such a token, the drawn one was less likely than all of them (below one in a
    hundred thousand), and the likeliest takes its place.
    """
    if not entries(coming):
        return None
    listed = entries(coming)[0]["top_logprobs"]
    left = [each for each in reader.left(entries(coming)[0]) if each.cut is None]
    bytes_of = {each["id"]: bytes(each["bytes"]) for each in listed}
    parts = [each for each in left if ends_inside_a_character(bytes_of[each.id])] or left[:1]
    (drawn,) = dice.choices(parts, _weights(parts, chain.temperature))
    found = next(each for each in listed if each["id"] == drawn.id)
    return {**found, "top_logprobs": listed}


def _weights(candidates: list[Candidate], temperature: float) -> list[float]:
    """In proportion to the chances of these candidates, the largest weight being 1."""
    left = [each.logprob - each.penalty for each in candidates]
    return [math.exp((each - max(left)) / temperature) if temperature else 1.0 for each in left]


def ends_inside_a_character(data: bytes) -> bool:
    """Whether the last character of this UTF-8 has begun and is not complete."""
    for back, byte in enumerate(reversed(data[-4:]), 1):
        if byte >= 0xC0:
            return back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4)
        if byte < 0x80:
            return False
    return False
