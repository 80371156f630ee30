"""Prompt and sliders to a streamed answer."""

import streamlit as st

from lib.ui.app import session
from lib.ui.app.startup import backend
from lib.ui.browser import chat_storage, page_script
from lib.ui.budget.line import show_budget
from lib.ui.chat import actions, chats, header, prompt_box
from lib.ui.chat.turns import show_turns
from lib.ui.compare import demonstration
from lib.ui.sidebar import controls

session.go_where_asked()
here = backend()
header.say_what_was_ignored(here)
model = controls.sidebar(here, dial=False)
chats.show_chats()
controls.forget_button()
header.header(here, model)
with (budget := st.empty()):
    budget_shown = show_budget(here, model, prompts=True)

actions.ask_waiting()
followed = session.conversation().running()  # once for all of this run: it may end at any moment
box_ends = prompt_box.show_prompt_box(model, followed is not None, budget_shown == "price")
chat_storage.mount()
page_script.mount(settings=True)

start = st.empty()
with start:
    turns = session.shown_turns()
if not turns:
    with start.container():
        demonstration.show_demonstration(here)
        header.suggestions(here)
if answer_ends := show_turns(turns, followed):
    chat_storage.mount_end()
    box_ends()
    if budget_shown != "card":
        with budget:
            show_budget(here, model, prompts=True)
    answer_ends()
