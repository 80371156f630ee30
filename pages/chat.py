"""Prompt and sliders to a streamed answer."""

import streamlit as st

from lib.ui import acts, answer_view, controls, keeper, session, welcome
from lib.ui.start import backend

here = backend()
welcome.say_what_was_ignored(here)
model = controls.sidebar(here)
controls.forget_button()
welcome.header(here, model)

if refused := session.take_refused():
    st.session_state["prompt"] = refused.prompt
    st.error(f"Nothing was sent. {refused.reason}", icon=":material/tune:")
st.chat_input("Ask something", key="prompt", submit_mode="stop", max_chars=20_000, on_submit=acts.ask_typed)
followed = session.conversation().running()
keeper.mount()

start = st.empty()
with start:
    slots = session.shown_slots()
if not slots:
    with start.container():
        welcome.suggestions(here)
answer_view.show_turns(slots, followed)
