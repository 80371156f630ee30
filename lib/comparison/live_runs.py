"""The runs that are going or ended a short time ago, in the memory of this process.

A reload of the page is a new session for the server. The browser still has the id of the run on the page,
which nobody can guess, and the new session gets that run back, with the answers that still arrive. A run
belongs to every tab that shows it, and its answers end when all of these tabs are gone.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from lib.comparison.run import Run

KEPT_S = 120.0
"""How long after its end a run can be found."""
MOST = 128
"""The most runs that can be found; the oldest is dropped first."""
COMING_S = 10.0
"""How long a run waits for a page that was reloaded and is on its way."""
SWEEP_S = 30.0


class Page(Protocol):
    """The tab that shows a run. `gone`: it is closed or lost for good. `torn`: its connection was lost."""

    def gone(self) -> bool: ...

    def torn(self) -> bool: ...


@dataclass(eq=False)
class _Entry:
    """`owner`: the subject of a sign-in, if there is one. Times are by time.monotonic."""

    run: Run
    owner: str | None
    pages: list[Page]
    waits_until: float = 0.0
    ended_at: float | None = None


_entries: dict[str, _Entry] = {}
_lock = threading.Lock()
_sweeper: threading.Timer | None = None


def keep(run: Run, owner: str | None, page: Page) -> None:
    """Let `find` return the run for this owner, and let `page` be one that shows it."""
    with _lock:
        entry = _entries[run.id] = _entries.pop(run.id, _Entry(run, owner, []))  # now the newest
        if page not in entry.pages:
            entry.pages = [*(each for each in entry.pages if not each.gone()), page]
        entry.ended_at = None
        for oldest in list(_entries)[: max(0, len(_entries) - MOST)]:
            del _entries[oldest]
        _sweep_later()


def find(run_id: str, owner: str | None) -> Run | None:
    """The run with this id, if it is still here and belongs to this owner."""
    with _lock:
        entry = _entries.get(run_id)
        return entry.run if entry and entry.owner == owner else None


def expect(run_id: str) -> bool:
    """A browser that is reloading its page will ask for this run: wait for it. False if it is not here."""
    with _lock:
        if entry := _entries.get(run_id):
            entry.waits_until = time.monotonic() + COMING_S
        return entry is not None


def forget(run_id: str) -> None:
    """Let `find` return nothing for this run."""
    with _lock:
        _entries.pop(run_id, None)


def pages_gone(run: Run) -> tuple[Callable[[], bool], Callable[[], bool]]:
    """For `lib.bedrock.live_replies.follow`: whether all pages of the run are gone, and whether one of them
    has lost its connection."""
    entry = _entries[run.id]

    def gone() -> bool:
        return time.monotonic() >= entry.waits_until and all(page.gone() for page in entry.pages)

    return gone, lambda: any(page.torn() for page in entry.pages)


def _sweep_later() -> None:
    """Start the timer unless it runs; the caller holds the lock."""
    global _sweeper
    if _entries and _sweeper is None:
        _sweeper = threading.Timer(SWEEP_S, _sweep)
        _sweeper.daemon = True
        _sweeper.start()


def _sweep() -> None:
    """Drop the runs that ended long enough ago, and come again while there are others."""
    global _sweeper
    now = time.monotonic()
    with _lock:
        _sweeper = None
        for run_id, entry in list(_entries.items()):
            if entry.run.ended:
                entry.ended_at = entry.ended_at or now
                if now - entry.ended_at > KEPT_S:
                    del _entries[run_id]
        _sweep_later()
