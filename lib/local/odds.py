"""The odds of one token: its likeliest candidates, and what the sampler does to them."""

from __future__ import annotations

import json
import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lib.local.chain import ORDER, Chain, Cut, cuts

LISTED = 400
"""Candidates that the engine is asked for. Those after the shown ones are returned in groups (`rest`)."""
MOST_SHOWN = 200
SHOWN = 40
"""Candidates that are shown at most, and if the request names no number."""
VOCABULARY = 49_152
"""Tokens of SmolLM2."""
KEPT_S = 300.0
"""Seconds for which the odds of an answer can be fetched, from its end on."""
KEPT_BYTES = 32_000_000
"""Bytes of all odds that are kept together. The oldest ones go first."""


@dataclass(frozen=True)
class Candidate:
    """One token that could come. `control`: it is no text, and ends the answer.

    `logprob`: natural logarithm of the model's own probability, before any step of the sampler.
    `penalty`: what DRY subtracts from `logprob`. `cut`: the step that removes it, None if it can be drawn.
    """

    id: int
    text: str
    logprob: float
    penalty: float = 0.0
    cut: Cut | None = None
    control: bool = False


@dataclass(frozen=True)
class TokenOdds:
    """The odds of one token.

    `text` is what the answer says there, "" where nothing was drawn. `drawn`: the token that came.
    `candidates`: the likeliest first. `rest`: all others in groups of the likeliest first, each with its
    number of candidates and the sum of their probabilities.
    """

    text: str
    drawn: Candidate | None
    candidates: tuple[Candidate, ...]
    rest: tuple[tuple[int, float], ...]


def token_odds(
    text: str, entry: Mapping[str, Any], penalties: Mapping[int, float], chain: Chain, shown: int, drawn: bool
) -> TokenOdds:
    """The odds of one token. `entry`: llama.cpp's log probabilities of it, from `logprobs.content`.

    `penalties`: by token id, as `dry.Context` gives them. `shown`: how many candidates are not in groups.
    """
    listed = entry["top_logprobs"]
    raw = [each["logprob"] for each in listed]
    taken = [penalties.get(each["id"], 0.0) for each in listed]
    unlisted = max(0.0, 1 - sum(map(math.exp, raw)))
    found = cuts([one - other for one, other in zip(raw, taken, strict=True)], chain, unlisted)
    if any(taken):
        without = cuts(raw, chain, unlisted)
        found = [
            "dry" if off and cut and without[index] is None else cut
            for index, (off, cut) in enumerate(zip(taken, found, strict=True))
        ]
    candidates = tuple(
        _candidate(*each)
        for each in zip(listed[:shown], taken, found, strict=False)  # the first `shown`
    )
    came = None
    if drawn:
        came = next(
            (each for each in candidates if each.id == entry["id"]),
            _candidate(entry, penalties.get(entry["id"], 0.0), None),
        )
    return TokenOdds(text, came, candidates, tuple(_rest(raw, shown)))


def _candidate(each: Mapping[str, Any], penalty: float, cut: Cut | None) -> Candidate:
    text = bytes(each["bytes"]).decode(errors="replace")
    return Candidate(each["id"], text, each["logprob"], penalty, cut, not each["bytes"])


def _rest(logprobs: Sequence[float], shown: int) -> Iterable[tuple[int, float]]:
    """Groups that double in size, and one for what is not listed."""
    start, size = shown, shown
    while start < len(logprobs):
        group = logprobs[start : start + size]
        yield len(group), sum(map(math.exp, group))
        start, size = start + size, size * 2
    missing = 1 - sum(map(math.exp, logprobs))
    if len(logprobs) < VOCABULARY and missing > 0:
        yield VOCABULARY - len(logprobs), missing


def as_json(odds: TokenOdds) -> bytes:
    """One token, as docs/odds.md describes it."""
    document: dict[str, Any] = {"text": odds.text, "candidates": [_told(each) for each in odds.candidates]}
    document["rest"] = [[count, _rounded(mass)] for count, mass in odds.rest]
    if odds.drawn:
        document["drawn"] = _told(odds.drawn)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _told(candidate: Candidate) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": candidate.id,
        "text": candidate.text,
        "probability": _rounded(math.exp(candidate.logprob)),
    }
    more = {"dry": round(candidate.penalty, 4), "cut": candidate.cut, "control": candidate.control}
    return told | {name: value for name, value in more.items() if value}


def _rounded(probability: float) -> float:
    return float(f"{probability:.6g}")


def document(model: str, chain: Chain, tokens: Sequence[bytes]) -> bytes:
    """The whole answer of the endpoint: the settings in force, and `tokens`, each from `as_json`."""
    settings = {
        "temperature": chain.temperature,
        "top_k": chain.top_k,
        "top_p": chain.top_p,
        "min_p": chain.min_p,
        "dry_multiplier": chain.dry_multiplier,
        "dry_base": chain.dry_base,
        "dry_allowed_length": chain.dry_allowed_length,
    }
    head = json.dumps({"model": model, "order": ORDER, "settings": settings}, separators=(",", ":"))
    return head[:-1].encode() + b',"tokens":[' + b",".join(tokens) + b"]}"


class Kept:
    """The odds of the newest answers, by request id: for KEPT_S seconds, and at most KEPT_BYTES together."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._documents: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._size = 0

    def add(self, request_id: str, document: bytes) -> None:
        """Keep the odds of an answer that has ended, unless they alone have more than KEPT_BYTES."""
        self._drop_old()
        if len(document) > KEPT_BYTES:
            return
        self._documents[request_id] = self._now(), document
        self._size += len(document)
        while self._size > KEPT_BYTES:
            self._drop_first()

    def get(self, request_id: str) -> bytes | None:
        """The odds of an answer; None if it is unknown or ended too long ago."""
        self._drop_old()
        found = self._documents.get(request_id)
        return found[1] if found else None

    def _drop_old(self) -> None:
        while self._documents and self._now() - next(iter(self._documents.values()))[0] > KEPT_S:
            self._drop_first()

    def _drop_first(self) -> None:
        _, (_, document) = self._documents.popitem(last=False)
        self._size -= len(document)
