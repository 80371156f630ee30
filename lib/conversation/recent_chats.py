"""The conversations that tabs had a short time ago, in the memory of this process.

A reload of the page is a new session for the server. The browser has noted the conversation, but not yet what
happened in the last moment. It still has the id of the session before, which nobody can guess, and gets the
conversation of that session back.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from lib.conversation.tree import Conversation, Variant

KEPT_S = 60.0
"""How long after its last act or run a session's conversation can be found."""
MOST = 256
"""The most conversations that can be found; the oldest is dropped first."""
MOST_CHARACTERS = 20_000_000
"""The most characters of all of them together; the oldest is dropped first."""


@dataclass(frozen=True)
class _Entry:
    """`owner`: the subject of a sign-in, if there is one."""

    conversation: Conversation
    owner: str | None
    size: int
    kept_at: float


_entries: OrderedDict[str, _Entry] = OrderedDict()
_lock = threading.Lock()
_sweeper: threading.Timer | None = None


def keep(session_id: str, conversation: Conversation, owner: str | None) -> None:
    """Make this conversation the one that `find` returns for this session."""
    size = sum(_characters(variant) for *_, variant in conversation.variants())
    with _lock:
        _entries.pop(session_id, None)
        if conversation.root:
            _entries[session_id] = _Entry(conversation, owner, size, time.monotonic())
        _drop()


def find(session_id: str, owner: str | None) -> Conversation | None:
    """The conversation of a session that ended a short time ago; only for the same owner."""
    with _lock:
        _drop()
        entry = _entries.get(session_id)
        return entry.conversation if entry and entry.owner == owner else None


def forget(session_id: str) -> None:
    """Let `find` return nothing for this session."""
    with _lock:
        _entries.pop(session_id, None)


def _characters(variant: Variant) -> int:
    return len(variant.prompt) + sum(len(answer.text) for answer in variant.answers)


def _drop() -> None:
    """Drop what is too old or too much, and again later if anything is left; the caller holds the lock."""
    global _sweeper
    until = time.monotonic() - KEPT_S
    while _entries and (
        len(_entries) > MOST
        or next(iter(_entries.values())).kept_at <= until
        or sum(entry.size for entry in _entries.values()) > MOST_CHARACTERS
    ):
        _entries.popitem(last=False)
    if _entries and _sweeper is None:
        _sweeper = threading.Timer(KEPT_S, _sweep)
        _sweeper.daemon = True
        _sweeper.start()


def _sweep() -> None:
    global _sweeper
    with _lock:
        _sweeper = None
        _drop()
