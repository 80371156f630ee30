"""What one browser session holds of its comparisons. In the session, nowhere else on the server."""

from __future__ import annotations

import streamlit as st

from lib.ui.compare.blind import Round
from lib.ui.compare.run import Run

MOST = 8
"""Runs that are kept, the shown one among them."""


def runs() -> list[Run]:
    """Newest first."""
    kept: list[Run] = st.session_state.setdefault("comparisons", [])
    return kept


def shown() -> Run | None:
    """The run on the page."""
    wanted = st.session_state.get("comparison")
    return next((run for run in runs() if run.id == wanted), None)


def show(run: Run) -> None:
    """Put a kept run on the page."""
    if (before := shown()) and before is not run:
        before.stop()
    st.session_state["comparison"] = run.id


def add(run: Run) -> None:
    """A new run, shown at once; the oldest makes room."""
    show(run)
    runs().insert(0, run)
    del runs()[MOST:]


def rounds() -> list[Round]:
    """The blind picks of this session, oldest first."""
    kept: list[Round] = st.session_state.setdefault("comparison_rounds", [])
    return kept
