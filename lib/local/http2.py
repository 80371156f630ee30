"""HTTP/2 by uvicorn and zttp, in which no connection keeps the others waiting for long.

A client may open and reset streams by the thousand, on many connections. zttp ends such a connection after
some 260 resets, but the event loop reads from all connections before it does anything else.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.zttp_h2_impl import ZttpH2Protocol


class Turns:
    """Makes calls in the order in which they came, one in each iteration of the event loop."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def wait(self, loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
        """Make this call when all earlier ones have been made."""
        self._waiting.append(call)
        if len(self._waiting) == 1:
            loop.call_soon(self._next, loop)

    def _next(self, loop: asyncio.AbstractEventLoop) -> None:
        call = self._waiting.popleft()
        if self._waiting:
            loop.call_soon(self._next, loop)
        call()


def http2_protocol() -> type[ZttpH2Protocol]:
    """The protocol class for one server, whose connections take turns."""
    turns = Turns()

    class Http2Protocol(ZttpH2Protocol):
        def __init__(self, *settings: Any) -> None:
            super().__init__(*settings)
            self.app = _unless_reset(self.app)

        def data_received(self, data: bytes) -> None:
            self.transport.pause_reading()  # so that no more than one read of it waits
            turns.wait(self.loop, partial(self._read, data))

        def _read(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            try:
                super().data_received(data)
            except Exception:  # as asyncio does where it calls data_received itself
                self.transport.abort()
                raise
            if not self.flow.read_paused and not self.transport.is_closing():
                self.transport.resume_reading()

    return Http2Protocol


def _unless_reset(app: Any) -> ASGIApp:
    """The app, but it is not called for a stream that was reset by now or whose connection ends."""

    async def unless_reset(scope: Scope, receive: Receive, send: Send) -> None:
        stream: Any = getattr(receive, "__self__", None)  # uvicorn's RequestResponseCycle
        stream.disconnected = stream.disconnected or stream.transport.is_closing()
        if not stream.disconnected:
            await app(scope, receive, send)

    return unless_reset
