"""What one browser session holds: its conversation, and what can be undone."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from lib.ui.conversation import Conversation, Slot, Variant

PAGE = 5
"""Turns drawn at once: drawing all of a long conversation would delay its next first token."""


class Refused(NamedTuple):
    """A prompt that could not be sent."""

    prompt: str
    reason: str


class Undo(NamedTuple):
    """What the newest removal took away: a whole conversation, or one turn after `parent`."""

    says: str
    conversation: Conversation
    slot: Slot | None = None
    parent: Variant | None = None


def conversation() -> Conversation:
    """The conversation on the page. Held in the session, nowhere else on the server."""
    kept: Conversation = st.session_state.setdefault("conversation", Conversation())
    return kept


def take_refused() -> Refused | None:
    """The prompt that the last run could not send, once."""
    refused: Refused | None = st.session_state.pop("refused", None)
    return refused


def shown_slots() -> list[Slot]:
    """The newest `PAGE` turns, or those the reader has paged back to while nothing is running."""
    slots = conversation().slots()
    pages = -(-len(slots) // PAGE)
    if pages < 2:
        return slots
    key = f"page-{conversation().id}-{pages}"
    if slots[-1].variant.running:  # left out of the page, a running answer would have no follower and stop
        st.session_state[key] = pages
    page = st.pagination(pages, default=pages, key=key)
    end = len(slots) - (pages - page) * PAGE
    return slots[max(0, end - PAGE) : end]
