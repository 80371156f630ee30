"""What a session has noted about the visitor's browser storage: what is in it, and what was sent to it."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from lib.bedrock.reply import Reply
from lib.conversation.tree import new_id
from lib.records.chat_records import Place
from lib.records.kept_chats import KeptChat
from lib.records.opened_link import Opened

_PUTS = 3  # runs that send the same message, because those of later runs can overtake it


class StoredVariant(NamedTuple):
    """What the browser has of a variant."""

    state: tuple[int, bool]  # the number of parts, and whether the last one runs
    place: Place


@dataclass
class ChatStorageState:
    """For conversations (lib/ui/browser/chat_storage.py).

    `number`: of the last operation that was sent. `waiting`: operations for the next run. `emissions`: the
    newest operations with their size, because each is sent with more than one run. `stored`: by conversation
    and by variant. `loaded`: the browser has answered. `quiet`: the next changes are not announced to screen
    readers. `offer`: a conversation that can be brought back. `incomplete`: variants of which an earlier turn
    is gone. `kept`: the chats that the browser keeps; None before they were asked for. `removed`: the title
    of the one that was removed last. `went`: what this tab has forgotten beside chats and runs.
    """

    session: str = field(default_factory=new_id)
    number: int = 0
    waiting: list[list[Any]] = field(default_factory=list)
    emissions: deque[tuple[int, list[list[Any]]]] = field(default_factory=deque)
    stored: dict[str, dict[str, StoredVariant]] = field(default_factory=dict)
    loaded: bool = False
    quiet: bool = False
    offer: str | None = None
    incomplete: set[str] = field(default_factory=set)
    kept: list[KeptChat] | None = None
    removed: str = ""
    went: list[str] = field(default_factory=list)

    def forgotten(self) -> Self:
        """An empty state with the same numbering, so that the browser misses no operation."""
        return type(self)(self.session, self.number, loaded=True)


@dataclass
class SharedLinkState:
    """For the link in the address (lib/ui/browser/shared_link.py).

    `heard`: the browser has told what the address holds. `closed`: how often what was open has been closed;
    the browser clears the address once for each time. `keeps`: the file or recording that the browser has
    kept, or receives with `number`. `sends`: with how many more runs of the page it is sent.
    """

    session: str = field(default_factory=new_id)
    heard: bool = False
    closed: int = 0
    keeps: Opened | None = None
    number: int = 0
    sends: int = 0

    def to_keep(self, opened: Opened | None) -> dict[str, Any] | None:
        """What the browser has to keep of a file or recording, for one run of the page; None if it has it."""
        if opened is None or opened.is_link:
            return None  # a link stands in the address
        if opened is not self.keeps:
            self.keeps, self.number, self.sends = opened, self.number + 1, _PUTS
        if not self.sends:
            return None
        self.sends -= 1
        return {"number": self.number, "what": dict(opened.kept) or None}

    def forgotten(self) -> Self:
        """The state in which the browser has to clear the address."""
        return type(self)(self.session, heard=True, closed=self.closed + 1, number=self.number)


@dataclass
class BoxState:
    """For the chat input (lib/ui/browser/page_script.py).

    `taken`: how many texts have come out of it. `puts`: the newest texts that the browser has to put back,
    each with its number; the browser does each once. `number`: of the last one.
    """

    session: str = field(default_factory=new_id)
    taken: int = 0
    number: int = 0
    puts: list[tuple[int, str]] = field(default_factory=list)

    def put_back(self, text: str) -> None:
        """Let the browser put the text into the box, before what has been typed there meanwhile."""
        self.number += 1
        self.puts = [*self.puts, (self.number, text)][-_PUTS:]

    def forgotten(self) -> Self:
        """A state without texts and with the same numbering."""
        return type(self)(self.session, self.taken, self.number)


@dataclass(frozen=True)
class RunRecord:
    """The saved form of a run, and what it was made of: the column that was picked, and the ended replies."""

    made_of: tuple[int | None, list[Reply | None]]
    text: str


@dataclass
class RunsStorageState:
    """For comparison runs (lib/ui/browser/runs_storage.py).

    `text`: what the browser has, or receives with `number`. `sends`: with how many more runs of the script it
    is sent. `records`: by run.
    """

    session: str = field(default_factory=new_id)
    number: int = 0
    text: str = ""
    sends: int = 0
    records: dict[str, RunRecord] = field(default_factory=dict)
