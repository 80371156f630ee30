"""The same prompt at several settings, side by side and live."""

import streamlit as st

from lib.ui.app import session
from lib.ui.app.startup import backend
from lib.ui.browser import page_script, runs_storage
from lib.ui.budget.line import show_budget
from lib.ui.chat import header
from lib.ui.compare import actions, columns, results, setup
from lib.ui.sidebar import controls

session.go_where_asked()
here = backend()
header.say_what_was_ignored(here)
model = controls.sidebar(here)
st.title("Compare")
st.caption(header.origin(here, model))
show_budget(here, model, prompts=False)
run = session.current().comparisons.shown
going = run if run and not run.ended else None
runs_storage.mount()
page_script.mount(settings=True)

form = setup.show_setup(here, model, going)
if reason := actions.refused():
    st.error(f"Nothing was sent. {reason}", icon=":material/tune:")

# Both places exist before the columns stream, so that what a run before has left goes at once.
place, below = st.container(), st.empty()
if run:
    with place:
        columns.show_columns(run, form, going is not None)
with below.container():
    if run:
        results.show_results(run, here)
    results.show_tally()
    results.show_earlier()
