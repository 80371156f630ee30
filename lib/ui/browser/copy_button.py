"""A button that copies a text in one tap, without asking the server."""

import streamlit as st

from lib.ui.browser import scripts

_component = st.components.v2.component(
    "sirocco.copy",
    js=scripts.source("copy_button"),
    isolate_styles=True,
)


def button(label: str, text: str, key: str) -> None:
    """Draw it into the current container."""
    _component(
        key=key, data={"label": label, "text": text, "done": "Copied"}, width="content", height="content"
    )
