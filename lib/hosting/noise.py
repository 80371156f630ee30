"""Keeps the log short when strangers send a websocket what is no message of Streamlit's.

Streamlit 1.67.0 and uvicorn 0.54.0 write a traceback of 30 lines each time. Here it becomes one short line,
and not too often.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

EVERY_S = 60.0
"""A line of one kind is written at most once in this time."""
_UNSUPPORTED_DATA = 1003
"""Close code of RFC 6455, section 7.4.1."""
_KINDS = {
    "Error deserializing back message": "A websocket frame was not a message of the page",
    "Client WebSocket message size": "A websocket frame was too large",
    "Rejecting WebSocket connection": "A websocket of another site or host was refused",
    "Client tried to": "A websocket frame asked for what only tests may do",
    "No handler for": "A websocket frame was not a message of the page",
    "Invalid HTTP request received": "A request was not HTTP",
    "Exception in callback H11Protocol": "A request was not HTTP",
}
"""How the messages of Streamlit and uvicorn begin, and what is written instead."""
_LOGGERS = (
    "streamlit.web.server.starlette.starlette_websocket",
    "streamlit.runtime.app_session",
    "uvicorn.error",
)
_TEXT_FRAME = "A websocket frame was text; the page sends none"

_log = logging.getLogger("sirocco.noise")


class Throttle:
    """Lets a line of each kind through once in EVERY_S seconds, and counts the others."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._last: dict[str, float] = {}
        self._unwritten: Counter[str] = Counter()

    def line(self, kind: str) -> str | None:
        """The line to write now, with the number of those that were not written; or None."""
        now = self._now()
        if now - self._last.get(kind, -EVERY_S) < EVERY_S:
            self._unwritten[kind] += 1
            return None
        self._last[kind] = now
        unwritten = self._unwritten.pop(kind, 0)
        return f"{kind}{f' ({unwritten} more before)' if unwritten else ''}."


class NoiseFilter(logging.Filter):
    """Replaces the messages of _KINDS by their short line."""

    def __init__(self, throttle: Throttle) -> None:
        super().__init__()
        self._throttle = throttle

    def filter(self, record: logging.LogRecord) -> bool:
        kind = next((kind for start, kind in _KINDS.items() if str(record.msg).startswith(start)), None)
        if kind is None:
            return True
        line = self._throttle.line(kind)
        record.msg, record.args = line, ()
        record.exc_info = record.exc_text = None
        return line is not None


_throttle = Throttle()
_filter = NoiseFilter(_throttle)


def log_seldom(kind: str) -> None:
    """Write a line of this kind, unless one was written a moment ago."""
    if line := _throttle.line(kind):
        _log.warning(line)


def install() -> None:
    """Filter the loggers of Streamlit and uvicorn; a second call changes nothing."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_filter)


class BinaryFrames:
    """ASGI middleware that closes a websocket on which a text frame arrives."""

    def __init__(self, app: ASGIApp, log: Callable[[str], None] = log_seldom) -> None:
        self._app, self._log = app, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        closed = False

        async def receive_binary() -> Message:
            nonlocal closed
            message = await receive()
            if message["type"] != "websocket.receive" or message.get("text") is None:
                return message
            self._log(_TEXT_FRAME)
            closed = True
            await send({"type": "websocket.close", "code": _UNSUPPORTED_DATA})
            return {"type": "websocket.disconnect", "code": _UNSUPPORTED_DATA}

        async def send_while_open(message: Message) -> None:
            if not closed:  # uvicorn raises an error for what is sent after a close
                await send(message)

        await self._app(scope, receive_binary, send_while_open)
