"""Open a shared link or file in this session."""

from collections.abc import Callable

import streamlit as st

from lib.records.links import PARAMETER, from_link
from lib.records.markdown_file import from_any_file
from lib.records.opened_link import Opened
from lib.records.shared import LinkError, Shared
from lib.ui.app import session


def opened() -> Opened | None:
    """What the link in the address holds, or what was opened last."""
    asked = st.query_params.get_all(PARAMETER)
    kept = session.current().opened
    if not asked or (kept and kept.source == asked[-1]):
        return kept
    return _open(asked[-1], lambda: from_link(asked[-1]))


def open_file(key: str) -> None:
    """Open the file in the uploader `key`. A callback."""
    file = st.session_state[key]
    if file is not None:
        close()
        _open(file.file_id, lambda: from_any_file(file.getvalue()))


def close() -> None:
    """Forget what was opened, also in the address. A callback."""
    kept, session.current().opened = session.current().opened, None
    if PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
    if kept:
        kept.stop()


def _open(source: str, read: Callable[[], Shared]) -> Opened:
    try:
        found = Opened(source, read())
    except LinkError as error:
        found = Opened(source, None, error.sentence)
    session.current().opened = found
    return found
