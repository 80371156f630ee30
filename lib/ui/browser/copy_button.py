"""A button that copies a text in one tap, without asking the server."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

_component = st.components.v2.component(
    "sirocco.copy",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=True,
)


def button(label: str, text: str, key: str) -> None:
    """Draw it into the current container."""
    _component(
        key=key, data={"label": label, "text": text, "done": "Copied"}, width="content", height="content"
    )
