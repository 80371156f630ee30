"""Prompt and sliders to a streamed answer."""

import streamlit as st

from lib.mistral.recipe import RecipeError
from lib.ui import answer_view, conversation, welcome
from lib.ui.controls import sidebar
from lib.ui.start import backend

here = backend()
model, settings = sidebar(here)
st.title("Sirocco")
st.caption(welcome.origin(here, model))
for note in here.notes:
    st.warning(note, icon=":material/settings:")
if refused := conversation.take_refused():
    st.session_state["prompt"] = refused.prompt
    st.error(f"Nothing was sent. {refused.reason}", icon=":material/tune:")

prompt = st.chat_input("Ask something", key="prompt", submit_mode="stop", max_chars=20_000)
start = st.empty()
if not prompt and not conversation.exchanges():
    with start.container():
        prompt = welcome.suggestions(here)
if prompt:
    start.empty()
    try:
        conversation.ask(here, prompt, model.id, settings)
    except RecipeError as error:
        conversation.refuse(prompt, str(error))
        st.rerun()

for exchange in conversation.shown_exchanges():
    answer_view.show_exchange(exchange, here)
