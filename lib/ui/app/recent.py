"""Keeps this session's conversation for the session that begins when the page is reloaded."""

from lib.conversation import recent_chats
from lib.conversation.tree import Conversation
from lib.ui.app import door, session


def keep() -> None:
    """Note the conversation as it is now. Call it after each act and in each run."""
    held = session.current()
    recent_chats.keep(held.chat_storage_state.session, held.conversation, door.visitor())


def find(session_id: object) -> Conversation | None:
    """The conversation of the session that this browser names as the one before."""
    return recent_chats.find(session_id, door.visitor()) if isinstance(session_id, str) else None


def forget() -> None:
    """Let no reload find this session's conversation."""
    recent_chats.forget(session.current().chat_storage_state.session)
