"""Answers that are arriving, or just have, so that a reloaded page finds them again.

A reload is a new session for the server. Who presents the id of a variant, which only the visitor's browser
has and nobody can guess, gets its stream back. Memory of this process only, and only for a short while.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable

from lib.bedrock.reply import AnswerStream

KEPT_S = 120.0
"""How long after its end a stream can be found."""
MOST = 512
_SWEEP_S = 5.0

_streams: dict[str, AnswerStream] = {}
_ended: dict[str, float] = {}
_changed = threading.Condition()
_sweeper: threading.Thread | None = None


def keep(variant_id: str, stream: AnswerStream) -> None:
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


def find(variant_id: str) -> AnswerStream | None:
    """The newest stream of a variant, if it is still here."""
    return _streams.get(variant_id)


def forget(variant_ids: Iterable[str]) -> None:
    """Let these go at once."""
    with _changed:
        for variant_id in variant_ids:
            _drop(variant_id)
        _changed.notify_all()


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
