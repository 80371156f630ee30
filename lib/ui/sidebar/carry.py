"""Carry the values of the sidebar's widgets to another page, and restore them after a reload."""

from typing import Any
from urllib.parse import parse_qs

import streamlit as st

from lib.bedrock.backend import Backend
from lib.mistral.recipe import NUMBERS
from lib.mistral.size import LONGEST_SYSTEM
from lib.ui.app import session
from lib.ui.app.widget_keys import MODEL, STOP, SYSTEM
from lib.ui.sidebar import settings

_LONGEST_QUERY = 10_000  # characters that are read; addresses are shorter


def take_along() -> None:
    """Give the widgets of a page that was just opened the values of the page before.

    Streamlit 1.67 draws the widget of another page without the value that its key has, if that value came
    with the address and nothing has changed since.
    """
    for name, value in session.current().settings.items():
        if name not in st.query_params:
            st.session_state[name] = st.session_state.get(name, value)


def bring_back(backend: Backend, query: str, system: str) -> None:
    """Give a session that has had no settings those that the tab had before: the query of the address and
    the system text. What cannot be read is left out; visitors can change both."""
    held = session.current()
    if held.settings:
        return
    asked = {name: values for name, values in parse_qs(query[:_LONGEST_QUERY].lstrip("?")).items() if values}
    wanted = asked.get(MODEL, [""])[-1]
    model = next((each for each in backend.models if wanted in (each.id, each.name)), backend.default_model)
    values: dict[str, Any] = {MODEL: model.id, SYSTEM: system[:LONGEST_SYSTEM]}
    for name in NUMBERS:
        if name in asked and name in model.parameters:
            values[name] = settings.used_value(model, name, asked[name])
    if "stop" in model.parameters:
        values[STOP] = list(dict.fromkeys(asked.get(STOP, [])))[: int(model.parameters["stop"].high)]
    settings.put_back(values, model)
    held.settings, held.system = values, values[SYSTEM]
    held.system_restored += 1
