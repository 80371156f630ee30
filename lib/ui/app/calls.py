"""How the pages call a model: an answer lives as long as the tab that asked for it, or came back to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import streamlit as st

from lib.bedrock import live_replies
from lib.bedrock.gate import Permit, Refused, Reservation, Visitor
from lib.bedrock.reply import Reply
from lib.hosting.connections import HEADER, Tab
from lib.mistral.recipe import Recipe
from lib.ui.app import session
from lib.ui.app.startup import backend, metrics


def tab() -> Tab:
    """The browser's tab of this session."""
    return session.current().tab


def touch_tab() -> None:
    """Note which connection this script run came over. Once at the beginning of each run of a page."""
    connection_id = st.context.headers.get(HEADER)
    tab().touch(connection_id)
    if connection_id is None:
        _tell_when_released(tab())


@st.cache_resource(scope="session", on_release=Tab.released, show_spinner=False)
def _tell_when_released(_tab: Tab) -> Tab:
    """Streamlit releases what a session cached when its websocket ends: all there is without st.App."""
    return _tab


def visitor() -> Visitor:
    """Who uses this session, as the gate knows them."""
    return tab().visitor


class Send(Protocol):
    """Sends a recipe, with the permit of a reservation if there is one. On any thread.

    `seed`: of the draws, which only the local endpoint takes.
    """

    def __call__(self, recipe: Recipe, permit: Permit | None = None, seed: int | None = None) -> Reply: ...


def sender() -> Send:
    """`send` of this session for other threads, which have no session."""
    here, gone, who = backend(), tab().gone, visitor()

    def send(recipe: Recipe, permit: Permit | None = None, seed: int | None = None) -> Reply:
        stream = here.stream(recipe, who, permit, seed=seed)
        live_replies.follow(stream, gone)
        return stream

    return send


def send(recipe: Recipe) -> Reply:
    """The answer to `recipe`, which ends when this tab is gone."""
    return sender()(recipe)


def reserve(recipes: Sequence[Recipe], width: int) -> Reservation:
    """Permits for all these calls, of which `width` run at the same time, or none. Raises Refused."""
    try:
        return backend().gate.reserve(recipes, visitor(), width)
    except Refused as refused:
        metrics.refused(refused.problem)
        raise


def follow(stream: Reply) -> None:
    """From now on the answer lives as long as this tab, whichever it belonged to before."""
    live_replies.follow(stream, tab().gone)
