"""The same recipe, run on this deployment beside what was recorded."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.answer import Answer
from lib.bedrock.backend import Backend
from lib.bedrock.summary import answer_line
from lib.markdown.escape import escape
from lib.markdown.streamlit_markdown import typeset
from lib.mistral.size import too_long
from lib.records.opened_link import Opened
from lib.ui.answer.live import write_live
from lib.ui.answer.problem_card import problem_card
from lib.ui.app.calls import send
from lib.ui.app.startup import backend
from lib.ui.shared.adapt import fitted


def run(what: Opened, index: int) -> None:
    """Send it. A callback; what still runs of another answer ends."""
    if what.shared is None:
        return
    what.stop()
    what.end()
    recipe, _ = fitted(what.shared.entries[index].recipe, backend())
    what.fresh[index] = send(recipe)


def show_rerun(what: Opened, index: int, here: Backend, place: DeltaGenerator) -> None:
    """The button, what will differ, and the fresh answer; one that still runs is followed to its end."""
    if what.shared is None:
        return
    recipe, differences = fitted(what.shared.entries[index].recipe, here)
    refused = too_long(recipe)
    reply = what.fresh.get(index)
    with place:
        if reply:
            st.caption("Run here")
        body = st.container(key=f"shared-fresh-{index}")
        running = None if reply is None or reply.ended else reply
        st.button(
            "Stop" if running else "Run again" if reply else "Run it here",
            icon=f":material/{'stop_circle' if running else 'play_arrow'}:",
            key=f"shared-run-{index}",
            type="secondary" if reply else "primary",
            on_click=running.close if running else run,
            args=() if running else (what, index),
            disabled=bool(refused),
        )
        if refused:
            st.caption(f"It cannot be run. {escape(refused)}")
        if differences:
            with st.container(gap="xsmall"):
                for sentence in differences:
                    st.caption(escape(sentence))
    if reply is None:
        return
    with body:
        if running:
            write_live(running, st.empty())
            st.rerun()
        _settled(reply.answer)


def _settled(answer: Answer) -> None:
    if answer.shown_text:
        st.markdown(typeset(answer.shown_text), anchors=False)
    if problem := answer.problem:
        problem_card(problem)
    st.caption(answer_line(answer))
