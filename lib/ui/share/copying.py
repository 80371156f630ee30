"""A button that copies a text in one tap, without asking the server."""

from __future__ import annotations

import streamlit as st

from lib.ui.start import ROOT

_component = st.components.v2.component(
    "sirocco.copy",
    js=(ROOT / "lib" / "ui" / "assets" / "copy.js").read_text(encoding="utf-8"),
    isolate_styles=True,
)


def button(label: str, text: str, key: str) -> None:
    """Draw it into the current container."""
    _component(
        key=key, data={"label": label, "text": text, "done": "Copied"}, width="content", height="content"
    )
