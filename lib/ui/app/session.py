"""Everything that one tab holds on the server, except the values of its widgets (widget_keys.py)."""

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from lib.bedrock.problems import Problem
from lib.comparison.comparisons import Comparisons, Prefill
from lib.conversation.answer_odds import AnswerOdds
from lib.conversation.paging import page_spans
from lib.conversation.tree import Conversation, Turn
from lib.conversation.undo import Undo
from lib.hosting.check import Check
from lib.hosting.connections import Tab
from lib.records.opened_link import Opened
from lib.records.storage_state import BoxState, ChatStorageState, RunsStorageState, SharedLinkState
from lib.ui.app import widget_keys

KEY = "session"
Form = Literal["chat", "sidebar", "address", "compare"]
"""The groups of widgets that can be reset; "address" is what Streamlit stores for the page's address."""


@dataclass
class DoctorCalls:
    """On the Doctor page: whether the next run calls each model, the last results, the number of clicks."""

    asked: bool = False
    answers: tuple[Check, ...] = ()
    rounds: int = 0


@dataclass
class Session:
    """What one tab holds, in the memory of this process until the connection of the tab ends.

    `not_sent`: why the newest prompt was not sent. `waiting`: a prompt that is sent when the running answer
    ends. `editing`: the variant whose prompt is edited. `dialog`: its kind and the variant it is about.
    `show_newest`: something was added to the conversation, so the next run shows its newest page.
    `turns_drawn`: the first variant of the first turn that the last run drew, and the number of turns.
    `link_notes`: what the address asked for and did not get; None before the address was read. `fitted_to`:
    the model whose ranges the sidebar has. `system`: the system text, kept also on pages without its
    widget; `system_restored`: how often the browser has sent the one from before a reload. `page`: the title
    of the page; `arrived`: the run before drew another one. `odds_reply`: what the script of the page
    "Next word" got last. `odds_refused`: why its newest question was not asked, and that question.
    `demonstrated_in`: the conversation on whose empty page the demonstration of temperature is animated;
    "" afterwards. `answer_odds`: those of the answer in the dialog "Odds", and `answer_odds_reply` what its
    script got last. `go_to`: the page that the next run opens, and `go_with` the settings in its
    address. `settings`: the values of the sidebar's widgets when they were drawn last. `to_reset`: the forms
    whose widgets get their defaults when they are drawn next.
    """

    conversation: Conversation = field(default_factory=Conversation)
    undo: Undo | None = None
    not_sent: str = ""
    waiting: str = ""
    box: BoxState = field(default_factory=BoxState)
    editing: str | None = None
    unfolded: set[str] = field(default_factory=set)  # variants whose long prompt is shown in full
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
    demonstrated_in: str | None = None
    prefill: Prefill | None = None
    replaced_prompt: str = ""  # of the Compare page, never run
    runs_storage_state: RunsStorageState = field(default_factory=RunsStorageState)
    opened: Opened | None = None
    shared_link_state: SharedLinkState = field(default_factory=SharedLinkState)
    system: str = ""
    system_restored: int = 0
    page: str = ""
    arrived: bool = False
    doctor: DoctorCalls = field(default_factory=DoctorCalls)
    odds_reply: dict[str, Any] = field(default_factory=dict)
    odds_refused: tuple[Problem, Any] | None = None
    answer_odds: AnswerOdds | None = None
    answer_odds_reply: dict[str, Any] = field(default_factory=dict)
    go_to: Path | None = None
    go_with: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    to_reset: set[Form] = field(default_factory=set)
    tab: Tab = field(default_factory=Tab)
    again_at: float = -math.inf  # time.monotonic() of the newest Again
    asked: int = 0  # how often something was asked in the chat
    acts: int = 0  # how many acts have changed what the page shows (lib/ui/app/acts.py)

    def conversations(self) -> list[Conversation]:
        """The conversation on the page and, after New chat, the one that can be brought back."""
        now, undo = self.conversation, self.undo
        return [now, undo.conversation] if undo and undo.conversation is not now else [now]

    def add_note(self, *sentences: str) -> None:
        """Add sentences to the note about what is stored, except those that it already has."""
        for sentence in sentences:
            if sentence and sentence not in self.save_note:
                self.save_note = f"{self.save_note} {sentence}".strip()

    def must_reset(self, form: Form) -> bool:
        """Whether the widgets of this form must get their defaults; True once after all was forgotten."""
        wanted = form in self.to_reset
        self.to_reset.discard(form)
        return wanted


def current() -> Session:
    """The Session of the tab for which the script runs."""
    held: Session | None = st.session_state.get(KEY)
    if held is None:
        st.session_state[KEY] = held = Session()
    return held


def conversation() -> Conversation:
    """The conversation on the page."""
    return current().conversation


def take_reason() -> str:
    """Why the newest prompt was not sent; "" if it was, and on the next call."""
    reason, current().not_sent = current().not_sent, ""
    return reason


def go_where_asked() -> None:
    """Open the page that a callback has chosen, if any. Call it first on a page."""
    held = current()
    page, held.go_to = held.go_to, None
    query, held.go_with = held.go_with, {}
    if page:
        # Streamlit refuses None here, because the widgets of the sidebar are bound to the address.
        st.switch_page(page, query_params=query)


def shown_turns(newest: bool = False) -> list[Turn]:
    """The turns on the chosen page, which is drawn if there is a choice.

    It is the newest page after something was added, and while an answer arrives (`newest`).
    """
    turns = conversation().turns()
    added, current().show_newest = current().show_newest, False
    pages = page_spans(len(turns))
    if len(pages) == 1:
        return turns
    key = widget_keys.page_of(conversation().id, len(pages))
    if added or newest:
        st.session_state[key] = len(pages)
    page = st.pagination(len(pages), default=len(pages), key=key)
    return turns[slice(*pages[page - 1])]


def newest_turns() -> list[Turn]:
    """The turns on the newest page."""
    turns = conversation().turns()
    return turns[slice(*page_spans(len(turns))[-1])]
