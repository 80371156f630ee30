"""Stores the runs of the Compare page in the visitor's own browser, and restores them from there.

The server sends one numbered text with several runs of the script, because Streamlit may deliver the message
of a later run first. The browser writes the text once, or reports that it has missed it (runs_storage.js).
"""

from collections.abc import Callable
from typing import Any

from lib.comparison.comparisons import age
from lib.comparison.run import AT_ONCE, Run
from lib.records import run_records
from lib.records.storage_state import RunRecord, RunsStorageState
from lib.ui.app import session
from lib.ui.app.forget import forget
from lib.ui.app.startup import backend
from lib.ui.app.widget_keys import RUNS_STORAGE as KEY
from lib.ui.browser import chat_storage, components

_SENT = 3
"""With how many runs of the script a text is sent."""
_FULL = "This browser's storage is full, so a reload will not bring back the newest comparison runs."

_component = components.component("runs_storage")


def mount() -> None:
    """Draw the invisible component, once in each run, at the same place, before columns are followed."""
    state = _state()
    ended = sorted((run for run in session.current().comparisons.runs if run.ended), key=age, reverse=True)
    state.records = {run.id: _record(state, run) for run in ended}
    text = run_records.to_text([each.text for each in state.records.values()])
    if text and text != state.text:
        state.text, state.number, state.sends = text, state.number + 1, _SENT
    data = {
        "session": state.session,
        "number": state.number,
        "text": state.text if state.sends else None,
    }
    state.sends = max(0, state.sends - 1)
    _component(key=KEY, data=data, height="content", **components.listeners(KEY, hear, _HEARD))


def hear(name: str, told: Any) -> None:
    """Handle a message of the browser, which may be anything, because visitors can change it."""
    _HEARD[name](told)


def _state() -> RunsStorageState:
    return session.current().runs_storage_state


def _record(state: RunsStorageState, run: Run) -> RunRecord:
    """The saved form of a run; an unchanged run keeps it, because packing takes some milliseconds."""
    run.settle()
    made_of = run.picked, [repeat.reply for repeat in run.repeats]
    before = state.records.get(run.id)
    return before if before and before.made_of == made_of else RunRecord(made_of, run_records.record(run))


def _on_saved(told: Any) -> None:
    """Add the runs that the browser has: at the start, or when another tab has stored some."""
    restored = run_records.restore(told, AT_ONCE[backend().kind])
    _state().text = told if isinstance(told, str) else ""
    chat_storage.add_note(restored.note)
    session.current().comparisons.merge(restored.runs)


def _on_forgotten(told: Any) -> None:
    """Another tab was told to forget everything."""
    if told == _state().session:
        forget()


def _on_gap(_: Any) -> None:
    _state().sends = _SENT


def _on_full(_: Any) -> None:
    chat_storage.add_note(_FULL)


_HEARD: dict[str, Callable[[Any], None]] = {
    "saved": _on_saved,
    "forgotten": _on_forgotten,
    "gap": _on_gap,
    "full": _on_full,
}
