"""Prompt and sliders to a streamed answer."""

import streamlit as st

from lib.ui.app import session
from lib.ui.app.startup import backend
from lib.ui.browser import chat_storage
from lib.ui.budget.line import show_budget
from lib.ui.chat import actions, chats, header, prompt_box
from lib.ui.chat.turns import show_turns
from lib.ui.sidebar import controls

session.go_where_asked()
here = backend()
header.say_what_was_ignored(here)
model = controls.sidebar(here, dial=False)
chats.show_chats()
controls.forget_button()
header.header(here, model)
priced = show_budget(here, model, prompts=True)

actions.ask_waiting()
followed = session.conversation().running()  # once for all of this run: it may end at any moment
prompt_box.show_prompt_box(model, followed is not None, priced)
chat_storage.mount()

start = st.empty()
with start:
    turns = session.shown_turns()
if not turns:
    with start.container():
        header.suggestions(here)
show_turns(turns, followed)
