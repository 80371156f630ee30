"""Forget everything that a tab holds on the server: its session, the values of its widgets, its address."""

from contextlib import suppress

import streamlit as st
from streamlit.errors import StreamlitAPIException

from lib.bedrock import live_replies
from lib.ui.app import session, widget_keys
from lib.ui.app.session import Session


def forget() -> None:
    """A fresh session. Call it in a callback: the widgets get their defaults when they are drawn after it."""
    before = session.current()
    _stop(before)
    for key in list(st.session_state):
        # Those of the sidebar are set anew instead: the address would bring back what is deleted.
        if key not in widget_keys.SETTINGS:
            del st.session_state[key]
    st.session_state[session.KEY] = Session(
        chat_storage_state=before.chat_storage_state.forgotten(),
        link_notes=[],
        tab=before.tab,
        # A browser goes on showing what a widget has until it is told another value.
        to_reset={"chat", "sidebar", "compare"},
    )
    for name in list(st.query_params):
        # Streamlit refuses it for what is bound to a widget on the page; that goes when its widget is reset.
        with suppress(StreamlitAPIException):
            del st.query_params[name]


def _stop(what: Session) -> None:
    """End all answers that still arrive; a reload finds none of them again."""
    for chat in what.conversations():
        for *_, variant in chat.variants():
            if stream := variant.running:
                stream.close()
            live_replies.forget([variant.id])
    what.comparisons.stop()
    if what.opened:
        what.opened.stop()
