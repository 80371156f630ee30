"""Keeps the conversation in the visitor's own browser, and brings it back from there.

The server sends numbered operations and the browser does each once (chat_storage.js). What is sent is what
changed since the last run, found by comparing the tree with what the browser is known to have; so it does not
grow with the conversation. Streamlit may let the next run overtake a message, so the last few are sent again;
a browser that still misses one says so and gets everything once more.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from lib.bedrock import live_replies
from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation, Variant, new_id
from lib.conversation.undo import Undo
from lib.records import chat_records
from lib.records.storage_state import ChatStorageState, StoredVariant
from lib.ui.app import forget as forgetting
from lib.ui.app import session
from lib.ui.app.calls import follow
from lib.ui.app.session import conversation
from lib.ui.app.widget_keys import CHAT_STORAGE as KEY
from lib.ui.browser import scripts

_SENT_AGAIN, _SENT_AGAIN_CHARACTERS = 3, 64_000
"""How many of the newest emissions go with each run, and how much of them."""
_ENDINGS = {
    "complete": "The answer is complete.",
    "stopped": "The answer was stopped.",
    "broken": "The answer broke off.",
    "failed": "No answer came.",
}
_OTHER = "What another version of this page saved in this browser cannot be read here and was left alone."
_LARGE = "The saved conversation is too large to be read back whole."
_TROUBLE = {
    "full": "This browser's storage is full: the chat goes on, but a reload will not bring back what is new.",
    "unavailable": "This browser does not let pages store anything, so a reload will lose the conversation.",
}

_component = st.components.v2.component(
    "sirocco.chat_storage",
    js=scripts.source("chat_storage"),
    isolate_styles=False,
)


def mount() -> None:
    """Draw the invisible component. Once a run, at the same place, before an answer is followed."""
    keeping, chat = _keeping(), conversation()
    operations, keeping.waiting = keeping.waiting, []
    for each in session.current().conversations():
        operations += _changes(keeping, each)
    keeping.quiet = False
    _emit(keeping, operations)
    live = chat.running()
    listeners: dict[str, Any] = {f"on_{name}_change": partial(_listen, name) for name in _HEARD}
    _component(
        key=KEY,
        data={
            "session": keeping.session,
            "chat": chat.id,
            "loaded": keeping.loaded,
            "live": [chat.id, live.id] if live else None,
            "operations": [operation for _, emission in keeping.emissions for operation in emission],
        },
        height="content",
        **listeners,
    )


def say(text: str) -> None:
    """Have a screen reader say it, once, when it has time."""
    _keeping().waiting.append(["say", text])


def copy(text: str) -> None:
    """Put a text on the visitor's clipboard, and say so."""
    _keeping().waiting += [["copy", text], ["say", "Copied."]]


def offers_last_chat() -> bool:
    """The chat is empty and the browser has one of the last day that no tab shows."""
    return _keeping().offer is not None and conversation().root is None


def bring_back() -> None:
    """Load the conversation that was offered."""
    keeping = _keeping()
    if keeping.offer:
        keeping.waiting.append(["load", keeping.offer])
        keeping.offer = None


def lacks_turns(variant: Variant) -> bool:
    """The recipe on show was rebuilt, and an earlier turn that was sent has been deleted since."""
    return variant.id in _keeping().incomplete


def note() -> str:
    """One sentence or more about what could not be read or saved; "" if there is nothing to say."""
    return session.current().save_note


def dismiss_note() -> None:
    session.current().save_note = ""


def forget() -> None:
    """Remove everything: in this browser, its other tabs, this process and this session."""
    forgetting.forget()
    _keeping().waiting.append(["forget"])


def _on_forgotten(_: Any) -> None:
    """Another tab was told to forget everything."""
    forgetting.forget()


def _keeping() -> ChatStorageState:
    return session.current().chat_storage_state


def _changes(keeping: ChatStorageState, chat: Conversation) -> list[list[Any]]:
    """What makes the browser's copy of `chat` equal to ours."""
    stored, found = keeping.stored.get(chat.id, {}), {}
    operations: list[list[Any]] = []
    for variant, place in chat_records.places(chat):
        last, before = variant.parts[-1], stored.get(variant.id)
        stream = variant.running
        found[variant.id] = now = StoredVariant((len(variant.parts), stream is not None), place)
        if stream:
            live_replies.keep(variant.id, stream)
        if before is None or before.state != now.state:
            operations.append(["set", chat.id, variant.id, chat_records.record(variant)])
            if not stream:
                operations.append(["del", chat.id, f"{variant.id}/live"])
            if not keeping.quiet:
                operations += _announcement(last, before)
        if before is None or before.place != now.place:
            operations.append(["set", chat.id, f"{variant.id}/at", place])
    for gone in stored.keys() - found.keys():
        operations += [["del", chat.id, f"{gone}{part}"] for part in ("", "/at", "/live")]
    keeping.stored[chat.id] = found
    return operations


def _announcement(last: Reply, before: StoredVariant | None) -> list[list[Any]]:
    if not last.ended:
        return [["say", "The model answers."]]
    began = [] if before and before.state[1] else [["say", "The model answers."]]
    return [*began, ["say", _ENDINGS.get(last.answer.status, "")]]


def _emit(keeping: ChatStorageState, operations: list[list[Any]]) -> None:
    if not operations:
        return
    numbered = [[keeping.number + at, *operation] for at, operation in enumerate(operations, 1)]
    keeping.number += len(operations)
    keeping.emissions.append((len(json.dumps(numbered)), numbered))
    while len(keeping.emissions) > 1 and (
        len(keeping.emissions) > _SENT_AGAIN
        or sum(size for size, _ in keeping.emissions) > _SENT_AGAIN_CHARACTERS
    ):
        keeping.emissions.popleft()


def _listen(name: str) -> None:
    if KEY in st.session_state:  # else everything was forgotten just now, and this was said before
        hear(name, st.session_state[KEY].get(name))


def hear(name: str, told: Any) -> None:
    """What the browser says; from outside, so it may be anything."""
    _HEARD[name](told)


def _on_saved(told: Any) -> None:
    """The browser has read what it has, or what `bring_back` asked for."""
    keeping = _keeping()
    keeping.loaded = True
    if not isinstance(told, dict) or told.get("version") != chat_records.VERSION:
        add_note(_OTHER)
        return
    add_note(_OTHER if told.get("other") else "", _LARGE if told.get("cut") else "")
    add_note(_TROUBLE["unavailable"] if told.get("unavailable") else "")
    chat, records = told.get("chat"), told.get("records")
    keeping.offer = told["offer"] if chat_records.is_id(told.get("offer")) else None
    if not records:
        return
    if conversation().root and not told.get("asked"):  # something was asked before the browser had answered
        keeping.offer = chat if chat_records.is_id(chat) else None
        return
    restored = chat_records.restore(chat, records, live_replies.find)
    add_note(restored.note)
    for *_, variant in restored.conversation.variants():
        if stream := variant.running:
            follow(stream)
    if conversation().root:
        session.current().undo = Undo("Last chat brought back.", conversation())
    session.current().conversation = restored.conversation
    keeping.stored[restored.conversation.id] = {
        variant.id: StoredVariant((len(variant.parts), False), restored.kept[variant.id])
        for *_, variant in restored.conversation.variants()
        if variant.id in restored.kept
    }
    keeping.incomplete |= restored.incomplete
    keeping.quiet = True


def _on_taken(told: Any) -> None:
    """Another tab has this conversation: ours goes on as a copy."""
    keeping, chat = _keeping(), conversation()
    if told == chat.id:
        keeping.stored.pop(chat.id, None)
        chat.id, keeping.quiet = new_id(), True


def _on_gap(_: Any) -> None:
    """The browser missed something: it gets everything again."""
    keeping = _keeping()
    for each in session.current().conversations():
        if keeping.stored.pop(each.id, None):
            keeping.waiting.append(["drop", each.id])
    keeping.quiet = True


def _on_trouble(told: Any) -> None:
    add_note(_TROUBLE.get(str(told), ""))


def add_note(*sentences: str) -> None:
    """Say what is not said yet."""
    said = note()
    for sentence in sentences:
        if sentence and sentence not in said:
            said = f"{said} {sentence}".strip()
    session.current().save_note = said


_HEARD: dict[str, Callable[[Any], None]] = {
    "saved": _on_saved,
    "taken": _on_taken,
    "gap": _on_gap,
    "trouble": _on_trouble,
    "forgotten": _on_forgotten,
}
