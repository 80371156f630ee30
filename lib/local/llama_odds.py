"""The log probabilities in llama.cpp's chunks as odds, with what DRY does at each place of the text."""

from __future__ import annotations

from typing import Any

from lib.local.chain import ORDER, Chain
from lib.local.dry import Context
from lib.local.engine import TextJob
from lib.local.llama_tokens import LlamaTokens
from lib.local.odds import LISTED, TokenOdds, token_odds

Raw = dict[str, Any]
START_OF_TEXT = "<|endoftext|>"
"""In SmolLM2's training the texts stand one after the other with this token between them."""


class OddsReader:
    """Follows one text token by token. `read` its beginning first."""

    def __init__(self, chain: Chain, shown: int) -> None:
        self.ids: list[int] = []
        self._chain = chain
        self._shown = shown
        self._context = Context()

    def read(self, tokens: list[tuple[int, str]]) -> None:
        """What stands before the first token that is drawn."""
        for token, text in tokens:
            self._add(token, text)

    def drawn(self, choice: Raw) -> tuple[TokenOdds, ...]:
        """The odds of what a chunk brings: usually one token, and none in a last chunk."""
        entries = _entries(choice)
        text = choice.get("text") or choice.get("delta", {}).get("content") or ""
        found = []
        for at, entry in enumerate(entries):
            told = text if at == len(entries) - 1 else entry["token"]
            text = text.removeprefix(entry["token"])
            found.append(self._odds(told, entry, drawn=True))
            self._add(entry["id"], entry["token"])
        return tuple(found)

    def coming(self, choice: Raw) -> tuple[TokenOdds, ...]:
        """The odds of the token that a chunk brings, as if it had not been drawn."""
        return tuple(self._odds("", entry, drawn=False) for entry in _entries(choice)[:1])

    def _odds(self, text: str, entry: Raw, drawn: bool) -> TokenOdds:
        penalties = self._context.penalties(self._chain)
        return token_odds(text, entry, penalties, self._chain, self._shown, drawn)

    def _add(self, token: int, text: str) -> None:
        self.ids.append(token)
        self._context.add(token, text)


_CERTAIN = 1000.0


def before_text(tokens: LlamaTokens, job: TextJob) -> list[tuple[int, str]]:
    """The tokens that stand before the one that a plain text is to go on with."""
    start = tokens.of_text(START_OF_TEXT)
    return start + tokens.of_text(job.text, control=False) + tokens.of_ids(job.ids)


def text_body(ids: list[int], job: TextJob, chain: Chain, draw: int, plain: int) -> Raw:
    """llama.cpp's completion request for `draw` tokens; 0 asks for the odds of the next one only.

    For these one token is drawn and ignored. It is `plain`, a token that is a whole character, because
    llama.cpp tells no odds of a token that ends inside a character. A bias does not change the odds told.
    """
    only = {"n_predict": 1, "ignore_eos": True, "logit_bias": [[plain, _CERTAIN]]}
    ending = {"n_predict": draw} if draw else only
    seed = {} if job.seed is None else {"seed": job.seed}
    return {"prompt": ids, "n_probs": LISTED, "stream": True, **sampling(chain), **seed, **ending, **STEERED}


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


def _entries(choice: Raw) -> list[Raw]:
    return (choice.get("logprobs") or {}).get("content") or []
