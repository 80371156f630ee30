"""The prompt box of the Compare page. A text that was replaced before it was run can be put back."""

import streamlit as st

from lib.bedrock.wording import clipped
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
            st.text(f"Instead of: {clipped(replaced, _SHOWN)}", width="content")
            button("Put it back", "undo", _put_back, key="compare-put-back")


def typed() -> str:
    """The text of the box as the server received it last."""
    return st.session_state.get(KEY) or ""


def replace(prompt: str) -> None:
    """Set the text of the box, before it is drawn. The text before is kept if it was never run."""
    held, before = session.current(), typed()
    was_run = any(run.prompt == before for run in held.comparisons.runs)
    if before.strip() and before != prompt and not was_run:
        held.replaced_prompt = before
    st.session_state[KEY] = prompt


def _put_back() -> None:
    held = session.current()
    before, held.replaced_prompt = held.replaced_prompt, ""
    replace(before)
