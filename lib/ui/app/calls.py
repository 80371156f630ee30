"""How the pages call a model. An answer runs until it has ended or its tab is gone.

Its tab is the one that asked for it, or the one that found it again after a reload.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import streamlit as st

from lib.bedrock import live_replies
from lib.bedrock.gate import Permit, Refused, Reservation, Visitor
from lib.bedrock.reply import Reply
from lib.comparison import live_runs
from lib.comparison.run import Run
from lib.hosting.connections import HEADER, Tab
from lib.mistral.recipe import Recipe
from lib.ui.app import door, session
from lib.ui.app.startup import backend, metrics

_LISTED = 64
"""Candidates of each token whose odds are kept: more than the local model's top k (50) leaves by itself."""


def tab() -> Tab:
    """The browser's tab of this session."""
    return session.current().tab


def touch_tab() -> None:
    """Tell the tab over which connection the browser asked for this script run. Call it first in each run."""
    connection_id = st.context.headers.get(HEADER)
    tab().touch(connection_id)
    if connection_id is None:
        _tell_when_released(tab())


@st.cache_resource(scope="session", on_release=Tab.released, show_spinner=False)
def _tell_when_released(_tab: Tab) -> Tab:
    """Let Streamlit call `Tab.released` when the websocket of this session ends.

    Without st.App no header names the connection, and the release of the session's cache is the only sign.
    """
    return _tab


def visitor() -> Visitor:
    """The visitor of this session, for whom the gate counts calls and costs."""
    return tab().visitor


class Send(Protocol):
    """Sends a recipe, with the permit of a reservation if there is one. May be called on any thread.

    `seed`: the seed of the random choice of tokens; only the local endpoint uses it.
    """

    def __call__(self, recipe: Recipe, permit: Permit | None = None, seed: int | None = None) -> Reply: ...


def sender(odds: int = 0, run: Run | None = None) -> Send:
    """A function that sends recipes for this session. Threads without a session can call it, too.

    `odds`: how many candidates the local endpoint keeps for each token; answers of Bedrock have none. `run`:
    what the answers belong to; they end when all tabs are gone that show it, and not only this one.
    """
    here, mine, who = backend(), tab(), visitor()
    gone, torn = mine.gone, mine.torn
    if run:
        show(run)
        gone, torn = live_runs.pages_gone(run)

    def send(recipe: Recipe, permit: Permit | None = None, seed: int | None = None) -> Reply:
        stream = here.stream(recipe, who, permit, seed=seed, odds=odds)
        live_replies.follow(stream, gone, torn)
        return stream

    return send


def send(recipe: Recipe) -> Reply:
    """Send a recipe and return its reply, which ends when this tab is gone.

    The local endpoint keeps the odds of the answer for some minutes, as many as the answer's top k can leave.
    """
    return sender(odds=max(_LISTED, recipe.top_k or 0))(recipe)


def reserve(recipes: Sequence[Recipe], width: int) -> Reservation:
    """Permits for all these calls, of which `width` run at the same time, or for none. Raises Refused."""
    try:
        return backend().gate.reserve(recipes, visitor(), width)
    except Refused as refused:
        metrics.refused(refused.problem)
        raise


def follow(stream: Reply) -> None:
    """Make this tab the one that the answer belongs to: the answer ends when this tab is gone."""
    live_replies.follow(stream, tab().gone, tab().torn)


def show(run: Run) -> None:
    """Make this tab one of those that the run belongs to, and let a reload of it find the run."""
    live_runs.keep(run, door.visitor(), tab())
