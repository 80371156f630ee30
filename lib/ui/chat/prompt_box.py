"""The bottom of the chat page: the temperature, Again or Stop, the prompt that waits, and the chat input."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.wording import clipped
from lib.conversation.tree import Turn
from lib.mistral.catalog import Model
from lib.ui.app import session, widget_keys
from lib.ui.app.acts import once
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.app.widgets import button, row
from lib.ui.chat import actions
from lib.ui.chat.before_sending import show_before_sending
from lib.ui.sidebar import controls

_SHOWN = 120  # characters of a waiting prompt


def show_input() -> DeltaGenerator:
    """Draw the chat input, and return the place above it for `show_prompt_box`."""
    if session.current().must_reset("chat"):
        st.session_state[widget_keys.PROMPT] = ""
    with st.bottom:
        above = st.container(gap="xsmall")
    # Not called inside st.bottom, where Streamlit draws it anyway: only then does the page follow an answer.
    st.chat_input(
        "Ask something",
        key=widget_keys.PROMPT,
        on_submit=once(actions.ask_typed, instead=actions.keep_typed),
    )
    return above


def show_prompt_box(place: DeltaGenerator, model: Model, running: bool, priced: bool) -> Callable[[], None]:
    """Draw what stands above the chat input. The box can be typed in while an answer arrives (`running`).

    `priced`: the page shows the price of a prompt elsewhere. Call the returned function when that answer has
    ended in the same run: it removes Stop and enables Again.
    """
    held, turns = session.current(), conversation().turns()
    with place:
        if reason := session.take_reason():
            st.error(f"Nothing was sent. {reason}", icon=":material/tune:")
        if held.waiting:
            _show_waiting(held.waiting)
        with row(key="dial", gap="medium"):
            controls.temperature(model)
            stop, again = st.empty(), st.empty()
        if turns:
            with again:
                _show_again(turns[-1], running)
        if running:
            with stop:
                button("Stop", "stop_circle", actions.stop, key="stop-answer", type="secondary")
        before_sending = st.empty()
        if not running:
            with before_sending:
                show_before_sending(backend(), priced)

    def ended() -> None:
        stop.empty()
        with again:
            _show_again(turns[-1], running=False)
        with before_sending:
            show_before_sending(backend(), priced)

    return ended


def _show_again(turn: Turn, running: bool) -> None:
    """Draw the button, in the same place while an answer arrives, so that a double click does not hit Stop.
    The script chat_storage.js keeps the second click from the server.

    Streamlit draws a key once in a run, so the button that can be clicked has another one.
    """
    button(
        "Again",
        "refresh",
        once(actions.again),
        turn,
        key="again-waits" if running else "again",
        type="secondary",
        shortcut="Alt+Enter",
        help="Send the same prompt again, with the settings as they are now",
        disabled=running,
    )


def _show_waiting(prompt: str) -> None:
    with row(key="waiting-prompt"):
        st.text(f"Sent when the answer ends: {clipped(prompt, _SHOWN)}", width="stretch")
        button("Take back", "undo", actions.take_back, key="take-back")
