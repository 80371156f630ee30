"""The end of the process on SIGTERM: running answers finish first, and none begins any more."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Literal

from uvicorn import Server

from lib.bedrock.running import Running
from lib.hosting import uvicorn_server

SETTLE_S = 2.0
"""The time after the last answer in which its page displays the end and the browser stores it."""

Phase = Literal["starting", "serving", "draining"]


class Serving:
    """The phase of this process. One object for each process, shared by lifespan and middleware."""

    def __init__(self) -> None:
        self.phase: Phase = "starting"

    def started(self) -> None:
        """The backend is known, and the first prompt can be answered."""
        if self.phase != "draining":
            self.phase = "serving"

    def drain(self) -> None:
        """The process is about to end."""
        self.phase = "draining"


serving = Serving()


class Drain:
    """Handles SIGTERM. The first one drains the server, a second one ends it at once.

    `running` gives the answers that run; it is called on a thread of its own and may wait for the start-up.
    """

    def __init__(
        self, server: Server, running: Callable[[], Running], limit_s: Callable[[], float], serving: Serving
    ) -> None:
        self._server, self._running, self._limit_s, self._serving = server, running, limit_s, serving

    def install(self) -> None:
        """Replace uvicorn's handler. Only possible on the main thread."""
        signal.signal(signal.SIGTERM, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._serving.phase == "draining":
            uvicorn_server.end_at_once(self._server)
            return
        self._serving.drain()
        threading.Thread(target=self._finish, name="drain", daemon=True).start()

    def _finish(self) -> None:
        try:
            running = self._running()
            running.close()
            running.wait_until_quiet(self._limit_s(), SETTLE_S)
        finally:
            uvicorn_server.end(self._server)
