"""The same prompt at several settings, side by side and live."""

import streamlit as st

from lib.ui import controls, shelf, welcome
from lib.ui.compare import acts, results, setup, state, view
from lib.ui.start import backend

acts.go_where_asked()
here = backend()
welcome.say_what_was_ignored(here)
model = controls.sidebar(here)
st.title("Compare")
st.caption(welcome.origin(here, model))
run = state.shown()
going = run if run and not run.ended else None
shelf.mount()

mark = setup.show(here, model, going)
if reason := acts.refused():
    st.error(f"Nothing was sent. {reason}", icon=":material/tune:")

# Both places exist before the lanes stream, so that what a run before has left goes at once.
lanes, below = st.container(), st.empty()
if run:
    with lanes:
        view.show(run, here, mark, going is not None)
with below.container():
    if run:
        results.show(run, here)
    results.show_tally()
    results.show_earlier()
