"""Keeps the runs of the Compare page in the visitor's own browser, and brings them back from there.

Apart from chat_storage.py, whose conversation it never touches. The server sends one numbered text, with the
next few runs of the script too, because Streamlit may let one run's message overtake another's; the browser
writes it once, or says that it has missed it (runs_storage.js).
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lib.comparison.comparisons import age
from lib.comparison.run import AT_ONCE, Run
from lib.records import run_records
from lib.records.storage_state import RunRecord, RunsStorageState
from lib.ui.app import session
from lib.ui.app.forget import forget
from lib.ui.app.startup import backend
from lib.ui.app.widget_keys import RUNS_STORAGE as KEY
from lib.ui.browser import chat_storage, scripts

_SENT = 3
"""How many runs of the script a text goes along with."""
_FULL = "This browser's storage is full, so a reload will not bring back the newest comparison runs."

_component = st.components.v2.component(
    "sirocco.runs_storage",
    js=scripts.source("runs_storage"),
    isolate_styles=False,
)


def mount() -> None:
    """Draw the invisible component. Once a run, at the same place, before columns are followed."""
    keeping = _keeping()
    ended = sorted((run for run in session.current().comparisons.runs if run.ended), key=age, reverse=True)
    keeping.records = {run.id: _record(keeping, run) for run in ended}
    text = run_records.to_text([each.text for each in keeping.records.values()])
    if text and text != keeping.text:
        keeping.text, keeping.number, keeping.sends = text, keeping.number + 1, _SENT
    data = {
        "session": keeping.session,
        "number": keeping.number,
        "text": keeping.text if keeping.sends else None,
    }
    keeping.sends = max(0, keeping.sends - 1)
    listeners: dict[str, Any] = {f"on_{name}_change": partial(_listen, name) for name in _HEARD}
    _component(key=KEY, data=data, height="content", **listeners)


def hear(name: str, told: Any) -> None:
    """What the browser says; from outside, so it may be anything."""
    _HEARD[name](told)


def _listen(name: str) -> None:
    if KEY in st.session_state:  # else everything was forgotten just now, and this was said before
        hear(name, st.session_state[KEY].get(name))


def _keeping() -> RunsStorageState:
    return session.current().runs_storage_state


def _record(keeping: RunsStorageState, run: Run) -> RunRecord:
    """Packing takes some milliseconds, so a run that has not changed keeps its text."""
    run.settle()
    made_of = run.picked, [repeat.reply for repeat in run.repeats]
    before = keeping.records.get(run.id)
    return before if before and before.made_of == made_of else RunRecord(made_of, run_records.record(run))


def _on_saved(told: Any) -> None:
    """What the browser has, at the start or because another tab has written it."""
    restored = run_records.restore(told, AT_ONCE[backend().kind])
    _keeping().text = told if isinstance(told, str) else ""
    chat_storage.add_note(restored.note)
    session.current().comparisons.merge(restored.runs)


def _on_forgotten(told: Any) -> None:
    """Another tab was told to forget everything."""
    if told == _keeping().session:
        forget()


def _on_gap(_: Any) -> None:
    _keeping().sends = _SENT


def _on_full(_: Any) -> None:
    chat_storage.add_note(_FULL)


_HEARD: dict[str, Callable[[Any], None]] = {
    "saved": _on_saved,
    "forgotten": _on_forgotten,
    "gap": _on_gap,
    "full": _on_full,
}
