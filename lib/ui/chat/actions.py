"""What a person can do in the chat. These are callbacks, which Streamlit calls before the page is drawn."""

import time
from collections.abc import Callable

import streamlit as st

from lib.conversation.answer_odds import branched
from lib.conversation.request import recipe_for, recipe_to_go_on
from lib.conversation.tree import Conversation, Turn, Variant
from lib.conversation.undo import Undo
from lib.mistral.catalog import Model
from lib.mistral.recipe import RecipeError
from lib.mistral.size import LONGEST_PROMPT
from lib.records.kept_chats import KeptChat
from lib.ui.app import session, widget_keys
from lib.ui.app.calls import send
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.browser import kept_chats
from lib.ui.sidebar import settings

DOUBLE_CLICK_S = 0.5
"""The longest time between the two clicks of a double click: the default of common operating systems."""


def ask(prompt: str) -> None:
    """Send the prompt as a new turn, with the settings of the sidebar.

    If it cannot be sent, it goes back into the chat input.
    """
    if prompt.strip() and (reason := _send(prompt, conversation().before(None), conversation().append)):
        _put_back(prompt, reason)


def ask_typed() -> None:
    """Send the text of the chat input as a new turn, once the running answer has ended."""
    typed, held = _taken(), session.current()
    if conversation().running() and not _too_long(typed):
        held.waiting = "\n\n".join(filter(None, [held.waiting, typed.strip()]))
    else:
        ask(typed)


def ask_waiting() -> None:
    """Send the prompt that waits for the end of an answer, if the answer has ended.

    If the answer failed or broke off, the prompt goes back into the chat input instead.
    """
    held, turns = session.current(), conversation().turns()
    if not held.waiting or conversation().running():
        return
    if turns and turns[-1].variant.answer.status in ("failed", "broken"):
        take_back("The previous answer is incomplete.")
    else:
        ask(held.waiting)
        held.waiting = ""  # only now: if Streamlit ends the script before the prompt is sent, it still waits


def take_back(reason: str = "") -> None:
    """Put the waiting prompt, if any, back into the chat input."""
    held = session.current()
    if held.waiting:
        _put_back(held.waiting, reason)
        held.waiting = ""


def stop() -> None:
    """End the answer that arrives, and keep its text."""
    conversation().stop()


def keep_typed() -> None:
    """Put the text back into the chat input, because the page had changed before it was sent."""
    _put_back(_taken())


def ask_again(turn: Turn, prompt: str | None = None) -> None:
    """Send a turn's prompt, or another one, as a new variant with the settings of the sidebar."""
    held = session.current()
    held.not_sent = _send(prompt or turn.variant.prompt, conversation().before(turn), turn.add)
    if not held.not_sent:
        held.editing = None


def again(turn: Turn) -> None:
    """Send a turn's prompt again, but not for the second click of a double click, even if the answer to the
    first has ended before it. chat_storage.js keeps most of these clicks from the server; a client
    without a browser sends them."""
    held, now = session.current(), time.monotonic()
    if now - held.again_at >= DOUBLE_CLICK_S:
        held.again_at = now
        ask_again(turn)


def ask_edited(turn: Turn, key: str) -> None:
    """Send the prompt in the text area `key` as a new variant; the area stays open if it cannot be sent."""
    if st.session_state[key].strip():
        ask_again(turn, st.session_state[key])


def ask_another_model(turn: Turn, model: Model) -> None:
    """Send the same prompt to another model, which becomes the selected one."""
    st.session_state[widget_keys.MODEL] = model.id
    settings.fit(model)
    ask_again(turn)


def retry(turn: Turn) -> None:
    """Send exactly the same recipe again, as a new variant."""
    _begin_something_new()
    old = turn.variant
    turn.add(Variant(old.prompt, [send(old.answer.recipe)], old.sent, old.left_out))


def go_on(variant: Variant) -> None:
    """Continue an answer that was cut or stopped."""
    _begin_something_new()
    variant.parts.append(send(recipe_to_go_on(variant)))


def branch(turn: Turn, text: str, word: str) -> None:
    """Add a variant that begins with `text`, whose last word a person chose, and let the model go on."""
    old = turn.variant
    try:
        new, recipe = branched(old, text, word)
    except RecipeError as error:
        session.current().not_sent = str(error)
        close_dialog()
        return
    _begin_something_new()
    new.parts.append(send(recipe))
    turn.add(new)


def step(turn: Turn, by: int) -> None:
    """Show the variant that is `by` places later; earlier if it is negative."""
    close_dialog()
    turn.step(by)


def edit(variant: Variant | None) -> None:
    """Open the prompt of a variant for editing; None closes the editor."""
    session.current().editing = variant.id if variant else None


def fold(variant: Variant) -> None:
    """Show the whole of a long prompt, or its beginning again."""
    session.current().unfolded ^= {variant.id}


def delete(turn: Turn) -> None:
    """Remove a turn; this can be undone until something is asked."""
    chat = conversation()
    earlier = chat.before(turn)
    chat.remove(turn)
    session.current().undo = Undo("Turn deleted.", chat, turn, earlier[-1] if earlier else None)


def open_dialog(kind: str, variant: Variant) -> None:
    """Open a dialog about an answer; it stays open until it is dismissed, also while an answer arrives."""
    session.current().dialog = (kind, variant.id)


def close_dialog() -> None:
    held = session.current()
    held.dialog = held.answer_odds = None


def note_dismissal(kind: str) -> None:
    """Note that the dialog of this kind was dismissed. Another one stays open: Streamlit does not keep the
    order of messages that arrive together, so the click that opens it may be carried out first."""
    dialog = session.current().dialog
    if dialog and dialog[0] == kind:
        close_dialog()


def new_chat() -> None:
    """Begin an empty conversation; the old one can be brought back until something is asked."""
    conversation().stop()
    take_back()
    session.current().undo = Undo("New chat.", conversation())
    session.current().conversation = Conversation()


def open_chat(chat: KeptChat) -> None:
    """Show another chat that the browser keeps; the one before can be brought back."""
    if chat.id != conversation().id:
        conversation().stop()
        take_back()
        close_dialog()
        kept_chats.load(chat)


def remove_chat(chat: KeptChat) -> None:
    """Remove a chat from the browser. If it is the one on the page, an empty one takes its place."""
    held = session.current()
    if chat.id == conversation().id:
        new_chat()
    if held.undo and held.undo.conversation.id == chat.id:
        held.undo = None  # a chat that can be brought back would be stored again
    kept_chats.remove(chat)


def undo() -> None:
    """Bring back what was removed last."""
    taken, session.current().undo = session.current().undo, None
    if taken is None:
        return
    take_back()
    chat = session.current().conversation = taken.conversation
    if taken.settings is not None:
        settings.put_back(taken.settings, backend().default_model)
    if taken.turn and taken.parent:
        taken.turn.variant.next, taken.parent.next = taken.parent.next, taken.turn
    elif taken.turn:
        taken.turn.variant.next, chat.root = chat.root, taken.turn


def _send(prompt: str, earlier: list[Variant], add: Callable[[Variant], None]) -> str:
    """Send the prompt. Returns why it was not sent; "" if it was."""
    if reason := _too_long(prompt):
        return reason
    model, chosen = settings.chosen(backend())
    try:
        recipe, sent, left_out = recipe_for(prompt, earlier, model.id, chosen)
    except RecipeError as error:
        return str(error)
    _begin_something_new()
    add(Variant(prompt, [send(recipe)], sent, left_out))
    return ""


def _taken() -> str:
    """The text that was sent from the chat input; the browser need not keep it any longer."""
    session.current().box.taken += 1
    typed: str | None = st.session_state[widget_keys.PROMPT]
    return typed or ""


def _put_back(prompt: str, reason: str = "") -> None:
    """Put a prompt that was not sent back into the chat input, beside what has been typed there since."""
    held = session.current()
    if prompt.strip():
        held.box.put_back(prompt)
        held.not_sent = reason


def _too_long(prompt: str) -> str:
    """By how much the prompt is too long, as a sentence; "" if it is not."""
    more = len(prompt) - LONGEST_PROMPT
    if more <= 0:
        return ""
    allowed = f"{LONGEST_PROMPT:,}"
    return f"The text has {len(prompt):,} characters, {more:,} more than the {allowed} that can be sent."


def _begin_something_new() -> None:
    """Make Undo unavailable, close the open dialog, and show the newest page and its end."""
    session.current().asked += 1
    session.current().undo = None
    session.current().show_newest = True
    close_dialog()
