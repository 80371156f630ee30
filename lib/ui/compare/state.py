"""What one browser session holds of its comparisons. In the session, nowhere else on the server."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lib.comparison.blind import Round
from lib.comparison.run import Run
from lib.records.run_records import RUNS as MOST
from lib.records.run_records import age

SHELF = "comparison_shelf"
"""Where lib/ui/browser/runs_storage.py remembers what the browser has of the runs."""
_HELD = ("comparison", "comparisons", "comparison_refused", "comparison_rounds", "comparison_used", SHELF)


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


def merge(found: Iterable[Run]) -> None:
    """Add runs that the browser brought back; the newest stay, and the one on the page in any case."""
    mine, looked_at = runs(), shown()
    known = {run.id for run in mine}
    every = [*mine, *(run for run in found if run.id not in known)]
    every.sort(key=age, reverse=True)
    kept = every[:MOST]
    if looked_at and looked_at not in kept:
        kept[-1] = looked_at
    mine[:] = kept


def forget() -> None:
    """Stop and remove all runs of this session, and what was picked in them."""
    for run in runs():
        run.stop()
    for name in _HELD:
        st.session_state.pop(name, None)


def rounds() -> list[Round]:
    """The blind picks of this session, oldest first."""
    kept: list[Round] = st.session_state.setdefault("comparison_rounds", [])
    return kept
