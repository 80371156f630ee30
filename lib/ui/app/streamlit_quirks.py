"""What this app does only because Streamlit works as it does."""

from __future__ import annotations

import streamlit as st


def yield_point() -> None:
    """Let Streamlit end this script run if it was stopped, or if another run is to replace it.

    Streamlit (seen on 1.67.0) ends a run only where the script calls into it. A loop that waits and draws
    nothing would go on beside the next run, and after the browser has left. Of these calls, reading the
    session state is one that sends nothing to the browser.
    """
    _ = "session" in st.session_state
