"""One turn on the page: the prompt, the answer live or settled, its line, and what can be done with it."""

from __future__ import annotations

import time
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.account import nearest_active
from lib.bedrock.answer import joined
from lib.bedrock.problems import Problem
from lib.bedrock.stream import AnswerStream
from lib.ui import acts
from lib.ui.answer_foot import show_foot
from lib.ui.conversation import Slot, Variant
from lib.ui.session import conversation
from lib.ui.share.inert import inert
from lib.ui.start import backend
from lib.ui.typeset import typeset
from lib.ui.typewriter import typewriter

USER, MODEL = ":material/person:", ":material/air:"
ICONS = {"error": ":material/error:", "warning": ":material/warning:", "info": ":material/info:"}
_STOP_NOTICED_S = 0.25
_HEAD_START_S = 0.06
_NOT_FOR_THIS_ACCOUNT = ("legacy", "end-of-life", "no-model-access")


class _Place(NamedTuple):
    """Where a turn stands on the page."""

    prompt: DeltaGenerator
    answer: DeltaGenerator


class _Older:
    """The turns above a running answer: drawn once, when the browser has had time for its first words."""

    def __init__(self, turns: list[tuple[Slot, _Place]]) -> None:
        self._turns = turns
        self._due = time.monotonic() + _HEAD_START_S

    def draw_when_due(self) -> None:
        if self._turns and time.monotonic() >= self._due:
            turns, self._turns = self._turns, []
            for slot, place in turns:
                _show_settled(slot, place, newest=False)

    def draw(self) -> None:
        if self._turns:
            time.sleep(max(0, self._due - time.monotonic()))
            self.draw_when_due()


def show_turns(slots: list[Slot], followed: Variant | None) -> None:
    """Draw them; an answer to be followed goes first, to its end, and then the page is run again.

    `followed` ran when the keeper was told so; it may have ended since.
    """
    last = conversation().last()
    turns = [
        (slot, _Place(st.chat_message("You", avatar=USER), st.chat_message("assistant", avatar=MODEL)))
        for slot in slots
    ]
    # What stood below from before, as after an edit, would stay until a running answer ends.
    for _ in range(len(_Place._fields) * (st.session_state.get("turns_drawn", 0) - len(turns))):
        st.empty()
    st.session_state["turns_drawn"] = len(turns)
    if turns and (newest := turns[-1][0].variant) and (newest is followed or not newest.settled):
        slot, place = turns.pop()
        older = _Older(turns)
        if newest is followed:
            _show_running(slot, place, older)
            st.rerun()
        _show_settled(slot, place, newest=True)
        older.draw()
        return
    for slot, place in turns:
        _show_settled(slot, place, newest=slot is last)


def _show_running(slot: Slot, place: _Place, older: _Older) -> None:
    with place.prompt:
        _show_prompt(slot)
    _follow(slot.variant, *_answer_places(slot, place), older)
    older.draw()


def _show_settled(slot: Slot, place: _Place, newest: bool) -> None:
    with place.prompt:
        _show_prompt(slot)
    body, foot, _ = _answer_places(slot, place)
    with body:
        _show_answer(slot)
    with foot:
        show_foot(slot, newest)
    slot.variant.settled = True


def _answer_places(slot: Slot, place: _Place) -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Body, foot and pulse, the same live and settled: a tick of `_notice_stop` that comes late, when the
    page is already settled, then meets an empty place."""
    with place.answer:
        body, foot, pulse = st.container(), st.container(key=f"foot-{slot.variant.id}"), st.container()
    if left_out := slot.variant.left_out:
        body.caption(f"{_count(left_out, 'earlier turn')} did not fit and were not sent.")
    return body, foot, pulse


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _show_prompt(slot: Slot) -> None:
    variant = slot.variant
    if st.session_state.get("editing") == variant.id:
        key = f"edited-{variant.id}"
        st.text_area("Your message", variant.prompt, key=key, label_visibility="collapsed", max_chars=20_000)
        with st.container(horizontal=True):
            st.button("Ask again from here", type="primary", on_click=acts.ask_edited, args=(slot, key))
            st.button("Cancel", type="tertiary", on_click=acts.edit, args=(None,))
        return
    with st.container(horizontal=True, border=True, vertical_alignment="center"):
        st.text(variant.prompt, width="stretch")
        st.button(
            "Edit",
            key=f"edit-{variant.id}",
            icon=":material/edit:",
            type="tertiary",
            on_click=acts.edit,
            args=(variant,),
        )


def _show_answer(slot: Slot) -> None:
    answer = slot.variant.answer
    if answer.shown_text:
        st.markdown((inert if slot.variant.foreign else typeset)(answer.shown_text))
    if answer.problem:
        _show_problem(slot, answer.problem)


def _follow(
    variant: Variant, body: DeltaGenerator, foot: DeltaGenerator, pulse: DeltaGenerator, older: _Older
) -> None:
    """Write the answer as it arrives; returns when it has ended."""

    def tick() -> None:
        _yield_to_streamlit()
        older.draw_when_due()

    stream = variant.parts[-1]
    if not isinstance(stream, AnswerStream):
        return
    follower = variant.follower = object()
    variant.settled = False
    try:
        with pulse:
            _notice_stop(variant)
        foot.button(
            "Stop",
            key="stop-answer",
            icon=":material/stop_circle:",
            type="tertiary",
            shortcut="Escape",
            on_click=stream.close,
        )
        with body:
            if len(variant.parts) > 1:
                st.markdown(typeset(joined(variant.answers[:-1]).shown_text))
            with st.empty():
                st.markdown(":shimmer[Waiting for the first token]")
                while not stream.read(0, 0.05) and not stream.ended:
                    tick()
                with st.container(key="live-answer"):  # the browser keeps what stands here, should we die
                    st.write_stream(typewriter(stream, tick))
    finally:
        if variant.follower is follower:  # a rerun may have begun to follow in the meantime
            variant.follower = None


def _yield_to_streamlit() -> None:
    """Touching the session state is where Streamlit ends a run that was stopped or overtaken."""
    _ = "conversation" in st.session_state


@st.fragment(run_every=_STOP_NOTICED_S)
def _notice_stop(variant: Variant) -> None:
    """The chat input's stop ends the script and runs nothing of ours; but then this fragment is run again."""
    if variant.follower is None and not variant.settled:
        if variant.running:
            variant.running.close()
        st.rerun()


def _show_problem(slot: Slot, problem: Problem) -> None:
    variant = slot.variant
    with st.container(border=True, gap="xsmall", key=f"problem-{variant.id}"):
        st.markdown(f"{ICONS[problem.level]} **{problem.title}**")
        st.text(problem.cause)  # as text: it may quote the service
        st.text(problem.fix)
        with st.container(horizontal=True, vertical_alignment="center"):
            if problem.retry:
                st.button(
                    "Retry",
                    key=f"retry-{variant.id}",
                    icon=":material/refresh:",
                    on_click=acts.retry,
                    args=(slot,),
                )
            if problem.kind in _NOT_FOR_THIS_ACCOUNT:
                _offer_another_model(slot)
            if problem.request_id:
                st.caption(f"Request id {problem.request_id}")


def _offer_another_model(slot: Slot) -> None:
    """The nearest model that is active, one click away, with the same prompt."""
    other = nearest_active(slot.variant.answer.recipe.model, backend().models)
    if other:
        st.button(
            f"Ask {other.name} instead",
            key=f"instead-{slot.variant.id}",
            icon=":material/swap_horiz:",
            on_click=acts.ask_another_model,
            args=(slot, other),
        )
