"""The text of an answer that has ended: as Markdown, or as plain text."""

import streamlit as st

from lib.bedrock.answer import Answer
from lib.markdown.streamlit_markdown import streamlit_markdown
from lib.ui.answer.of_stranger import Room
from lib.ui.app import widget_keys

PLAIN = "Plain text"


def show_text(answer: Answer, plain: bool = False, room: Room | None = None) -> None:
    """Draw the text. `plain`: its exact characters instead of what Markdown makes of them.

    `room`: what the page may still draw of a stranger's texts; by default as much as on an empty page.
    """
    if answer.origin == "shared":
        room = room or Room()
        if plain:
            room.text(answer.text, draw=show_plain)
        elif answer.shown_text:
            room.markdown(answer.shown_text)
    elif plain:
        show_plain(answer.text)
    elif answer.shown_text:
        st.markdown(streamlit_markdown(answer.shown_text), anchors=False)


def show_plain(text: str) -> None:
    """Draw the exact characters of a text."""
    # Two newlines more, because st.code of Streamlit 1.67.0 removes one at the beginning and one at the end.
    st.code(f"\n{text}\n", language=None, wrap_lines=True)


def plain_switch(answer_id: str) -> None:
    """Draw the switch between the two forms of an answer."""
    st.toggle(PLAIN, key=widget_keys.plain(answer_id), persist_state="session")


def is_plain(answer_id: str) -> bool:
    """Whether the answer is to be drawn as plain text."""
    return bool(st.session_state.get(widget_keys.plain(answer_id)))


def turn_plain(answer_id: str) -> None:
    """Do what a click on the switch does; the callback for answers that have it in a menu."""
    st.session_state[widget_keys.plain(answer_id)] = not is_plain(answer_id)
