"""The gallery: recorded answers that play without any model."""

import streamlit as st

from lib.markdown.escape import escape
from lib.records.gallery import Recording, recordings
from lib.records.opened_link import GALLERY, Opened
from lib.ui.app import session
from lib.ui.app.once import Once
from lib.ui.app.startup import ROOT
from lib.ui.app.widgets import button

SHARED = ROOT / "pages" / "shared.py"
gallery = Once(lambda: recordings(ROOT / "gallery"))
"""The recordings, read once in a process."""


def show_gallery() -> None:
    """Draw a button for each recording into the current container; a click plays it on the Shared page."""
    with st.container(gap="xsmall", key="gallery"):
        for recording in gallery():
            label, key = escape(recording.title), f"gallery-{recording.name}"
            button(label, "play_circle", _play, recording, key=key)


def _play(recording: Recording) -> None:
    held = session.current()
    if held.opened:
        held.opened.stop()
    held.shared_link_state.closed += 1  # the browser removes a link that the address still has
    held.opened = _opened(recording)
    held.go_to = SHARED


def found(name: object) -> Opened | None:
    """The recording with this name, to be played from its beginning; None if there is none."""
    return next((_opened(each) for each in gallery() if each.name == name), None)


def _opened(recording: Recording) -> Opened:
    return Opened(f"{GALLERY}{recording.name}", recording.shared, kept={"recording": recording.name})
