"""What can be restored in a chat: the newest removal."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from lib.conversation.tree import Conversation, Turn, Variant


class Undo(NamedTuple):
    """The newest removal: of a whole conversation, or of `turn`, which followed `parent`.

    `says`: the sentence beside the button Undo. `settings`: those of the sidebar before; None if they stay.
    """

    says: str
    conversation: Conversation
    turn: Turn | None = None
    parent: Variant | None = None
    settings: Mapping[str, Any] | None = None
