"""One turn on the page: the prompt, the answer live or settled, its line, and what can be done with it."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.account import nearest_active
from lib.bedrock.answer import joined
from lib.bedrock.problems import Problem
from lib.ui import acts
from lib.ui.answer_foot import show_foot
from lib.ui.conversation import Slot, Variant
from lib.ui.share.inert import inert
from lib.ui.start import backend
from lib.ui.typeset import typeset
from lib.ui.typewriter import typewriter

USER, MODEL = ":material/person:", ":material/air:"
ICONS = {"error": ":material/error:", "warning": ":material/warning:", "info": ":material/info:"}
_STOP_NOTICED_S = 0.25
_NOT_FOR_THIS_ACCOUNT = ("legacy", "end-of-life", "no-model-access")


def show_turn(slot: Slot, newest: bool) -> None:
    """Draw it; if the answer still runs, follow it to its end and then run the page again."""
    variant = slot.variant
    with st.chat_message("You", avatar=USER):
        _show_prompt(slot, variant)
    with st.chat_message("assistant", avatar=MODEL):
        # The same three containers live and settled: a tick of `_notice_stop` that comes late, when the page
        # is already settled, then meets an empty place.
        body, foot, pulse = st.container(), st.container(key=f"foot-{variant.id}"), st.container()
        if variant.left_out:
            body.caption(f"{_count(variant.left_out, 'earlier turn')} did not fit and were not sent.")
        if variant.running:
            _follow(variant, body, foot, pulse)
            st.rerun()
        with body:
            _show_answer(slot)
        with foot:
            show_foot(slot, newest)
        variant.settled = True


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _show_prompt(slot: Slot, variant: Variant) -> None:
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


def _follow(variant: Variant, body: DeltaGenerator, foot: DeltaGenerator, pulse: DeltaGenerator) -> None:
    """Write the answer as it arrives; returns when it has ended."""
    stream = variant.running
    if stream is None:
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
                    _yield_to_streamlit()
                with st.container(key="live-answer"):  # the browser keeps what stands here, should we die
                    st.write_stream(typewriter(stream, _yield_to_streamlit))
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
