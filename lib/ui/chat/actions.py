"""What a person can do in the chat. These are callbacks: they send requests before the page is drawn."""

import time
from collections.abc import Callable

import streamlit as st

from lib.conversation.request import recipe_for, recipe_to_go_on
from lib.conversation.tree import Conversation, Turn, Variant
from lib.conversation.undo import Refused, Undo
from lib.mistral.catalog import Model
from lib.mistral.recipe import RecipeError
from lib.ui.app import session, widget_keys
from lib.ui.app.calls import send
from lib.ui.app.session import conversation
from lib.ui.app.startup import backend
from lib.ui.browser import chat_storage
from lib.ui.sidebar import settings

DOUBLE_CLICK_S = 0.5
"""The longest time between the two clicks of a double click, as systems have it."""


def ask(prompt: str) -> None:
    """Send the prompt as a new turn, with the settings of the sidebar."""
    if prompt.strip():
        _send(prompt, conversation().before(None), conversation().append)


def ask_typed() -> None:
    """Send the text of the chat input as a new turn, once the running answer has ended."""
    typed, held = st.session_state[widget_keys.PROMPT] or "", session.current()
    if conversation().running():
        held.waiting = "\n\n".join(filter(None, [held.waiting, typed.strip()]))
    else:
        ask(typed)


def ask_waiting() -> None:
    """Send the prompt that waits for the end of an answer, if the answer has ended.

    If the answer failed, the prompt goes back into the chat input instead.
    """
    held, turns = session.current(), conversation().turns()
    if not held.waiting or conversation().running():
        return
    if turns and turns[-1].variant.answer.status in ("failed", "broken"):
        take_back("The answer before it did not arrive whole.")
    else:
        ask(held.waiting)  # Streamlit may end the script before the prompt is sent, but not afterwards
        held.waiting = ""


def take_back(reason: str = "") -> None:
    """Put the waiting prompt, if any, back into the chat input."""
    held = session.current()
    if held.waiting:
        held.refused, held.waiting = Refused(held.waiting, reason), ""


def stop() -> None:
    """End the answer that arrives, and keep its text."""
    conversation().stop()


def keep_typed() -> None:
    """Put the text back into the chat input, because the page had changed before it was sent."""
    if typed := st.session_state[widget_keys.PROMPT]:
        session.current().refused = Refused(typed, "")


def ask_again(turn: Turn, prompt: str | None = None) -> None:
    """Send a turn's prompt, or another one, as a new variant with the settings of the sidebar."""
    session.current().editing = None
    _send(prompt or turn.variant.prompt, conversation().before(turn), turn.add)


def again(turn: Turn) -> None:
    """Send a turn's prompt again. The second click of a double click does nothing, even if the answer to the
    first has ended before it."""
    held, now = session.current(), time.monotonic()
    if now - held.again_at >= DOUBLE_CLICK_S:
        held.again_at = now
        ask_again(turn)


def ask_edited(turn: Turn, key: str) -> None:
    """Send the prompt in the text area `key` as a new variant of the turn."""
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


def step(turn: Turn, by: int) -> None:
    """Show the variant before or after."""
    close_dialog()
    turn.step(by)


def edit(variant: Variant | None) -> None:
    """Open the prompt of a variant for editing; None closes the editor."""
    session.current().editing = variant.id if variant else None


def delete(turn: Turn) -> None:
    """Remove a turn; this can be undone until something is asked."""
    chat = conversation()
    earlier = chat.before(turn)
    chat.remove(turn)
    session.current().undo = Undo("Turn deleted.", chat, turn, earlier[-1] if earlier else None)


def copy(variant: Variant) -> None:
    """Put the answer on the visitor's clipboard."""
    chat_storage.copy(variant.answer.shown_text)


def open_dialog(kind: str, variant: Variant) -> None:
    """Open a dialog about an answer; it stays open until it is dismissed, also while an answer arrives."""
    session.current().dialog = (kind, variant.id)


def close_dialog() -> None:
    """Close the dialog, or note that it was dismissed."""
    session.current().dialog = None


def new_chat() -> None:
    """Begin an empty conversation; the old one can be brought back until something is asked."""
    conversation().stop()
    take_back()
    session.current().undo = Undo("New chat.", conversation())
    session.current().conversation = Conversation()


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


def _send(prompt: str, earlier: list[Variant], add: Callable[[Variant], None]) -> None:
    model, chosen = settings.chosen(backend())
    try:
        recipe, sent, left_out = recipe_for(prompt, earlier, model.id, chosen)
    except RecipeError as error:
        session.current().refused = Refused(prompt, str(error))
        return
    _begin_something_new()
    add(Variant(prompt, [send(recipe)], sent, left_out))


def _begin_something_new() -> None:
    """Make Undo unavailable, close the open dialog, and show the newest page."""
    session.current().undo = None
    session.current().show_newest = True
    close_dialog()
