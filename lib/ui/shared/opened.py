"""What this session has opened of others: a link or a file, and how far it has played."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.reply import AnswerStream
from lib.records.links import PARAMETER, from_link
from lib.records.markdown_file import from_any_file
from lib.records.shared import LinkError, Shared

_KEY = "shared-opened"


@dataclass(eq=False)
class Opened:
    """`shared`, or the `sentence` that says why it cannot be opened. `since`: the start of the playback by
    time.monotonic; None before it and after it. `fresh`: by entry, what the same recipe gave here."""

    source: str
    shared: Shared | None
    sentence: str = ""
    since: float | None = None
    played: bool = False
    fresh: dict[int, AnswerStream | Answer] = field(default_factory=dict)

    def start(self) -> float:
        """The moment that stands for the request; a page drawn again in between goes on."""
        if self.since is None:
            self.since = time.monotonic()
        return self.since

    def end(self) -> None:
        """The whole of it is shown from now on."""
        self.played, self.since = True, None

    def again(self) -> None:
        """From the beginning."""
        self.played, self.since = False, None


def opened() -> Opened | None:
    """What the address asks for, else what was opened last."""
    asked = st.query_params.get_all(PARAMETER)
    kept: Opened | None = st.session_state.get(_KEY)
    if not asked or (kept and kept.source == asked[-1]):
        return kept
    return _open(asked[-1], lambda: from_link(asked[-1]))


def open_file(key: str) -> None:
    """What was dropped on the uploader `key`. A callback."""
    file = st.session_state[key]
    if file is not None:
        close()
        _open(file.file_id, lambda: from_any_file(file.getvalue()))


def close() -> None:
    """Forget it; the address, too. A callback."""
    kept: Opened | None = st.session_state.pop(_KEY, None)
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
    if kept:
        stop(kept)


def stop(what: Opened) -> None:
    """End what runs here, keep its text."""
    for part in what.fresh.values():
        if isinstance(part, AnswerStream):
            part.close()


def _open(source: str, read: Callable[[], Shared]) -> Opened:
    try:
        found = Opened(source, read())
    except LinkError as error:
        found = Opened(source, None, error.sentence)
    st.session_state[_KEY] = found
    return found
