"""Keeps the runs of the Compare page in the visitor's own browser, and brings them back from there.

Apart from chat_storage.py, whose conversation it never touches. The server sends one numbered text, with the
next few runs of the script too, because Streamlit may let one run's message overtake another's; the browser
writes it once, or says that it has missed it (runs_storage.js).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.reply import AnswerStream
from lib.comparison.run import AT_ONCE, Run
from lib.conversation.tree import new_id
from lib.records import run_records
from lib.ui.app.startup import backend
from lib.ui.browser import chat_storage
from lib.ui.compare import state

KEY = "shelf"
_SENT = 3
"""How many runs of the script a text goes along with."""
_FULL = "This browser's storage is full, so a reload will not bring back the newest comparison runs."

_component = st.components.v2.component(
    "sirocco.shelf",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class _Record:
    """The saved form of a run, and what it was made of."""

    made_of: tuple[int | None, list[AnswerStream | Answer | None]]
    text: str


@dataclass
class _Shelf:
    """What this session and its browser have told each other. Emptied by `state.forget`."""

    session: str = field(default_factory=new_id)
    number: int = 0
    text: str = ""  # what the browser has, or gets with `number`
    sends: int = 0
    records: dict[str, _Record] = field(default_factory=dict)


def mount() -> None:
    """Draw the invisible component. Once a run, at the same place, before columns are followed."""
    shelf = _shelf()
    ended = sorted((run for run in state.runs() if run.ended), key=run_records.age, reverse=True)
    shelf.records = {run.id: _record(shelf, run) for run in ended}
    text = run_records.to_text([each.text for each in shelf.records.values()])
    if text and text != shelf.text:
        shelf.text, shelf.number, shelf.sends = text, shelf.number + 1, _SENT
    data = {
        "session": shelf.session,
        "number": shelf.number,
        "text": shelf.text if shelf.sends else None,
    }
    shelf.sends = max(0, shelf.sends - 1)
    listeners: dict[str, Any] = {f"on_{name}_change": partial(_listen, name) for name in _HEARD}
    _component(key=KEY, data=data, height="content", **listeners)


def hear(name: str, told: Any) -> None:
    """What the browser says; from outside, so it may be anything."""
    _HEARD[name](told)


def _listen(name: str) -> None:
    hear(name, st.session_state[KEY].get(name))


def _shelf() -> _Shelf:
    kept: _Shelf = st.session_state.setdefault(state.SHELF, _Shelf())
    return kept


def _record(shelf: _Shelf, run: Run) -> _Record:
    """Packing takes some milliseconds, so a run that has not changed keeps its text."""
    run.settle()
    made_of = run.picked, [call.part for call in run.calls]
    before = shelf.records.get(run.id)
    return before if before and before.made_of == made_of else _Record(made_of, run_records.record(run))


def _on_saved(told: Any) -> None:
    """What the browser has, at the start or because another tab has written it."""
    restored = run_records.restore(told, AT_ONCE[backend().kind])
    _shelf().text = told if isinstance(told, str) else ""
    chat_storage.add_note(restored.note)
    state.merge(restored.runs)


def _on_forgotten(told: Any) -> None:
    """Another tab was told to forget everything."""
    if told == _shelf().session:
        state.forget()


def _on_gap(_: Any) -> None:
    _shelf().sends = _SENT


def _on_full(_: Any) -> None:
    chat_storage.add_note(_FULL)


_HEARD: dict[str, Callable[[Any], None]] = {
    "saved": _on_saved,
    "forgotten": _on_forgotten,
    "gap": _on_gap,
    "full": _on_full,
}
