"""What the page says before the first message: where answers come from, and things to try."""

from collections.abc import Callable

import streamlit as st

from lib.bedrock.backend import Backend
from lib.mistral.catalog import Model
from lib.ui.app import session, widget_keys
from lib.ui.browser import chat_storage
from lib.ui.chat import actions
from lib.ui.sidebar import settings

# The local model is fluent and small: it does definitions, lists and simple Python, and little else.
_LOCAL = {
    ":material/lightbulb: Define a volcano": "In one sentence, what is a volcano?",
    ":material/list: Three fruits": "Name three fruits.",
    ":material/code: A Python function": "Write a Python function that returns the square of a number.",
    ":material/waves: A line about the sea": "Write one sentence about the sea.",
}
_AWS = {
    ":material/waves: A haiku about the sea": "Write a haiku about the sea.",
    ":material/pets: Name a kitten": "Suggest one name for a grey kitten. Answer with the name only.",
    ":material/code: A Python function": "Write a Python function that says whether a word is a palindrome.",
    ":material/translate: A French proverb": "Tell me a French proverb and what it means in English.",
}


def header(backend: Backend, model: Model) -> None:
    """Title, where answers come from, settings of the host worth fixing, and the way to a new chat."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Sirocco", width="stretch")
        if session.conversation().root:
            st.button(
                "New chat",
                key="new-chat",
                icon=":material/add_comment:",
                type="tertiary",
                shortcut="Alt+N",
                on_click=actions.new_chat,
            )
    invitation = (
        "Temperature is how much the model dares. Move it in the sidebar, ask again, and watch what changes."
    )
    st.caption(f"{invitation} {origin(backend, model)}")
    for note in backend.notes:
        st.warning(note, icon=":material/settings:")
    if taken := session.current().undo:
        with st.container(horizontal=True, vertical_alignment="center", key="undo"):
            st.caption(taken.says, width="content")
            st.button("Undo", key="undo-it", icon=":material/undo:", type="tertiary", on_click=actions.undo)


def say_what_was_ignored(backend: Backend) -> None:
    """What the address asked for and did not get, and what could not be read back from the browser."""
    held = session.current()
    if held.link_notes is None:
        held.link_notes = settings.read_link(backend)
    _notice("link", "\n".join(held.link_notes), held.link_notes.clear)
    _notice("save", chat_storage.note(), chat_storage.dismiss_note)


def _notice(name: str, text: str, dismiss: Callable[[], None]) -> None:
    if not text:
        return
    with st.container(horizontal=True, border=True, vertical_alignment="center", key=f"{name}-notice"):
        st.text(text, width="stretch")
        st.button(
            "Dismiss", key=f"dismiss-{name}", icon=":material/close:", type="tertiary", on_click=dismiss
        )


def origin(backend: Backend, model: Model) -> str:
    """One sentence: who answers here."""
    if backend.kind == "local":
        return "Answers come from a small model on this computer, not Mistral."
    return f"Answers come from {model.name} on Amazon Bedrock ({backend.region or 'no region set'})."


def suggestions(backend: Backend) -> None:
    """Prompts to start with; picking one sends it."""
    offered = _LOCAL if backend.kind == "local" else _AWS

    def send() -> None:
        if picked := st.session_state[widget_keys.SUGGESTION]:
            actions.ask(offered[picked])

    if chat_storage.offers_last_chat():
        st.button(
            "Bring back the last chat",
            key="bring-back",
            icon=":material/history:",
            type="tertiary",
            on_click=chat_storage.bring_back,
        )
    st.pills(
        "Try one of these",
        list(offered),
        key=widget_keys.SUGGESTION,
        label_visibility="collapsed",
        on_change=send,
    )
