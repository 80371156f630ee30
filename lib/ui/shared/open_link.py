"""Open a shared link or file in this session."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.records import kept_chats
from lib.records.links import PARAMETER, from_link
from lib.records.markdown_file import from_any_file
from lib.records.opened_link import Opened
from lib.records.shared import LinkError, Shared
from lib.ui.app import session
from lib.ui.app.forget import forget
from lib.ui.browser import shared_link
from lib.ui.share import gallery

LONGEST_KEPT = 2_000_000
"""Characters of a file that the browser keeps for a reload; its storage holds a few million for each tab."""


def read_address() -> bool:
    """Open the link in the address. Call it first on the page.

    False until the browser has told what stands behind `#`: the page then has nothing to draw yet.
    """
    held = session.current()
    asked = st.query_params.get_all(PARAMETER)  # an old link
    if asked:
        _open_link(asked[-1])
    heard = {"link": _on_link, "kept": _on_kept, "forgotten": _on_forgotten}
    shared_link.mount(held.shared_link_state, held.opened, heard)
    return held.shared_link_state.heard or held.opened is not None


def open_file(key: str) -> None:
    """Open the file in the uploader `key`. A callback."""
    file = st.session_state[key]
    if file is not None:
        session.current().shared_link_state.closed += 1
        _open_file(file.file_id, file.getvalue(), file.name)


def _open_file(source: str, data: bytes, name: str) -> None:
    opened = Opened(source, None)
    _open(opened, lambda: _read(opened, data, name))
    if opened.shared or opened.chats:
        text = data.decode(errors="replace")
        opened.kept = {"name": name, "text": text} if len(text) <= LONGEST_KEPT else {}


def _read(opened: Opened, data: bytes, name: str) -> Shared | None:
    """What is in a file; the chats of a file of chats become those of `opened`. Raises LinkError."""
    if not kept_chats.is_file(data):
        return from_any_file(data, name)
    opened.chats = kept_chats.from_file(data)
    return None


def _on_link(told: Any) -> None:
    """The browser tells the link in the address, after each change of it; "" where there is none."""
    held = session.current()
    held.shared_link_state.heard = True
    if isinstance(told, str) and told:
        _open_link(told)
    elif held.opened and held.opened.is_link:
        held.opened.stop()
        held.opened = None


def _on_kept(told: Any) -> None:
    """After a reload, the browser tells what it has kept of a file or recording."""
    held = session.current()
    held.shared_link_state.heard = True
    if held.opened or not isinstance(told, dict):
        return
    if recording := gallery.found(told.get("recording")):
        held.opened = recording
    elif isinstance(name := told.get("name"), str) and isinstance(text := told.get("text"), str):
        _open_file(name, text[: LONGEST_KEPT + 1].encode(errors="replace"), name)
    held.shared_link_state.keeps = held.opened


def _on_forgotten(_: Any) -> None:
    """Another tab was told to forget everything."""
    forget()


def _open_link(text: str) -> None:
    kept = session.current().opened
    if kept is None or kept.source != text:
        _open(Opened(text, None, is_link=True), lambda: from_link(text))


def _open(found: Opened, read: Callable[[], Shared | None]) -> None:
    """Show what `read` gives from now on, or why it cannot be read."""
    before, session.current().opened = session.current().opened, found
    if before:
        before.stop()
    try:
        found.shared = read()
    except LinkError as error:
        found.sentence = error.sentence
