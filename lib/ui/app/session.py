"""All that one tab holds on the server, but for the values of its widgets (widget_keys.py)."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import streamlit as st

from lib.comparison.comparisons import Comparisons, Prefill
from lib.conversation.paging import page_spans
from lib.conversation.tree import Conversation, Turn
from lib.conversation.undo import Refused, Undo
from lib.hosting.check import Check
from lib.hosting.connections import Tab
from lib.records.opened_link import Opened
from lib.records.storage_state import ChatStorageState, RunsStorageState
from lib.ui.app import widget_keys

KEY = "session"
Form = Literal["chat", "sidebar", "address", "compare"]
"""The places that have widgets of their own; "address": what Streamlit keeps for the page's address."""


@dataclass
class DoctorCalls:
    """On the doctor page: `asked` that each model be called, what that gave, and how often it was asked."""

    asked: bool = False
    answers: tuple[Check, ...] = ()
    rounds: int = 0


@dataclass
class Session:
    """What one tab holds. In the memory of this process only, and gone with the tab's connection.

    `editing`: the variant whose prompt is edited. `dialog`: its kind and the variant it is about.
    `show_newest`: something was added to the conversation, so the next run shows its newest page.
    `turns_drawn`: where the turns of the last run began, and how many they were. `link_notes`: what the
    address asked for in vain; None before it was read. `fitted_to`: the model whose ranges the sidebar has.
    `go_to`: the page that the next run leaves for. `to_reset`: the forms whose widgets go to their defaults
    when they are next drawn.
    """

    conversation: Conversation = field(default_factory=Conversation)
    undo: Undo | None = None
    refused: Refused | None = None
    editing: str | None = None
    dialog: tuple[str, str] | None = None
    turns_drawn: tuple[str | None, int] = (None, 0)
    show_newest: bool = False
    chat_storage_state: ChatStorageState = field(default_factory=ChatStorageState)
    save_note: str = ""
    link_notes: list[str] | None = None
    fitted_to: str | None = None
    comparisons: Comparisons = field(default_factory=Comparisons)
    comparison_refused: str = ""
    guide_closed: bool = False
    prefill: Prefill | None = None
    runs_storage_state: RunsStorageState = field(default_factory=RunsStorageState)
    opened: Opened | None = None
    doctor: DoctorCalls = field(default_factory=DoctorCalls)
    go_to: Path | None = None
    to_reset: set[Form] = field(default_factory=set)
    tab: Tab = field(default_factory=Tab)
    acts: int = 0  # how many acts have changed what the page shows (lib/ui/app/acts.py)

    def conversations(self) -> list[Conversation]:
        """The one on the page and, after New chat, the one that can be brought back."""
        now, undo = self.conversation, self.undo
        return [now, undo.conversation] if undo and undo.conversation is not now else [now]

    def must_reset(self, form: Form) -> bool:
        """True once after everything was forgotten; then the widgets of this form go to their defaults."""
        wanted = form in self.to_reset
        self.to_reset.discard(form)
        return wanted


def current() -> Session:
    """That of the tab for which the script runs."""
    held: Session | None = st.session_state.get(KEY)
    if held is None:
        st.session_state[KEY] = held = Session()
    return held


def conversation() -> Conversation:
    """The conversation on the page."""
    return current().conversation


def take_refused() -> Refused | None:
    """The prompt that the last run could not send, once."""
    refused, current().refused = current().refused, None
    return refused


def go_where_asked() -> None:
    """Call first on a page: leaves for the page that a callback has chosen, if one has."""
    page, current().go_to = current().go_to, None
    if page:
        # None would be refused: the sidebar's widgets are bound to the address and write it anew.
        st.switch_page(page, query_params={})


def shown_turns() -> list[Turn]:
    """The newest 6 to 10 turns, or the 10 that the reader has paged back to while nothing is running."""
    turns = conversation().turns()
    added, current().show_newest = current().show_newest, False
    pages = page_spans(len(turns))
    if len(pages) == 1:
        return turns
    key = widget_keys.page_of(conversation().id, len(pages))
    if added or turns[-1].variant.running:
        st.session_state[key] = len(pages)
    page = st.pagination(len(pages), default=len(pages), key=key)
    return turns[slice(*pages[page - 1])]
