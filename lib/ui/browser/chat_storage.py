"""Stores the conversation in the visitor's own browser, and restores it from there.

The server sends numbered operations, and the browser does each once (chat_storage.js). A run sends what has
changed since the last run, so the amount does not grow with the conversation. Streamlit may deliver the
message of a later run first, so the newest operations are sent with several runs; a browser that still misses
one reports it and gets everything again.
"""

import json
from collections.abc import Callable
from typing import Any

from lib.bedrock import live_replies
from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation, Variant, goes_on_in_place, new_id
from lib.conversation.undo import Undo
from lib.records import chat_records
from lib.records.storage_state import ChatStorageState, StoredVariant
from lib.ui.app import forget as forgetting
from lib.ui.app import recent, session
from lib.ui.app.calls import follow
from lib.ui.app.session import conversation
from lib.ui.app.widget_keys import CHAT_END as END_KEY
from lib.ui.app.widget_keys import CHAT_STORAGE as KEY
from lib.ui.browser import components, kept_chats

_SENT_AGAIN, _SENT_AGAIN_CHARACTERS = 3, 64_000
"""How many of the newest emissions (the operations of one run) are sent with each run, and their largest size
together, in characters of JSON."""
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

_component, _end_component = components.component("chat_storage"), components.component("chat_end")


def mount() -> None:
    """Draw the invisible component, once in each run, at the same place, before an answer is followed."""
    data = _news()
    _component(key=KEY, data=data, height="content", **components.listeners(KEY, hear, _HEARD))


def mount_end() -> None:
    """Tell the browser what to keep of an answer that has ended in this run, after `mount`.

    Streamlit sends a component once in each run, so this is another one. What was sent by `mount`, in the
    same run, is not sent again.
    """
    _end_component(key=END_KEY, data=_news(emissions=1), height="content")


def _news(emissions: int = _SENT_AGAIN) -> dict[str, Any]:
    """The data for the script, with the operations of so many of the newest emissions."""
    state, chat = _state(), conversation()
    recent.keep()
    operations, state.waiting = state.waiting, []
    for each in session.current().conversations():
        operations += _changes(state, each)
    state.quiet = False
    _emit(state, operations)
    live = chat.running()
    newest = list(state.emissions)[-emissions:]
    return {
        "session": state.session,
        "chat": chat.id,
        "loaded": state.loaded,
        "live": [chat.id, _name_of_shown(live)] if live else None,
        "operations": [operation for _, emission in newest for operation in emission],
    }


def offers_last_chat() -> bool:
    """True if the chat is empty and the browser has a recent conversation that no tab shows."""
    return _state().offer is not None and conversation().root is None


def bring_back() -> None:
    """Load the conversation that was offered."""
    state = _state()
    if state.offer:
        state.waiting.append(["load", state.offer])
        state.offer = None


def lacks_turns(variant: Variant) -> bool:
    """True if the recipe was restored without an earlier turn, which has been deleted since it was sent."""
    return variant.id in _state().incomplete


def dismiss_note() -> None:
    session.current().save_note = ""


def forget() -> None:
    """Remove everything from this browser, its other tabs, this process and this session."""
    before = session.current()
    forgetting.forget()
    _state().went = ["the system text"] * bool(before.system.strip())
    _state().went += ["the answer on the page Shared"] * bool(before.opened)
    _state().waiting.append(["forget"])


def _on_forgotten(_: Any) -> None:
    """Another tab was told to forget everything."""
    forgetting.forget()


def _state() -> ChatStorageState:
    return session.current().chat_storage_state


def _name_of_shown(variant: Variant) -> str:
    """The name under which the browser keeps what the page shows of a running answer."""
    return f"{variant.id}/{'on' if goes_on_in_place(variant) else 'live'}"


def _changes(state: ChatStorageState, chat: Conversation) -> list[list[Any]]:
    """The operations that make the browser's copy of `chat` equal to the one here."""
    stored, found = state.stored.get(chat.id, {}), {}
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
                shown = ("/live", "/cut", *(("/on",) if len(variant.parts) > 1 else ()))
                operations += [["del", chat.id, f"{variant.id}{part}"] for part in shown]
            if not state.quiet:
                operations += _announcement(last, before)
        if before is None or before.place != now.place:
            operations.append(["set", chat.id, f"{variant.id}/at", place])
    for gone in stored.keys() - found.keys():
        operations += [["del", chat.id, f"{gone}{part}"] for part in ("", "/at", "/live", "/cut", "/on")]
    state.stored[chat.id] = found
    return operations


def _announcement(last: Reply, before: StoredVariant | None) -> list[list[Any]]:
    if not last.ended:
        return [["say", "The model answers."]]
    began = [] if before and before.state[1] else [["say", "The model answers."]]
    return [*began, ["say", _ENDINGS.get(last.answer.status, "")]]


def _emit(state: ChatStorageState, operations: list[list[Any]]) -> None:
    if not operations:
        return
    numbered = [[state.number + at, *operation] for at, operation in enumerate(operations, 1)]
    state.number += len(operations)
    state.emissions.append((len(json.dumps(numbered)), numbered))
    while len(state.emissions) > 1 and (
        len(state.emissions) > _SENT_AGAIN
        or sum(size for size, _ in state.emissions) > _SENT_AGAIN_CHARACTERS
    ):
        state.emissions.popleft()


def hear(name: str, told: Any) -> None:
    """Handle a message of the browser, which may be anything, because visitors can change it."""
    _HEARD[name](told)


def _on_saved(told: Any) -> None:
    """Restore the conversation that the browser had, or that `bring_back` asked for.

    After a reload this process may still have more of it than the browser has stored; then it restores that.
    """
    state = _state()
    state.loaded = True
    if not isinstance(told, dict) or told.get("version") != chat_records.VERSION:
        add_note(_OTHER)
        return
    add_note(_OTHER if told.get("other") else "", _LARGE if told.get("cut") else "")
    add_note(_TROUBLE["unavailable"] if told.get("unavailable") else "")
    chat, records = told.get("chat"), told.get("records")
    state.offer = told["offer"] if chat_records.is_id(told.get("offer")) else None
    before = recent.find(told.get("before"))
    if not records and not before:
        return
    if conversation().root and not told.get("asked"):  # something was asked before the browser had answered
        state.offer = chat if chat_records.is_id(chat) else None
        return
    noted = restored = chat_records.restore(chat, records, live_replies.find)
    if before:
        restored = chat_records.restore(before.id, _texts(before), live_replies.find)
    add_note(restored.note)
    for *_, variant in restored.conversation.variants():
        if stream := variant.running:
            follow(stream)
    if conversation().root:
        session.current().undo = Undo("Another chat opened.", conversation())
    session.current().conversation = restored.conversation
    state.stored[noted.conversation.id] = {
        variant.id: StoredVariant((len(variant.parts), False), noted.kept[variant.id])
        for *_, variant in noted.conversation.variants()
        if variant.id in noted.kept
    }
    state.incomplete |= restored.incomplete
    state.quiet = True


def _texts(chat: Conversation) -> dict[str, str]:
    """A conversation as the browser stores it. Its running replies can be found by their ids."""
    texts = {}
    for variant, place in chat_records.places(chat):
        if stream := variant.running:
            live_replies.keep(variant.id, stream)
        texts[variant.id] = json.dumps(chat_records.record(variant))
        texts[f"{variant.id}/at"] = json.dumps(place)
    return texts


def _on_taken(told: Any) -> None:
    """Another tab shows this conversation, so the one here becomes a copy with another id."""
    state, chat = _state(), conversation()
    if told == chat.id:
        state.stored.pop(chat.id, None)
        chat.id, state.quiet = new_id(), True


def _on_gap(_: Any) -> None:
    """Send everything again, because the browser has missed an operation."""
    state = _state()
    for each in session.current().conversations():
        if state.stored.pop(each.id, None):
            state.waiting.append(["drop", each.id])
    state.quiet = True


def _on_trouble(told: Any) -> None:
    add_note(_TROUBLE.get(str(told), ""))


def add_note(*sentences: str) -> None:
    """Add sentences to the note, except those that it already has."""
    session.current().add_note(*sentences)


_HEARD: dict[str, Callable[[Any], None]] = {
    "saved": _on_saved,
    "taken": _on_taken,
    "gap": _on_gap,
    "trouble": _on_trouble,
    "forgotten": _on_forgotten,
    **kept_chats.HEARD,
}
