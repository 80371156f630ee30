"""Prompt and sliders to a streamed answer."""

import streamlit as st

from lib.mistral.size import LONGEST_PROMPT
from lib.ui.app import session, widget_keys
from lib.ui.app.acts import once
from lib.ui.app.startup import backend
from lib.ui.browser import chat_storage
from lib.ui.budget.line import show_budget
from lib.ui.chat import actions, header
from lib.ui.chat.turns import show_turns
from lib.ui.sidebar import controls

session.go_where_asked()
here = backend()
header.say_what_was_ignored(here)
model = controls.sidebar(here)
controls.forget_button()
header.header(here, model)
show_budget(here, model, prompts=True)

if session.current().must_reset("chat"):
    st.session_state[widget_keys.PROMPT] = ""
if refused := session.take_refused():
    st.session_state[widget_keys.PROMPT] = refused.prompt
    if refused.reason:
        st.error(f"Nothing was sent. {refused.reason}", icon=":material/tune:")
st.chat_input(
    "Ask something",
    key=widget_keys.PROMPT,
    submit_mode="stop",
    max_chars=LONGEST_PROMPT,
    on_submit=once(actions.ask_typed, instead=actions.keep_typed),
)
followed = session.conversation().running()
chat_storage.mount()

start = st.empty()
with start:
    turns = session.shown_turns()
if not turns:
    with start.container():
        header.suggestions(here)
show_turns(turns, followed)
