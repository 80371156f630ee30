"""The prompt box of the Compare page. What stood in it and was never run can be put back."""

import streamlit as st

from lib.ui.app import session
from lib.ui.app.widget_keys import COMPARE_PROMPT as KEY
from lib.ui.app.widgets import button, row

_SHOWN = 60  # characters of a prompt that was replaced


def show_prompt() -> None:
    """Draw the box, and below it the prompt that another one has replaced."""
    st.text_area(
        "Prompt", key=KEY, height=90, placeholder="Write a haiku about the sea.", persist_state="session"
    )
    replaced = session.current().replaced_prompt
    if replaced and replaced != typed():
        with row(gap="small"):
            begin = " ".join(replaced.split())
            shown = begin if len(begin) <= _SHOWN else begin[:_SHOWN] + "…"
            st.text(f"Instead of: {shown}", width="content")
            button("Put it back", "undo", _put_back, key="compare-put-back")


def typed() -> str:
    """What the box holds, as far as the server knows."""
    return st.session_state.get(KEY) or ""


def not_run() -> str:
    """What the box holds, unless it is the prompt of a run, or empty."""
    runs = session.current().comparisons.runs
    return "" if any(run.prompt == typed() for run in runs) else typed().strip() and typed()


def replace(prompt: str) -> None:
    """Set the box before it is drawn. What stood in it and was never run is kept."""
    if (before := not_run()) and before != prompt:
        session.current().replaced_prompt = before
    st.session_state[KEY] = prompt


def _put_back() -> None:
    held = session.current()
    before, held.replaced_prompt = held.replaced_prompt, ""
    replace(before)
