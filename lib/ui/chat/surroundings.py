"""What stands around the turns of the chat page."""

from collections.abc import Callable

import streamlit as st

from lib.bedrock.backend import Backend
from lib.conversation.tree import Turn, Variant
from lib.mistral.catalog import Model
from lib.ui.app import session
from lib.ui.browser import page_script
from lib.ui.budget.line import show_budget
from lib.ui.chat import chats, header, prompt_box
from lib.ui.sidebar import controls


class Surroundings:
    """Notes, sidebar, header, budget, the prompt box, and what stands above the turns.

    A run that follows an answer (`followed`) draws them after the first words of the answer, so that the
    browser gets these first; what the run before has drawn stands until then. `welcome` draws what stands in
    an empty chat.
    """

    def __init__(self, here: Backend, welcome: Callable[[], None]) -> None:
        self._here, self._welcome = here, welcome
        self._above, self._bottom = st.container(), prompt_box.show_input()
        self._model: Model | None = None
        self._budget, self._shown_budget = self._above, ""
        self._box_ends: Callable[[], None] | None = None
        self.followed: Variant | None = None

    def show_settings(self) -> Model:
        """Draw what a prompt depends on, once in a run, and return the chosen Model."""
        if self._model is None:
            with self._above:
                header.say_what_was_ignored(self._here)
            self._model = controls.sidebar(self._here, dial=False)
            chats.show_chats()
            controls.forget_button()
            with self._above:
                header.header(self._here, self._model)
                self._budget = st.empty()
            self._show_budget(self._model)
        return self._model

    def show(self) -> list[Turn]:
        """Draw the rest, once in a run, and return the turns that the page shows."""
        model = self.show_settings()
        self._box_ends = prompt_box.show_prompt_box(
            self._bottom, model, self.followed is not None, self._shown_budget == "price"
        )
        with self._above:
            page_script.mount(settings=True, answers=True)
            start = st.empty()
            with start:
                turns = session.shown_turns(newest=self.followed is not None)
            if not turns:
                with start.container():
                    self._welcome()
            with st.container():
                header.show_undo_above(turns)
        return turns

    def end(self) -> None:
        """Draw what the end of the followed answer changes."""
        if self._box_ends:
            self._box_ends()
        if self._model and self._shown_budget != "card":
            self._show_budget(self._model)

    def _show_budget(self, model: Model) -> None:
        with self._budget:
            self._shown_budget = show_budget(self._here, model, prompts=True)
