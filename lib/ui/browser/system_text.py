"""Keeps the system text in the tab of the visitor's browser and out of the address (system_text.js)."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.ui.app import session
from lib.ui.app.widget_keys import SYSTEM
from lib.ui.app.widget_keys import SYSTEM_KEPT as KEY
from lib.ui.browser import components

_component = components.component("system_text")


def mount(text: str, on_kept: Callable[[str], None]) -> None:
    """Draw the invisible component, once in each run, after the widget with the text that the server knows.

    `on_kept` is called with the text from before a reload.
    """

    def hear(name: str, told: Any) -> None:
        if name == "kept" and isinstance(told, str):
            on_kept(told)
        elif name == "left" and SYSTEM in st.query_params:
            # The browser has taken it out of the address; Streamlit would put it back with the next setting.
            del st.query_params[SYSTEM]

    data = {"session": session.current().chat_storage_state.session, "text": text}
    _component(key=KEY, data=data, height="content", **components.listeners(KEY, hear, ["kept", "left"]))
