"""Does this deployment work? The report of `python -m lib.hosting.doctor`, for a browser."""

import streamlit as st

from lib.bedrock.gate import HOST, Visitor
from lib.hosting import calls, doctor
from lib.hosting.check import Check, summary, worst_first
from lib.ui.app import session
from lib.ui.app.calls import visitor
from lib.ui.app.startup import backend

ICONS = {
    "failed": ":red[:material/cancel:]",
    "warning": ":orange[:material/warning:]",
    "ok": ":green[:material/check_circle:]",
    "skipped": ":gray[:material/do_not_disturb_on:]",
}
AGAIN_S = 60  # whoever opens the page: the checks run, and models are called, once in this time at most


@st.cache_data(ttl=AGAIN_S, show_spinner=False)
def report() -> tuple[Check, ...]:
    return doctor.examine(backend(), HOST, stream=backend().kind == "local")


@st.cache_data(ttl=AGAIN_S, show_spinner=False)
def called(_visitor: Visitor, at_home: bool) -> tuple[Check, ...]:  # noqa: ARG001  (part of the cache's key)
    models = backend().models
    return calls.streaming(backend(), _visitor), *calls.call_each(backend(), models, _visitor)


def show(check: Check) -> None:
    name, told = st.columns([2, 5], gap="xxsmall")
    name.markdown(f"{ICONS[check.status]} **{check.name}**")
    with told, st.container(gap="xxsmall"):
        st.text(check.says)
        if check.fix:
            st.text(f"Fix: {check.fix}")


def call() -> None:
    mine.asked, mine.rounds = True, mine.rounds + 1


here, mine = backend(), session.current().doctor
st.title("Doctor")
verdict = st.container()
with st.container(horizontal=True):
    if st.button("Run again", icon=":material/refresh:"):
        report.clear()
        mine.answers = ()
    # Another key each round: a popover that was not there before is closed.
    key = f"calling-{mine.rounds}"
    with st.popover("Call each model", icon=":material/call:", key=key, on_change="rerun"):
        offered = here.models
        st.text(f"A short answer from {here.default_model.name}: {doctor.stream_cost(here)}.")
        st.text(f"One token from each of {len(offered)}: {calls.cost(offered)}.")
        st.button("Call", type="primary", on_click=call)
with st.spinner("Looking at this deployment"):
    checks = report()
if mine.asked:
    mine.asked = False
    with st.spinner("Calling each model"):
        mine.answers = called(visitor(), visitor().at_home)
answers = mine.answers
if answers:
    checks = (*(check for check in checks if check.name != "Streaming"), *answers)

verdict.caption(f"{summary(checks)} No keys or account numbers are shown.")
with st.container(gap="small"):
    for check in worst_first(checks):
        if check.status in ("failed", "warning"):
            with st.container(border=True):
                show(check)
    for check in worst_first(checks):
        if check.status == "ok":
            show(check)
with st.expander("Not checked", icon=":material/do_not_disturb_on:", type="compact"):
    for check in checks:
        if check.status == "skipped":
            show(check)
