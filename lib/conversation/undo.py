"""What a chat can still give back: the newest removal, and a prompt that could not be sent."""

from typing import NamedTuple

from lib.conversation.tree import Conversation, Turn, Variant


class Refused(NamedTuple):
    """A prompt that could not be sent."""

    prompt: str
    reason: str


class Undo(NamedTuple):
    """What the newest removal took away: a whole conversation, or one turn after `parent`."""

    says: str
    conversation: Conversation
    turn: Turn | None = None
    parent: Variant | None = None
