"""The same prompt at several settings, side by side and live."""

import streamlit as st

from lib.ui.answer.blind_tally import show_tally
from lib.ui.app import session
from lib.ui.app.startup import backend
from lib.ui.browser import page_script, runs_storage
from lib.ui.budget.line import show_budget
from lib.ui.chat import header
from lib.ui.compare import actions, columns, results, setup, view
from lib.ui.sidebar import controls

session.go_where_asked()
here = backend()
header.say_what_was_ignored(here)
model = controls.sidebar(here, fold_dial=setup.compares_temperature(here))
st.title("Compare", anchor=False)
st.caption(header.origin(here, model))
show_budget(here, model, prompts=False)
run = session.current().comparisons.shown
going = run is not None and not run.ended
runs_storage.mount()
page_script.mount(settings=True, answers=True)

setup.show_setup(here, model, run)
if reason := actions.refused():
    st.error(f"Nothing was sent. {reason}", icon=":material/tune:")

# Both places exist before the columns stream, so that what an earlier run has drawn goes at once.
place, below = st.container(), st.empty()
if run:
    with place:
        view.show_head(run, going)
        columns.show_columns(run, view.chosen_form(), going)
with below.container():
    if run:
        view.show_view()
        results.show_results(run, here)
    show_tally()
    results.show_earlier()
