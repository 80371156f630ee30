"""Forget what a tab holds on the server: its session, the values of its widgets, its address."""

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from lib.bedrock import live_replies
from lib.comparison import live_runs
from lib.ui.app import recent, session, widget_keys
from lib.ui.app.session import Session


def forget() -> None:
    """Begin a new session. Call it in a callback, so that the widgets are drawn with their defaults."""
    before = session.current()
    _stop(before)
    recent.forget()
    for key in list(st.session_state):
        # The settings are reset later instead, because the address would restore deleted ones.
        if key not in widget_keys.SETTINGS:
            del st.session_state[key]
    st.session_state[session.KEY] = Session(
        chat_storage_state=before.chat_storage_state.forgotten(),
        box=before.box.forgotten(),
        shared_link_state=before.shared_link_state.forgotten(),
        link_notes=[],
        tab=before.tab,
        # A browser shows the old value of a widget until the server sends another one.
        to_reset={"chat", "sidebar", "compare"},
    )
    for name in list(st.query_params):
        # Streamlit refuses this for names that are bound to a widget; resetting the widget removes those.
        with suppress(StreamlitAPIException):
            del st.query_params[name]


def _stop(what: Session) -> None:
    """End all answers that still arrive, so that a reload does not find them."""
    for chat in what.conversations():
        for *_, variant in chat.variants():
            if stream := variant.running:
                stream.close()
            live_replies.forget([variant.id])
    what.comparisons.stop()
    for run in what.comparisons.runs:
        live_runs.forget(run.id)
    if what.opened:
        what.opened.stop()
