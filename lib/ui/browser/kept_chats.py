"""The chats that the visitor's browser keeps: their list, and what can be done with one that no tab shows.

The list is asked for only while it is on show, so it costs a run of the page nothing otherwise. What is asked
here is sent by the next `chat_storage.mount` (chats.js).
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from lib.bedrock.wording import count
from lib.records import kept_chats
from lib.records.kept_chats import KeptChat
from lib.records.storage_state import ChatStorageState
from lib.ui.app import session


def ask_for_list() -> None:
    """Let the browser send its list, if it differs from the one that it sent last."""
    _state().waiting.append(["list"])


def known() -> list[KeptChat] | None:
    """The list as the browser sent it last; None before that."""
    return _state().kept


def load(chat: KeptChat) -> None:
    """Let the browser send the chat, which then becomes the one on the page."""
    _state().waiting.append(["load", chat.id])


def remove(chat: KeptChat) -> None:
    """Remove a chat from the browser; `put_back` undoes it, as long as the page is not loaded anew."""
    state = _state()
    state.kept = [other for other in state.kept or [] if other.id != chat.id]
    state.stored.pop(chat.id, None)
    state.removed = chat.title
    state.waiting += [["remove", chat.id], ["say", "Chat deleted."]]


def removed() -> str:
    """The title of the chat that was removed last; "" if there is none to put back."""
    return _state().removed


def put_back() -> None:
    """Undo the last `remove`."""
    state = _state()
    if state.removed:
        state.removed = ""
        state.waiting += [["put_back"], ["say", "The chat is back."]]


def download() -> None:
    """Let the browser save one file of all chats, of a size that opens here again."""
    most = int(st.get_option("server.maxUploadSize")) * 1_000_000
    _state().waiting.append(["download", most - 1000])


def _state() -> ChatStorageState:
    return session.current().chat_storage_state


def _on_chats(told: Any) -> None:
    _state().kept = kept_chats.told(told)


def _on_downloaded(told: Any) -> None:
    """Add a note if the file lacks chats. `told`: the numbers of chats in the file and in the browser."""
    if isinstance(told, list) and len(told) == 2 and all(type(one) is int for one in told):
        saved, whole = told
        if saved < whole:
            session.current().add_note(
                f"The file has the newest {saved} of {count(whole, 'chat')}; a larger one does not open here."
            )


def _on_gone(told: Any) -> None:
    """Add a note about what "Forget everything" has removed from the browser."""
    fields = told if isinstance(told, dict) else {}
    numbers = [(fields.get(name), noun) for name, noun in (("chats", "chat"), ("runs", "comparison run"))]
    went = [count(number, noun) for number, noun in numbers if type(number) is int and number > 0]
    went += _state().went
    _state().went = []
    said = f"Forgotten: {', '.join(went)} and all settings." if went else "Forgotten: all settings."
    session.current().add_note(said)
    _state().waiting.append(["say", said])


HEARD: dict[str, Callable[[Any], None]] = {
    "chats": _on_chats,
    "downloaded": _on_downloaded,
    "gone": _on_gone,
}
"""What is called for each message of the browser about its chats."""
