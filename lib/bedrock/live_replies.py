"""Answers that are arriving, or just have: a reloaded page finds them, and they end with the last page.

A reload is a new session for the server. Who presents the id of a variant, which only the visitor's browser
has and nobody can guess, gets its stream back. Memory of this process only, and only for a short while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from lib.bedrock.reply import Reply

KEPT_S = 120.0
"""How long after its end a stream can be found."""
MOST = 512
_SWEEP_S = 5.0
WATCH_S = 0.1
"""How often the running streams are looked at."""

_streams: dict[str, Reply] = {}
_ended: dict[str, float] = {}
_changed = threading.Condition()
_sweeper: threading.Thread | None = None
_followed: dict[Reply, Callable[[], bool]] = {}
_watching = threading.Lock()
_watcher: threading.Thread | None = None


def keep(variant_id: str, stream: Reply) -> None:
    """Let it be found from now on; the oldest makes room."""
    global _sweeper
    with _changed:
        _drop(variant_id)
        _streams[variant_id] = stream
        while len(_streams) > MOST:
            _drop(next(iter(_streams)))
        if _sweeper is None:
            _sweeper = threading.Thread(target=_sweep, name="running-sweeper", daemon=True)
            _sweeper.start()


def find(variant_id: str) -> Reply | None:
    """The newest stream of a variant, if it is still here."""
    return _streams.get(variant_id)


def forget(variant_ids: Iterable[str]) -> None:
    """Let these go at once."""
    with _changed:
        for variant_id in variant_ids:
            _drop(variant_id)
        _changed.notify_all()


def follow(stream: Reply, gone: Callable[[], bool]) -> None:
    """The stream is left once `gone()`, asked on another thread, is true. Replaces the `gone` of before."""
    global _watcher
    with _watching:
        _followed[stream] = gone
        if _watcher is None:
            _watcher = threading.Thread(target=_watch, name="stream-watcher", daemon=True)
            _watcher.start()


def followed() -> list[Reply]:
    """The streams that run and are followed."""
    with _watching:
        return [stream for stream in _followed if not stream.ended]


def _watch() -> None:
    """Until nothing runs. A stream is left without the lock: what waits for its end may follow another."""
    global _watcher
    while True:
        with _watching:
            for stream in [stream for stream in _followed if stream.ended]:
                del _followed[stream]
            if not _followed:
                _watcher = None
                return
            left = [stream for stream, gone in _followed.items() if gone()]
        for stream in left:
            stream.leave()
        time.sleep(WATCH_S)


def _drop(variant_id: str) -> None:
    _streams.pop(variant_id, None)
    _ended.pop(variant_id, None)


def _sweep() -> None:
    global _sweeper
    with _changed:
        while _streams:
            now = time.monotonic()
            for variant_id, stream in list(_streams.items()):
                if stream.ended and now - _ended.setdefault(variant_id, now) > KEPT_S:
                    _drop(variant_id)
            if _streams:
                _changed.wait(_SWEEP_S)
        _sweeper = None
