"""What one browser session holds: its conversation, and what can be undone."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from lib.ui.conversation import Conversation, Slot, Variant

PAGE = 5
"""A page holds at most twice as many turns: drawing all of a long conversation would delay its next token."""


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
    """The newest 6 to 10 turns, or the 10 that the reader has paged back to while nothing is running.

    The window moves five turns at a time, so that a turn mostly stays where it is when the next is asked.
    """
    slots = conversation().slots()
    newest = 0 if len(slots) <= 2 * PAGE else (len(slots) - PAGE - 1) // PAGE * PAGE
    pages = 1 + -(-newest // (2 * PAGE))
    if pages == 1:
        return slots
    key = f"page-{conversation().id}-{pages}"
    if slots[-1].variant.running:  # left out of the page, a running answer would have no follower and stop
        st.session_state[key] = pages
    back = pages - st.pagination(pages, default=pages, key=key)
    end = newest - (back - 1) * 2 * PAGE
    return slots[max(0, end - 2 * PAGE) : end] if back else slots[newest:]
