"""What a session and the visitor's browser have told each other about what the browser keeps."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lib.bedrock.reply import Reply
from lib.conversation.tree import new_id
from lib.records.chat_records import Place


class StoredVariant(NamedTuple):
    """What the browser has of a variant."""

    state: tuple[int, bool]  # parts, and whether the last one runs
    place: Place


@dataclass
class ChatKeeping:
    """About conversations (lib/ui/browser/chat_storage.py). `stored`: by conversation and by variant."""

    session: str = field(default_factory=new_id)
    number: int = 0
    waiting: list[list[Any]] = field(default_factory=list)
    emissions: deque[tuple[int, list[list[Any]]]] = field(default_factory=deque)
    stored: dict[str, dict[str, StoredVariant]] = field(default_factory=dict)
    loaded: bool = False
    quiet: bool = False  # what is stored next is nothing new to the reader
    offer: str | None = None
    incomplete: set[str] = field(default_factory=set)

    def forgotten(self) -> ChatKeeping:
        """Nothing of what was said, but its numbering: the browser does not miss what comes next."""
        return ChatKeeping(self.session, self.number, loaded=True)


@dataclass(frozen=True)
class RunRecord:
    """The saved form of a run, and what it was made of."""

    made_of: tuple[int | None, list[Reply | None]]
    text: str


@dataclass
class RunsKeeping:
    """About comparison runs (lib/ui/browser/runs_storage.py). `records`: by run."""

    session: str = field(default_factory=new_id)
    number: int = 0
    text: str = ""  # what the browser has, or gets with `number`
    sends: int = 0
    records: dict[str, RunRecord] = field(default_factory=dict)
