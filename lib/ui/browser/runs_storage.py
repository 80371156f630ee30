"""Stores the runs of the Compare page in the visitor's own browser, and restores them from there.

The server sends one numbered text with several runs of the script, because Streamlit may deliver the message
of a later run first. The browser writes the text once, or reports that it has missed it (runs_storage.js).
"""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.comparison import live_runs
from lib.comparison.comparisons import age, prefill
from lib.comparison.run import AT_ONCE, Run
from lib.records import run_records
from lib.records.storage_state import RunRecord, RunsStorageState
from lib.ui.app import calls, door, session
from lib.ui.app.forget import forget
from lib.ui.app.startup import backend
from lib.ui.app.widget_keys import COMPARE_PROMPT
from lib.ui.app.widget_keys import RUNS_STORAGE as KEY
from lib.ui.browser import chat_storage, components

_SENT = 3
"""With how many runs of the script a text is sent."""
_FULL = "This browser's storage is full, so a reload will not bring back the newest comparison runs."

_component = components.component("runs_storage")


def mount() -> None:
    """Draw the invisible component, once in each run, at the same place, before columns are followed."""
    shown = session.current().comparisons.shown
    if shown and not shown.ended:
        calls.show(shown)
    _draw(KEY)


def save_now(place: DeltaGenerator, number: int) -> None:
    """Save what has ended while the script still follows the columns. Draws the component once more, into
    `place`; `number` counts these in a run of the script."""
    with place.container():
        _draw(f"{KEY}-{number}", extra=True)


def _draw(key: str, extra: bool = False) -> None:
    state, held = _state(), session.current().comparisons
    runs = sorted(held.runs, key=age, reverse=True)
    state.records = {run.id: _record(state, run) for run in runs}
    text = run_records.to_text([each.text for each in state.records.values()], held.rounds)
    if text and text != state.text:
        state.text, state.number, state.sends = text, state.number + 1, _SENT
    data = {
        "session": state.session,
        "number": state.number,
        "text": state.text if state.sends else None,
        "shown": held.shown_id if held.shown else "",
        "going": held.shown is not None and not held.shown.ended,
        "extra": extra,
    }
    state.sends = max(0, state.sends - 1)
    _component(key=key, data=data, height="content", **components.listeners(key, hear, _HEARD))


def hear(name: str, told: Any) -> None:
    """Handle a message of the browser, which may be anything, because visitors can change it."""
    _HEARD[name](told)


def _state() -> RunsStorageState:
    return session.current().runs_storage_state


def _record(state: RunsStorageState, run: Run) -> RunRecord:
    """The saved form of a run; an unchanged run keeps it, because packing takes some milliseconds."""
    run.settle()
    made_of = run.picked, [repeat.reply if repeat.ended else None for repeat in run.repeats]
    before = state.records.get(run.id)
    return before if before and before.made_of == made_of else RunRecord(made_of, run_records.record(run))


def _on_saved(told: Any) -> None:
    """Add the runs that the browser has: at the start, or when another tab has stored some."""
    restored = run_records.restore(told, AT_ONCE[backend().kind])
    _state().text = told if isinstance(told, str) else ""
    chat_storage.add_note(restored.note)
    held, owner = session.current().comparisons, door.visitor()
    before = held.shown
    held.rounds = {**restored.rounds, **held.rounds}
    held.merge(live_runs.find(run.id, owner) or run for run in restored.runs)
    if before is None:
        _fill_set_up()


def _on_shown(told: Any) -> None:
    """The page was reloaded: show the run that it has shown, as this process has it or as the browser has."""
    held = session.current().comparisons
    if held.shown is not None or not isinstance(told, str):
        return
    held.shown_id = told
    if run := live_runs.find(told, door.visitor()):
        held.merge([run])
    _fill_set_up()


def _fill_set_up() -> None:
    """Give the form the values of the run that a reload has brought back, unless it has others already.

    A prompt that was typed meanwhile stays.
    """
    held = session.current()
    if held.prefill is None and (shown := held.comparisons.shown):
        values = prefill(shown)
        held.prefill = values._replace(prompt=None) if st.session_state.get(COMPARE_PROMPT) else values


def _on_forgotten(told: Any) -> None:
    """Another tab was told to forget everything."""
    if told == _state().session:
        forget()


def _on_gap(_: Any) -> None:
    _state().sends = _SENT


def _on_full(_: Any) -> None:
    chat_storage.add_note(_FULL)


_HEARD: dict[str, Callable[[Any], None]] = {
    "shown": _on_shown,
    "saved": _on_saved,
    "forgotten": _on_forgotten,
    "gap": _on_gap,
    "full": _on_full,
}
