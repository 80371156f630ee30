"""What one browser session holds: its conversation, and what can be undone."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from lib.conversation.paging import page_spans
from lib.conversation.tree import Conversation, Turn, Variant


class Refused(NamedTuple):
    """A prompt that could not be sent."""

    prompt: str
    reason: str


class Undo(NamedTuple):
    """What the newest removal took away: a whole conversation, or one turn after `parent`."""

    says: str
    conversation: Conversation
    turn: Turn | None = None
    parent: Variant | None = None


def conversation() -> Conversation:
    """The conversation on the page. Held in the session, nowhere else on the server."""
    kept: Conversation = st.session_state.setdefault("conversation", Conversation())
    return kept


def take_refused() -> Refused | None:
    """The prompt that the last run could not send, once."""
    refused: Refused | None = st.session_state.pop("refused", None)
    return refused


def shown_turns() -> list[Turn]:
    """The newest 6 to 10 turns, or the 10 that the reader has paged back to while nothing is running."""
    turns = conversation().turns()
    pages = page_spans(len(turns))
    if len(pages) == 1:
        return turns
    key = f"page-{conversation().id}-{len(pages)}"
    if turns[-1].variant.running:  # an answer that arrives is shown
        st.session_state[key] = len(pages)
    page = st.pagination(len(pages), default=len(pages), key=key)
    return turns[slice(*pages[page - 1])]
