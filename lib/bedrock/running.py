"""Starts and counts the answers of one Backend, and tells observers when they begin and end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from lib.bedrock.answer import Answer
from lib.bedrock.gate import FreePermit, Permit
from lib.bedrock.problems import DrainingError
from lib.bedrock.reply import Explain, Reply
from lib.mistral.recipe import Recipe

_log = logging.getLogger(__name__)


class Observer(Protocol):
    """Is told of every answer of a Backend. Both methods return quickly, and run on any thread."""

    def began(self) -> None:
        """An answer was asked for."""

    def ended(self, answer: Answer) -> None:
        """That answer has ended, however it did."""


class Running:
    """Starts the answers of a Backend and counts them until they have ended."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._changed = threading.Condition()
        self._count = 0
        self._closed = False
        self._last_end: float | None = None
        self._observers: list[Observer] = []

    @property
    def count(self) -> int:
        """How many answers run now."""
        return self._count

    def observe(self, observer: Observer) -> None:
        """Tell it of every answer that begins from now on."""
        self._observers.append(observer)

    def start(
        self,
        recipe: Recipe,
        call: Callable[[], Mapping[str, Any]],
        explain: Explain,
        reserve: Callable[[], Permit] = FreePermit,
    ) -> Reply:
        """The reply of a new answer. After `close` nothing is sent; its Problem has the kind "draining"."""
        with self._changed:
            refused = self._closed
            self._count += not refused
        observers = tuple(self._observers)
        for observer in observers:
            self._tell(observer.began)
        reply = Reply(
            recipe, _refuse if refused else call, explain, reserve=FreePermit if refused else reserve
        )
        reply.when_ended(lambda: self._note_end(reply, observers, counted=not refused))
        return reply

    def close(self) -> None:
        """No answer begins from now on; those that run go on."""
        with self._changed:
            self._closed = True

    def wait_until_quiet(self, timeout: float, settle_s: float) -> bool:
        """Wait until no answer runs and the last one ended `settle_s` seconds ago. Waits `timeout` seconds at
        most for the end of the answers; False if one still runs.

        A page needs the time after the end of an answer to display the last text and to store it.
        """
        deadline = self._now() + timeout
        with self._changed:
            while self._count and self._now() < deadline:
                self._changed.wait(deadline - self._now())
            if not self._count and self._last_end is not None:
                self._changed.wait_for(lambda: self._count > 0, self._last_end + settle_s - self._now())
            return not self._count

    def _note_end(self, reply: Reply, observers: tuple[Observer, ...], *, counted: bool) -> None:
        answer = reply.answer
        for observer in observers:
            self._tell(observer.ended, answer)
        with self._changed:
            self._count -= counted
            self._last_end = self._now()
            self._changed.notify_all()

    def _tell(self, what: Callable[..., None], *about: Any) -> None:
        try:
            what(*about)
        except Exception:  # an answer never fails because it could not be counted
            _log.exception("An observer of the answers failed.")


def _refuse() -> Mapping[str, Any]:
    raise DrainingError
