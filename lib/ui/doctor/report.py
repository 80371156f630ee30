"""The parts of the Doctor page: its buttons, the checks that they make, and how a check is drawn."""

from collections.abc import Iterable

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.gate import HOST, Visitor
from lib.hosting import calls, doctor
from lib.hosting.check import Check, summary, worst_first
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.calls import visitor
from lib.ui.app.startup import backend

_ICONS = {
    "failed": ":red[:material/cancel:]",
    "warning": ":orange[:material/warning:]",
    "ok": ":green[:material/check_circle:]",
    "skipped": ":gray[:material/do_not_disturb_on:]",
}
_AGAIN_S = 60
"""Seconds for which results are kept, so that visitors cannot make the server call AWS more often."""


@st.cache_data(ttl=_AGAIN_S, show_spinner=False)
def _examined() -> tuple[Check, ...]:
    return doctor.examine(backend(), HOST, stream=backend().kind == "local")


@st.cache_data(ttl=_AGAIN_S, show_spinner=False)
def _called(_visitor: Visitor, at_home: bool) -> tuple[Check, ...]:  # noqa: ARG001  (part of the cache's key)
    return calls.streaming(backend(), _visitor), *calls.call_each(backend(), backend().models, _visitor)


def show_buttons(here: Backend, host: bool) -> None:
    """Draw "Run again" and, for the host, "Call each model"; what a click asks for is done by `checks`."""
    asked = session.current().doctor
    with st.container(horizontal=True):
        if st.button("Run again", icon=":material/refresh:"):
            _examined.clear()
            asked.answers = ()
        if not host:
            return
        # A popover with a new key is closed, so the key changes with each call.
        key = f"calling-{asked.rounds}"
        with st.popover("Call each model", icon=":material/call:", key=key, on_change="rerun"):
            offered = here.models
            st.text(f"A short answer from {here.default_model.name}: {doctor.stream_cost(here)}.")
            st.text(f"One token from each of {len(offered)}: {calls.cost(offered)}.")
            st.button("Call", type="primary", on_click=once(_ask_to_call))


def _ask_to_call() -> None:
    asked = session.current().doctor
    asked.asked, asked.rounds = True, asked.rounds + 1


def checks() -> tuple[Check, ...]:
    """The free checks, and the checks of each model once somebody has asked for them."""
    with st.spinner("Looking at this deployment"):
        free = _examined()
    held = session.current().doctor
    if held.asked:
        held.asked = False
        with st.spinner("Calling each model"):
            held.answers = _called(visitor(), visitor().at_home)
    if not held.answers:
        return free
    return (*(check for check in free if check.name != "Streaming"), *held.answers)


def verdict(made: Iterable[Check], host: bool) -> str:
    """One sentence about all checks, and what they never show."""
    if not host:
        works = all(check.status != "failed" for check in made)
        said = "Everything that was checked works." if works else "Something does not work."
        return f"{said} The host of this page sees the details, on the same computer or signed in."
    return f"{summary(made)} No keys or account numbers are shown."


def show_checks(made: Iterable[Check], host: bool) -> None:
    """Draw what failed in frames, then what works; what was not checked is in a closed expander.

    Visitors who are not the host see of each check only whether it works: details may help an attacker.
    """
    if not host:
        for check in worst_first(made):
            if check.status != "skipped":
                works = check.status != "failed"
                status = _ICONS["ok" if works else "failed"]
                st.markdown(f"{status} **{check.name}** {'works' if works else 'does not work'}")
        return
    with st.container(gap="small"):
        for check in worst_first(made):
            if check.status in ("failed", "warning"):
                with st.container(border=True):
                    _show(check)
            elif check.status == "ok":
                _show(check)
    with st.expander("Not checked", icon=":material/do_not_disturb_on:", type="compact"):
        for check in made:
            if check.status == "skipped":
                _show(check)


def _show(check: Check) -> None:
    name, found = st.columns([2, 5], gap="xxsmall")
    name.markdown(f"{_ICONS[check.status]} **{check.name}**")
    with found, st.container(gap="xxsmall"):
        st.text(check.says)
        if check.fix:
            st.text(f"Fix: {check.fix}")
