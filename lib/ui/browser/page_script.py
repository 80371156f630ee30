"""The script of every page: it keeps what is typed, shows the way to the newest text, and tells of outages.

All that it is sent is a state and not an event, so it does not matter if Streamlit delivers the message of a
later run first (page_script.js). As long as nothing of it changes, the browser has the whole message already.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lib.mistral.size import LONGEST_PROMPT, LONGEST_SYSTEM
from lib.ui.app import session
from lib.ui.app.widget_keys import PAGE_SCRIPT as KEY
from lib.ui.app.widget_keys import SYSTEM
from lib.ui.browser import components
from lib.ui.browser.late_files import late_files

_component = components.component("page_script")


BringBack = Callable[[str, str], None]


def mount(
    settings: bool = False, answers: bool = False, bring_back: BringBack = lambda _query, _system: None
) -> None:
    """Draw the invisible component, once in each run, before an answer is followed.

    `settings`: the page has the box of the system text, which has been drawn. `answers`: it shows answers.
    `bring_back`: for a page without settings, a function that is called with those that the tab had before a
    reload: the query of the address and the system text.
    """
    held = session.current()
    box = held.box
    data = {
        "session": box.session,
        "taken": box.taken,
        "puts": box.puts,
        "waiting": held.waiting,
        "asked": held.asked,
        "system": held.system if settings else None,
        "restored": held.system_restored,
        "late": late_files() if answers else [],
        "most": {"prompt": LONGEST_PROMPT, "system": LONGEST_SYSTEM},
    }
    heard = components.listeners(KEY, partial(_hear, bring_back), ["kept", "left", "own"])
    _component(key=KEY, data=data, height="content", **heard)


def _hear(bring_back: BringBack, name: str, told: Any) -> None:
    """Handle a message of the browser, which may be anything, because visitors can change it."""
    if name == "kept" and isinstance(told, str):
        session.current().system_restored += 1
        if not st.session_state.get(SYSTEM):  # the text from before a reload
            st.session_state[SYSTEM] = told[:LONGEST_SYSTEM]
    elif name == "left" and SYSTEM in st.query_params:
        # The browser has taken it out of the address; Streamlit would put it back with the next setting.
        del st.query_params[SYSTEM]
    elif name == "own" and isinstance(told, dict):
        bring_back(str(told.get("query") or ""), str(told.get("system") or ""))
