"""The endpoint's own headers, with which a request asks for more than Bedrock's fields can.

`x-sirocco-seed`: the seed of the draws, 0 to 4294967294. `x-sirocco-odds`: how many candidates to keep for
each token of the answer, 1 to 200. `x-sirocco-shape`: the form of the events of
InvokeModelWithResponseStream, a name of `lib.local.shapes`; the other operations ignore it.
"""

from __future__ import annotations

from starlette.datastructures import Headers

from lib.local.odds import MOST_SHOWN
from lib.local.requests import invalid
from lib.local.shapes import FORMS

SEED, ODDS, SHAPE = "x-sirocco-seed", "x-sirocco-odds", "x-sirocco-shape"
MOST_SEED = 2**32 - 2
"""For llama.cpp the next number means "a random seed"."""


def seed(headers: Headers) -> int | None:
    """The seed of the draws. None without the header. Raises WireError for what is no seed."""
    return _whole(SEED, headers, 0, MOST_SEED)


def odds(headers: Headers) -> int | None:
    """How many candidates to keep or return for each token. None without the header. Raises WireError."""
    return _whole(ODDS, headers, 1, MOST_SHOWN)


def shape(headers: Headers, usual: str) -> str:
    """The form of a stream's events; `usual` without the header. Raises WireError for an unknown form."""
    told = headers.get(SHAPE, usual)
    if told and told not in FORMS:
        invalid(f"The header {SHAPE} takes one of these: {', '.join(FORMS)}.")
    return told


def _whole(name: str, headers: Headers, low: int, high: int) -> int | None:
    told = headers.get(name)
    if told is None:
        return None
    if not (told.isascii() and told.isdigit() and len(told) <= 10 and low <= int(told) <= high):
        invalid(f"The header {name} takes a whole number from {low} to {high}.")
    return int(told)
