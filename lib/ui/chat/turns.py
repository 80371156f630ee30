"""The turns on the page: each is a prompt with its answer, which arrives or has ended."""

import time
from dataclasses import replace
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.account import nearest_active
from lib.bedrock.answer import joined
from lib.bedrock.problems import Problem
from lib.bedrock.wording import count
from lib.conversation.tree import Turn, Variant, goes_on_in_place
from lib.markdown.pacing import unfinished_block
from lib.mistral.size import LONGEST_PROMPT
from lib.ui.answer.live import write_live
from lib.ui.answer.problem_card import problem_card
from lib.ui.answer.text import is_plain, show_text
from lib.ui.answer.thinking import show_thinking
from lib.ui.app import session, widget_keys
from lib.ui.app.acts import once
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.app.streamlit_quirks import yield_point
from lib.ui.app.widgets import button, row
from lib.ui.chat import actions
from lib.ui.chat.turn_foot import can_go_on, continue_button, show_foot

USER, MODEL = ":material/person:", ":material/air:"
_OLDER_AFTER_S = 0.06  # so that the browser draws the first words of an answer before the older turns
_NOT_FOR_THIS_ACCOUNT = ("legacy", "end-of-life", "no-model-access")


class _Frame(NamedTuple):
    """The places of a turn, the same while its answer arrives and afterwards."""

    prompt: DeltaGenerator
    body: DeltaGenerator
    foot: DeltaGenerator

    def clear_the_rest(self) -> None:
        """Remove what the run before has drawn and this run does not draw.

        Streamlit removes it only at the end of this run, which lasts as long as the answer.
        """
        for place in (self.prompt, self.body, self.body, self.body, self.foot, self.foot):
            place.empty()


class _Older:
    """The turns above a running answer. They are drawn a moment later, so that the browser draws the first
    words of the answer first."""

    def __init__(self, placed: list[tuple[Turn, DeltaGenerator]], moved: bool) -> None:
        self._turns, self._moved = placed, moved
        self._due = time.monotonic() + _OLDER_AFTER_S

    def draw_when_due(self) -> None:
        if self._turns and time.monotonic() >= self._due:
            placed, self._turns = self._turns, []
            for turn, place in placed:
                frame = _show_settled(turn, place, newest=False)
                if self._moved:
                    frame.clear_the_rest()

    def wait(self) -> None:
        time.sleep(max(0, self._due - time.monotonic()))


def show_turns(turns: list[Turn], followed: Variant | None) -> None:
    """Draw the turns. Follow a running answer to its end before the other turns, then run the page again.

    `followed` was running when the browser's storage was told so; it may have ended since.
    """
    shown = conversation().turns()
    placed = [(turn, st.container()) for turn in turns]
    began, drawn = session.current().turns_drawn
    for _ in range(drawn - len(placed)):
        st.empty()
    begins = turns[0].variants[0].id if turns else None
    session.current().turns_drawn = begins, len(placed)
    if placed and (newest := placed[-1][0].variant) and (newest is followed or not newest.settled):
        turn, place = placed.pop()
        older = _Older(placed, moved=begins != began)
        if newest is followed:
            _follow(newest, _show_frame(turn, place), older)
            older.wait()
            st.rerun()
        _show_settled(turn, place, newest=True)
        older.wait()
        older.draw_when_due()
        return
    for turn, place in placed:
        _show_settled(turn, place, newest=turn is shown[-1])


def _show_settled(turn: Turn, place: DeltaGenerator, newest: bool) -> _Frame:
    frame = _show_frame(turn, place)
    answer = turn.variant.answer
    with frame.body:
        show_thinking(answer)
        if answer.shown_text:
            show_text(answer, is_plain(turn.variant.id))
        if answer.problem:
            _show_problem(turn, answer.problem, newest)
    with frame.foot:
        show_foot(turn, newest)
    turn.variant.settled = True
    return frame


def _show_frame(turn: Turn, place: DeltaGenerator) -> _Frame:
    variant = turn.variant
    with place:
        prompt = st.chat_message("You", avatar=USER)
        with prompt:
            _show_prompt(turn)
        with st.chat_message("assistant", avatar=MODEL):
            body, foot = st.container(), st.container(key=f"foot-{variant.id}")
    if variant.left_out:
        body.caption(
            f"{count(variant.left_out, 'earlier turn')} did not fit into the context and were not sent."
        )
    return _Frame(prompt, body, foot)


def _show_prompt(turn: Turn) -> None:
    variant = turn.variant
    if session.current().editing != variant.id:
        with row(border=True, key=f"prompt-{variant.id}"):
            st.text(variant.prompt, width="stretch")
            button("Edit", "edit", actions.edit, variant, key=f"edit-{variant.id}")
        return
    key = widget_keys.edited(variant.id)
    st.text_area(
        "Your message", variant.prompt, key=key, label_visibility="collapsed", max_chars=LONGEST_PROMPT
    )
    with st.container(horizontal=True):
        st.button("Ask again from here", type="primary", on_click=once(actions.ask_edited), args=(turn, key))
        st.button("Cancel", type="tertiary", on_click=actions.edit, args=(None,))


def _follow(variant: Variant, frame: _Frame, older: _Older) -> None:
    """Write the answer as it arrives; returns when it has ended."""

    def tick() -> None:
        yield_point()
        older.draw_when_due()

    reply = variant.parts[-1]
    variant.settled = False
    with frame.body:
        begun = _show_before(variant)
    live = frame.body.empty()
    frame.clear_the_rest()
    # chat_storage.js stores the text under this key each second, in case the server ends.
    write_live(reply, live, tick, key="live-answer", begun=begun)


def _show_before(variant: Variant) -> str:
    """Draw what was there before Continue, except for the block that the new text goes on with, and return
    this block, so that the new text is drawn inside its list or fence."""
    if len(variant.parts) < 2:
        return ""
    before = joined(variant.answers[:-1])
    show_thinking(before)
    if not goes_on_in_place(variant):
        show_text(before, is_plain(variant.id))
        return ""
    whole, begun = unfinished_block(before.shown_text)
    if whole:
        show_text(replace(before, text=whole), is_plain(variant.id))
    return begun


def _show_problem(turn: Turn, problem: Problem, newest: bool) -> None:
    variant = turn.variant

    def buttons() -> None:
        if newest and can_go_on(variant):
            continue_button(variant)
        if problem.retry:
            key = f"retry-{variant.id}"
            button("Retry", "refresh", once(actions.retry), turn, key=key, type="secondary")
        if problem.kind not in _NOT_FOR_THIS_ACCOUNT:
            return
        if other := nearest_active(variant.answer.recipe.model, backend().models):
            label, key = f"Ask {other.name} instead", f"instead-{variant.id}"
            ask = once(actions.ask_another_model)
            button(label, "swap_horiz", ask, turn, other, key=key, type="secondary")

    problem_card(problem, buttons=buttons, key=f"problem-{variant.id}")
