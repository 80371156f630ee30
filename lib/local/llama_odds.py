"""Turns the log probabilities in llama.cpp's chunks into odds, with DRY's penalties at their place."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

from lib.local.chain import ORDER, Chain
from lib.local.dry import Context
from lib.local.engine import TextJob
from lib.local.llama_tokens import LlamaTokens
from lib.local.odds import LISTED, Candidate, TokenOdds, token_odds

Raw = dict[str, Any]
START_OF_TEXT = "<|endoftext|>"
"""In SmolLM2's training the texts stand one after the other with this token between them."""


class OddsReader:
    """Follows one text token by token. Call `read` with its beginning first."""

    def __init__(self, chain: Chain, shown: int) -> None:
        self.ids: list[int] = []
        self._chain = chain
        self._shown = shown
        self._context = Context()
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")

    def read(self, tokens: list[tuple[int, str]]) -> None:
        """Take in the tokens before the first one that is drawn, each with its text."""
        for token, text in tokens:
            self._add(token, text)

    def drawn(self, choice: Raw) -> tuple[TokenOdds, ...]:
        """The odds of the tokens in a chunk: usually one, and none in a last chunk."""
        told_of = entries(choice)
        text = choice.get("text") or choice.get("delta", {}).get("content") or ""
        found = []
        for at, entry in enumerate(told_of):
            told = text if at == len(told_of) - 1 else entry["token"]
            text = text.removeprefix(entry["token"])
            found.append(self._odds(told, entry, drawn=True))
            self._add(entry["id"], entry["token"])
        return tuple(found)

    def took(self, entry: Raw) -> TokenOdds:
        """The odds of one token that was drawn; a character is the text of the token that completes it."""
        found = self._odds(self._decoder.decode(bytes(entry["bytes"])), entry, drawn=True)
        self._add(entry["id"], entry["token"])
        return found

    def left(self, entry: Raw) -> tuple[Candidate, ...]:
        """All listed candidates for the next token, with what the steps of the sampler do to them."""
        return token_odds("", entry, self._penalties(), self._chain, LISTED, False).candidates

    def coming(self, choice: Raw) -> tuple[TokenOdds, ...]:
        """The odds of the token that a chunk brings, as if it had not been drawn."""
        return tuple(self._odds("", entry, drawn=False) for entry in entries(choice)[:1])

    def _penalties(self) -> Mapping[int, float]:
        return self._context.penalties(self._chain)

    def _odds(self, text: str, entry: Raw, drawn: bool) -> TokenOdds:
        return token_odds(text, entry, self._penalties(), self._chain, self._shown, drawn)

    def _add(self, token: int, text: str) -> None:
        self.ids.append(token)
        self._context.add(token, text)


_CERTAIN = 1000.0  # a logit bias with which a token is always drawn


def before_text(tokens: LlamaTokens, job: TextJob) -> list[tuple[int, str]]:
    """The tokens before the first one that continues a plain text, each with its text."""
    start = tokens.of_text(START_OF_TEXT)
    return start + tokens.of_text(job.text, control=False) + tokens.of_ids(job.ids)


def text_body(ids: list[int], chain: Chain, seed: int | None, plain: int | None) -> Raw:
    """llama.cpp's completion request for one token.

    `plain`: a token that is a whole character. It is drawn and ignored where only the odds are wanted,
    because llama.cpp returns no odds for a token that ends inside a character. A bias does not change odds.
    """
    only = {} if plain is None else {"ignore_eos": True, "logit_bias": [[plain, _CERTAIN]]}
    seeded = {} if seed is None else {"seed": seed}
    one = {"prompt": ids, "n_predict": 1, "n_probs": LISTED, "stream": True}
    return {**one, **sampling(chain), **seeded, **only, **STEERED}


STEERED: Raw = {
    "cache_prompt": True,
    "return_progress": True,  # callbacks while it reads a long prompt, so that it can be stopped there
}


def sampling(chain: Chain) -> Raw:
    """The steps in llama.cpp's names."""
    return {
        "samplers": list(ORDER),
        "temperature": chain.temperature,
        "top_p": chain.top_p,
        "top_k": chain.top_k,
        "min_p": chain.min_p,
        "dry_multiplier": chain.dry_multiplier,
        "dry_base": chain.dry_base,
        "dry_allowed_length": chain.dry_allowed_length,
    }


def entries(choice: Raw) -> list[Raw]:
    """The log probabilities in a choice: one entry for each token."""
    return (choice.get("logprobs") or {}).get("content") or []
