"""The same recipe, run on this deployment beside what was recorded."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.backend import Backend
from lib.bedrock.summary import answer_line
from lib.markdown.escape import escape
from lib.mistral.size import too_long
from lib.records.opened_link import Opened
from lib.ui.answer.live import write_live
from lib.ui.answer.problem_card import problem_card
from lib.ui.answer.text import is_plain, plain_switch, show_text
from lib.ui.answer.thinking import show_thinking
from lib.ui.app.acts import once
from lib.ui.app.calls import send
from lib.ui.app.startup import backend
from lib.ui.app.widgets import button
from lib.ui.shared.adapt import fitted


def run(what: Opened, index: int) -> None:
    """Send the recipe of an entry. A callback; an answer to another entry that still arrives ends."""
    if what.shared is None:
        return
    what.stop()
    what.end()
    recipe, _ = fitted(what.shared.entries[index].recipe, backend())
    what.fresh[index] = send(recipe)


def show_rerun(what: Opened, index: int, here: Backend, place: DeltaGenerator) -> None:
    """Draw the button, what will differ, and the answer made here, which is followed while it arrives."""
    if what.shared is None:
        return
    recipe, differences = fitted(what.shared.entries[index].recipe, here)
    refused = too_long(recipe)
    reply = what.fresh.get(index)
    with place:
        if reply:
            st.caption("Run here")
        body = st.container(key=f"shared-fresh-{index}")
        key, kind = f"shared-run-{index}", "secondary" if reply else "primary"
        running = reply if reply and not reply.ended else None
        if running:
            button("Stop", "stop_circle", running.close, key=key, type=kind)
        else:
            label = "Run again" if reply else "Run it here"
            button(label, "play_arrow", once(run), what, index, key=key, type=kind, disabled=bool(refused))
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
        answer = reply.answer
        show_thinking(answer)
        if answer.shown_text:
            show_text(answer, is_plain(f"fresh-{index}"))
        if answer.problem:
            problem_card(answer.problem)
        st.caption(answer_line(answer))
        if answer.text.strip():
            plain_switch(f"fresh-{index}")
