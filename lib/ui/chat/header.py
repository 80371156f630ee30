"""The top of the chat page: title, notes, and prompts to start with."""

from collections.abc import Callable

import streamlit as st

from lib.bedrock.backend import Backend
from lib.conversation.tree import Turn
from lib.hosting.notice import where_prompts_go
from lib.mistral.catalog import Model
from lib.ui.app import door, session, widget_keys
from lib.ui.app.acts import once
from lib.ui.app.widgets import button, row
from lib.ui.browser import chat_storage
from lib.ui.chat import actions
from lib.ui.sidebar import settings

# The local model is small: it answers well only for definitions, lists, short texts and simple Python.
_LOCAL = (
    ("lightbulb", "Define a volcano", "In one sentence, what is a volcano?"),
    ("list", "Three fruits", "Name three fruits."),
    ("code", "A Python function", "Write a Python function that returns the square of a number."),
    ("waves", "A line about the sea", "Write one sentence about the sea."),
)
_AWS = (
    ("waves", "A haiku about the sea", "Write a haiku about the sea."),
    ("pets", "Name a kitten", "Suggest one name for a grey kitten. Answer with the name only."),
    ("code", "A Python function", "Write a Python function that says whether a word is a palindrome."),
    ("translate", "A French proverb", "Tell me a French proverb and what it means in English."),
)

_INVITATION = (
    "Temperature sets how random the choice of each word is. Move it, ask again, and compare the answers."
)


def header(backend: Backend, model: Model) -> None:
    """Draw the title, "New chat", where answers come from, what the host should correct, and Undo."""
    with row():
        st.title("Sirocco", anchor=False, width="stretch")
        if session.conversation().root:
            button("New chat", "add_comment", once(actions.new_chat), key="new-chat", shortcut="Alt+N")
    invitation = "" if session.conversation().root else _INVITATION
    st.caption(f"{invitation} {origin(backend, model)}".strip())
    for note in backend.notes:
        st.warning(note, icon=":material/settings:")
    taken = session.current().undo
    with st.empty():  # it has a place also while there is none, so that the turns below stay where they are
        if taken and not taken.turn:
            show_undo()


def show_undo() -> None:
    """Say what was removed last, beside a button that brings it back."""
    if taken := session.current().undo:
        with row(key="undo"):
            st.caption(taken.says, width="content")
            button("Undo", "undo", once(actions.undo), key="undo-it")


def show_undo_above(turns: list[Turn]) -> None:
    """Draw it above the turns if a turn was removed and none of them is the one that it followed."""
    taken = session.current().undo
    if taken and taken.turn and not any(map(removed_after, turns)):
        show_undo()


def removed_after(turn: Turn) -> bool:
    """Whether the turn that followed this one has been deleted, and can be brought back."""
    taken = session.current().undo
    return taken is not None and taken.turn is not None and taken.parent is turn.variant


def say_what_was_ignored(backend: Backend) -> None:
    """Draw notes about parts of the address that have no effect, and about chats that cannot be restored."""
    held = session.current()
    if held.link_notes is None:
        if settings.spell_out(backend):
            st.rerun()
        held.link_notes = settings.read_link(backend)
    _notice("link", "\n".join(held.link_notes), held.link_notes.clear)
    _notice("save", held.save_note, chat_storage.dismiss_note)


def _notice(name: str, text: str, dismiss: Callable[[], None]) -> None:
    if text:
        with row(border=True, key=f"{name}-notice"):
            st.text(text, width="stretch")
            button("Dismiss", "close", dismiss, key=f"dismiss-{name}")


def origin(backend: Backend, model: Model) -> str:
    """Say which model answers, and where; visitors of a hosted page are also told where their prompts go."""
    home = door.at_home()
    if backend.kind == "local":
        where = "computer" if home else "server"
        said = f"Answers come from a small model on this {where}, not from Mistral AI."
    elif model.local:
        return "Answers come from a small model on the server of this page, not from Mistral AI."
    else:
        said = f"Answers come from {model.name} on Amazon Bedrock ({backend.region or 'no region set'})."
    return said if home else f"{said} {where_prompts_go(backend, at_home=home)}"


def suggestions(backend: Backend) -> None:
    """Draw prompts to start with. A click on one sends it."""
    offered = _LOCAL if backend.kind == "local" else _AWS
    if chat_storage.offers_last_chat():
        button("Bring back the last chat", "history", once(chat_storage.bring_back), key="bring-back")
    with st.container(horizontal=True, gap="small"):
        for number, (icon, label, prompt) in enumerate(offered):
            # Not st.pills: the second click of a double click would deselect the prompt.
            key = widget_keys.suggestion(number)
            button(label, icon, once(actions.ask), prompt, key=key, type="secondary")
