"""The script behind every page: page settings and navigation."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lib.ui.start import ROOT

ICON = Path(__file__).with_name("assets") / "sirocco.svg"


def run() -> None:
    """Draw the page that the URL names."""
    st.set_page_config(page_title="Sirocco", page_icon=str(ICON), layout="centered")
    pages = [st.Page(ROOT / "pages" / "chat.py", title="Chat", icon=":material/chat:", default=True)]
    st.navigation(pages).run()


if __name__ == "__main__":
    run()
