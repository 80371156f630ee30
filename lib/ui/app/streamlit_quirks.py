"""Workarounds for the behaviour of Streamlit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
    _has_active_trigger_value,
)
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.state.safe_session_state import SafeSessionState

_with_callbacks = SafeSessionState.on_script_will_rerun
_ask_for_a_run = ScriptRequests._request_rerun_locked


def yield_point() -> None:
    """Let Streamlit end this script run if it was stopped, or if another run is to replace it.

    Streamlit (seen on 1.67.0) ends a run only where the script calls Streamlit. A loop that waits and draws
    nothing would go on beside the next run, and after the tab was closed. Reading the session state is a call
    that sends nothing to the browser.
    """
    _ = "session" in st.session_state


def finish_callbacks() -> None:
    """From now on, in every session of this process, a callback that has begun is carried out to its end.

    Streamlit (seen on 1.67.0) looks for the next rerun whenever the session state is touched, in callbacks
    too. A tick of a fragment or a message of a component that arrives during a callback ends the callback,
    and what was clicked or typed is lost (`SessionState._call_callbacks` says so in a comment). With this,
    Streamlit looks once the callbacks have run. Call it before the first page is drawn.
    """
    SafeSessionState.on_script_will_rerun = _uninterrupted  # type: ignore[method-assign, assignment]


def _uninterrupted(state: SafeSessionState, *args: Any, **more: Any) -> None:
    look = state._yield_callback
    object.__setattr__(state, "_yield_callback", lambda: None)  # its own __setattr__ writes to the session
    try:
        _with_callbacks(state, *args, **more)
    finally:
        object.__setattr__(state, "_yield_callback", look)


def keep_page_changes() -> None:
    """From now on, in every session of this process, a click on a link to another page opens that page.

    Without fast reruns, Streamlit (seen on 1.67.0) merges the runs that are asked for until the present one
    looks for them, and the page of the newest counts. A tick of a fragment, a message of a component, or
    `st.rerun` at the end of an answer names the page that is about to be left. None of them changes the page
    any more.
    """
    ScriptRequests._request_rerun_locked = _on_the_same_page  # type: ignore[method-assign, assignment]


def _on_the_same_page(requests: ScriptRequests, wanted: RerunData) -> bool:
    waiting = requests._rerun_data
    changes = (
        requests._state == ScriptRequestType.RERUN
        and waiting.page_script_hash
        and waiting.page_script_hash != wanted.page_script_hash
    )
    if changes and (wanted.fragment_id or _tells_something(wanted) or _is_of_this_script(wanted)):
        wanted = replace(
            wanted,
            page_script_hash=waiting.page_script_hash,
            page_name=waiting.page_name,
            query_string=waiting.query_string,
        )
    return _ask_for_a_run(requests, wanted)


def _tells_something(wanted: RerunData) -> bool:
    """Whether a click or a message of a component asks: a link to a page brings neither."""
    states = wanted.widget_states.widgets if wanted.widget_states else ()
    return any(map(_has_active_trigger_value, states))


def _is_of_this_script(wanted: RerunData) -> bool:
    """Whether the script that runs on this thread asks, and names its own page."""
    running = get_script_run_ctx(suppress_warning=True)
    return running is not None and wanted.page_script_hash == running.page_script_hash
