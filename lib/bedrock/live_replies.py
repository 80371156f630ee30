"""The replies that are arriving or ended a short time ago, in the memory of this process.

A reload of the page is a new session for the server. The browser still has the id of each variant, which
nobody can guess, and gets the reply of that variant back. If the page of a reply is gone for good, this
module calls `Reply.leave`, so that the model stops.
"""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lib.bedrock.reply import Reply

KEPT_S = 120.0
"""How long after its end a reply can be found."""
MOST = 512
"""The most replies that can be found; the oldest is dropped first."""
WATCH_S = 0.1
"""How often running replies are checked."""
COMING_S = 10.0
"""How long a reply waits for a page that was reloaded and is on its way."""
SWEEP_S = 5.0
"""How often ended replies are checked while none is running."""


@dataclass(eq=False)
class _Entry:
    """`variant_id`: the id under which the reply can be found. `gone`: tells whether its page is gone.
    `outage`: tells whether that is because the connection was lost. `waits_until`: the reply is not left
    before this moment, by time.monotonic."""

    variant_id: str | None = None
    gone: Callable[[], bool] | None = None
    outage: Callable[[], bool] = bool
    waits_until: float = 0.0
    ended_at: float | None = None


_entries: dict[Reply, _Entry] = {}
_changed = threading.Condition()
_watcher: threading.Thread | None = None


def keep(variant_id: str, reply: Reply) -> None:
    """Make the reply the one that `find` returns for this id."""
    with _changed:
        _drop_names([variant_id])
        entry = _entries[reply] = _entries.pop(reply, _Entry())  # now the newest
        entry.variant_id = variant_id
        named = [entry for entry in _entries.values() if entry.variant_id]
        for oldest in named[: max(0, len(named) - MOST)]:
            oldest.variant_id = None
        _watch()


def find(variant_id: str) -> Reply | None:
    """The newest reply of a variant, if it is still here."""
    with _changed:
        return next((reply for reply, entry in _entries.items() if entry.variant_id == variant_id), None)


def expect(variant_id: str) -> bool:
    """A browser that is reloading its page will ask for this reply: wait for it. False if it is not here."""
    with _changed:
        for entry in _entries.values():
            if entry.variant_id == variant_id:
                entry.waits_until = time.monotonic() + COMING_S
                return True
    return False


def forget(variant_ids: Iterable[str]) -> None:
    """Let `find` return nothing for these ids."""
    with _changed:
        _drop_names(variant_ids)
        _changed.notify()


def follow(reply: Reply, gone: Callable[[], bool], outage: Callable[[], bool] = bool) -> None:
    """Leave the reply once `gone()` is true; another thread asks. Replaces an earlier `gone` of the reply.

    `outage()` then tells whether the page lost its connection; by default it did not.
    """
    with _changed:
        entry = _entries.setdefault(reply, _Entry())
        entry.gone, entry.outage = gone, outage
        _watch()


def followed() -> list[Reply]:
    """The running replies for which `follow` was called."""
    with _changed:
        return [reply for reply, entry in _entries.items() if entry.gone and not reply.ended]


def _drop_names(variant_ids: Iterable[str]) -> None:
    names = set(variant_ids)
    for entry in _entries.values():
        if entry.variant_id in names:
            entry.variant_id = None


def _watch() -> None:
    """Start the thread unless it runs; the caller holds the lock."""
    global _watcher
    if _watcher is None:
        _watcher = threading.Thread(target=_run, name="reply-watcher", daemon=True)
        _watcher.start()
    _changed.notify()


def _run() -> None:
    """Leave replies whose page is gone, and drop ended ones, until there are none."""
    global _watcher
    while True:
        with _changed:
            running = any(not reply.ended for reply in _entries)
            _drop_old()
            if not _entries:
                _watcher = None
                return
            gone = [(reply, entry.outage()) for reply, entry in _entries.items() if _is_gone(entry)]
        for reply, outage in gone:
            reply.leave(outage)  # without the lock, because its callbacks may follow another reply
        with _changed:
            _changed.wait(WATCH_S if running else SWEEP_S)


def _is_gone(entry: _Entry) -> bool:
    return entry.gone is not None and time.monotonic() >= entry.waits_until and entry.gone()


def _drop_old() -> None:
    now = time.monotonic()
    for reply, entry in list(_entries.items()):
        if not reply.ended:
            continue
        entry.ended_at = entry.ended_at or now
        if entry.variant_id is None or now - entry.ended_at > KEPT_S:
            del _entries[reply]
