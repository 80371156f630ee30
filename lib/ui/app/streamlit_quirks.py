"""Workarounds for the behaviour of Streamlit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st
from streamlit.components.v2.bidi_component.constants import EVENT_DELIM
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner_utils.script_requests import (
    RerunData,
    ScriptRequests,
    ScriptRequestType,
)
from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

_with_callbacks = SafeSessionState.on_script_will_rerun
_ask_for_a_run = ScriptRequests._request_rerun_locked
_hear_the_browser = AppSession.request_rerun
_connect = WebsocketSessionManager.connect_session
_drop_unsent = ForwardMsgQueue.clear


def yield_point() -> None:
    """Let Streamlit end this script run if it was stopped, or if another run is to replace it.

    Streamlit (seen on 1.67.0) ends a run only where the script calls Streamlit. A loop that waits and draws
    nothing would go on beside the next run, and after the tab was closed. Reading the session state is a call
    that sends nothing to the browser.
    """
    _ = "session" in st.session_state


def trigger_value(key: str, name: str) -> Any:
    """The value of the trigger `name` of the component `key`, or None. Call it in a callback of the trigger.

    Streamlit (seen on 1.67.0) calls the callback also if another page was opened before the browser sent the
    message, but then `st.session_state` no longer has the component.
    """
    context = get_script_run_ctx()
    assert context, "Only a script has callbacks."
    widgets = context.session_state._state._new_widget_state
    # The component has another id on each page. Streamlit removes all values at the end of a run.
    of_component = [
        widgets.get(widget) for widget in widgets if widget.endswith(f"-{key}{EVENT_DELIM}events")
    ]
    told = [each for payload in of_component for each in payload or [] if each.get("event") == name]
    return told[-1].get("value") if told else None


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

    Streamlit (seen on 1.67.0) draws the page that the newest request for a run names. A tick of a fragment, a
    message of a component or a value that is entered names the page that is about to be left, if the browser
    sends it after the click and before it has heard of the new page. Without fast reruns, so does `st.rerun`
    at the end of an answer, because the runs that are asked for are merged until the present one looks for
    them. None of them changes the page any more.
    """
    ScriptRequests._request_rerun_locked = _on_the_same_page  # type: ignore[method-assign, assignment]
    AppSession.request_rerun = _on_the_page_of_the_session  # type: ignore[method-assign, assignment]


def _on_the_page_of_the_session(app_session: AppSession, told: ClientState | None) -> None:
    """Read a request of the browser as one for the page that the session is on, unless it may be the click on
    a link: that brings neither a fragment nor the values of widgets."""
    stays = told and (told.fragment_id or told.widget_states.widgets)
    if told and stays and (page := _page_of(app_session)) not in ("", told.page_script_hash):
        here = ClientState()
        here.CopyFrom(told)
        here.page_script_hash, here.page_name = page, ""
        told = here
    _hear_the_browser(app_session, told)


def _page_of(app_session: AppSession) -> str:
    """The page of the run that waits or is carried out, or else the one that was drawn last."""
    runner = app_session._scriptrunner
    asked = runner._requests._rerun_data.page_script_hash if runner else ""
    return asked or app_session._pages_manager.current_page_script_hash


def _on_the_same_page(requests: ScriptRequests, wanted: RerunData) -> bool:
    waiting = requests._rerun_data
    changes = (
        requests._state == ScriptRequestType.RERUN
        and waiting.page_script_hash
        and waiting.page_script_hash != wanted.page_script_hash
    )
    if changes and _is_of_this_script(wanted):
        wanted = replace(
            wanted,
            page_script_hash=waiting.page_script_hash,
            page_name=waiting.page_name,
            query_string=waiting.query_string,
        )
    return _ask_for_a_run(requests, wanted)


def _is_of_this_script(wanted: RerunData) -> bool:
    """Whether the script that runs on this thread asks, and names its own page."""
    running = get_script_run_ctx(suppress_warning=True)
    return running is not None and wanted.page_script_hash == running.page_script_hash


def run_after_an_outage() -> None:
    """From now on, in every session of this process, the page is run when its browser is connected again.

    Streamlit (seen on 1.67.0) stops a run when the connection breaks, and sends later what that run had
    drawn. The browser asks for another run only if it knew of the one that was stopped. Otherwise a part of
    the page would be missing.
    """
    WebsocketSessionManager.connect_session = _connected  # type: ignore[method-assign, assignment]


def _connected(
    manager: WebsocketSessionManager,
    client: Any,
    script_data: Any,
    user_info: Any,
    existing_session_id: str | None = None,
    *more: Any,
    **named: Any,
) -> str:
    connected = _connect(manager, client, script_data, user_info, existing_session_id, *more, **named)
    resumed = manager.get_active_session_info(connected) if connected == existing_session_id else None
    if resumed and (page := _page_of(resumed.session)):
        told = ClientState()
        told.CopyFrom(resumed.session._client_state)
        told.page_script_hash = page
        _hear_the_browser(resumed.session, told)
    return connected


def send_all_that_was_drawn() -> None:
    """From now on, in every session of this process, the browser gets what a run of the page has drawn, also
    if a run of a fragment begins before it was sent.

    Streamlit (seen on 1.67.0) drops the elements of that fragment then, but still sends that the run of the
    page has ended. The browser takes the widgets that it did not get for removed, forgets their values, and
    has their defaults once they are drawn again.
    """
    ForwardMsgQueue.clear = _cleared  # type: ignore[method-assign, assignment]


def _cleared(
    queue: ForwardMsgQueue,
    retain_lifecycle_msgs: bool = False,
    fragment_ids_this_run: list[str] | None = None,
) -> None:
    if fragment_ids_this_run is None:
        _drop_unsent(queue, retain_lifecycle_msgs)
    else:
        queue._delta_index_map = {}  # what the new run draws is put behind what waits, not in its place
