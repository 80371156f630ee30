"""What can be restored in a chat: the newest removal."""

from typing import NamedTuple

from lib.conversation.tree import Conversation, Turn, Variant


class Undo(NamedTuple):
    """The newest removal: of a whole conversation, or of `turn`, which followed `parent`.

    `says`: the sentence beside the button Undo.
    """

    says: str
    conversation: Conversation
    turn: Turn | None = None
    parent: Variant | None = None
