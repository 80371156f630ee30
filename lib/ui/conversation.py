"""The conversation of one browser session: its exchanges, and the verbs that add to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.stream import AnswerStream
from lib.mistral.recipe import Recipe, Turn

PAGE = 10
"""Exchanges drawn at once: drawing all of a long conversation would delay its next first token."""


class Refused(NamedTuple):
    """A prompt that could not be sent."""

    prompt: str
    reason: str


@dataclass
class Exchange:
    """One prompt and its answers: the last attempt is the one that counts, earlier ones were retried."""

    number: int
    prompt: str
    attempts: list[AnswerStream]
    follower: object | None = field(default=None, repr=False)  # the script run that draws the answer live

    @property
    def stream(self) -> AnswerStream:
        return self.attempts[-1]


def exchanges() -> list[Exchange]:
    """Oldest first. Held in the session, nowhere else."""
    kept: list[Exchange] = st.session_state.setdefault("exchanges", [])
    return kept


def ask(backend: Backend, prompt: str, model_id: str, settings: dict[str, Any]) -> Exchange:
    """Send the prompt with what was said before; the request leaves before anything is drawn.

    Raises RecipeError if a setting is not allowed; nothing is sent or kept then.
    """
    recipe = Recipe(model_id=model_id, turns=(*_history(), Turn("user", prompt)), **settings)
    exchange = Exchange(len(exchanges()), prompt, [backend.stream(recipe)])
    exchanges().append(exchange)
    return exchange


def retry(backend: Backend, exchange: Exchange) -> None:
    """The same recipe again. What the failed attempt had brought stays."""
    exchange.attempts.append(backend.stream(exchange.stream.recipe))


def refuse(prompt: str, reason: str) -> None:
    """Keep a prompt that could not be sent for the next run, which puts it back into the box."""
    st.session_state["refused"] = Refused(prompt, reason)


def take_refused() -> Refused | None:
    """The prompt kept by `refuse`, once."""
    refused: Refused | None = st.session_state.pop("refused", None)
    return refused


def shown_exchanges() -> list[Exchange]:
    """The newest `PAGE` exchanges, or those the reader has paged back to while nothing is running."""
    kept = exchanges()
    pages = -(-len(kept) // PAGE)
    if pages < 2:
        return kept
    if not kept[-1].stream.ended:  # left out of the page, a running answer would have no follower and stop
        st.session_state[f"page-{pages}"] = pages
    page = st.pagination(pages, default=pages, key=f"page-{pages}")
    end = len(kept) - (pages - page) * PAGE
    return kept[max(0, end - PAGE) : end]


def _history() -> list[Turn]:
    """What was said, as turns that alternate: an exchange without an answer is left out."""
    turns: list[Turn] = []
    for exchange in exchanges():
        text = exchange.stream.answer.text
        if text.strip():
            turns += [Turn("user", exchange.prompt), Turn("assistant", text)]
    return turns
