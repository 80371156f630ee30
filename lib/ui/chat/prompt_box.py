"""The bottom of the chat page: the temperature, Again or Stop, the prompt that waits, and the chat input."""

import streamlit as st

from lib.bedrock.wording import clipped
from lib.conversation.tree import Turn
from lib.mistral.catalog import Model
from lib.mistral.size import LONGEST_PROMPT
from lib.ui.app import session, widget_keys
from lib.ui.app.acts import once
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.app.widgets import button, row
from lib.ui.chat import actions
from lib.ui.chat.before_sending import show_before_sending
from lib.ui.sidebar import controls

_SHOWN = 120  # characters of a waiting prompt


def show_prompt_box(model: Model, running: bool, priced: bool) -> None:
    """Draw it at the bottom of the window. The box can be typed in while an answer arrives (`running`).

    `priced`: the page has told what a prompt costs.
    """
    held, turns = session.current(), conversation().turns()
    if held.must_reset("chat"):
        st.session_state[widget_keys.PROMPT] = ""
    if refused := session.take_refused():
        st.session_state[widget_keys.PROMPT] = refused.prompt
        if refused.reason:
            st.error(f"Nothing was sent. {refused.reason}", icon=":material/tune:")
    with st.bottom:
        if held.waiting:
            _show_waiting(held.waiting)
        with row(key="dial", gap="medium"):
            controls.temperature(model)
            if turns:
                _show_stop_and_again(turns[-1], running)
        if not running:
            show_before_sending(backend(), priced)
        st.chat_input(
            "Ask something",
            key=widget_keys.PROMPT,
            max_chars=LONGEST_PROMPT,
            on_submit=once(actions.ask_typed, instead=actions.keep_typed),
        )


def _show_stop_and_again(turn: Turn, running: bool) -> None:
    """Again keeps its place while the answer arrives, so that its double click does not hit Stop."""
    if running:
        button("Stop", "stop_circle", actions.stop, key="stop-answer", type="secondary")
    button(
        "Again",
        "refresh",
        once(actions.again),
        turn,
        key="again",
        type="secondary",
        shortcut="Alt+Enter",
        help="Send the same prompt again, with the settings as they are now",
        disabled=running,
    )


def _show_waiting(prompt: str) -> None:
    with row(key="waiting-prompt"):
        st.text(f"Sent when the answer ends: {clipped(prompt, _SHOWN)}", width="stretch")
        button("Take back", "undo", actions.take_back, key="take-back")
