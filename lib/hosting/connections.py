"""Whether the browser's tab of a session is still there: every websocket gets an id, and its end is noted.

A Streamlit script cannot ask for its websocket, but it reads the request headers of it. So `TabConnections`
puts the id of the connection into a header, and a session's `Tab` looks the connection up by it.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from weakref import WeakValueDictionary

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.bedrock.gate import Visitor
from lib.hosting.visitors import UNKNOWN, Peer, peer_of, visitor

HEADER = "sirocco-connection"
CLOSED_GRACE_S = 2.5
"""Seconds until a tab that closed its connection counts as gone; a reloaded page has connected by then."""
TORN_GRACE_S = 10.0
"""The same after any other end of the connection, because Streamlit's page connects again after an outage."""
RELEASED_GRACE_S = 5.0
"""The same where there is no header, counted from the moment when Streamlit discarded the session."""
_CLOSED_BY_BROWSER = (1000, 1001)
"""Codes of RFC 6455, section 7.4.1: the browser closed the tab, or left or reloaded the page."""
_NO_STATUS, _ABNORMAL = 1005, 1006


class Connection:
    """One websocket. `peer`: the browser at its other end. `closed_at`: the moment of its end, by
    time.monotonic, with the close `code`."""

    def __init__(self, connection_id: str, peer: Peer = UNKNOWN) -> None:
        self.id, self.peer = connection_id, peer
        self.closed_at: float | None = None
        self.code: int | None = None

    def close(self, code: int, at: float) -> None:
        """Note its end; only the first note counts."""
        if self.closed_at is None:
            self.code, self.closed_at = code, at


_connections: WeakValueDictionary[str, Connection] = WeakValueDictionary()


def find(connection_id: str) -> Connection | None:
    """The connection with this id, while it is open or somebody holds it."""
    return _connections.get(connection_id)


def open_count() -> int:
    """How many websockets are open now."""
    return sum(connection.closed_at is None for connection in list(_connections.values()))


class TabConnections:
    """ASGI middleware that gives every websocket its id in a header, and notes when and how it ended."""

    def __init__(self, app: ASGIApp, now: Callable[[], float] = time.monotonic) -> None:
        self._app, self._now = app, now
        # Read here, as uvicorn has read it: `.env` and the secrets are loaded later.
        self._named_proxies = os.environ.get("FORWARDED_ALLOW_IPS", "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self._app(scope, receive, send)
            return
        connection = Connection(uuid.uuid4().hex, peer_of(scope, self._named_proxies))
        _connections[connection.id] = connection
        ours = HEADER.encode()
        # A header of this name from the client is dropped.
        headers = [(name, value) for name, value in scope["headers"] if name.lower() != ours]

        async def receive_and_note() -> Message:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                connection.close(message.get("code", _NO_STATUS), self._now())
            return message

        try:
            scope = {**scope, "headers": [*headers, (ours, connection.id.encode())]}
            await self._app(scope, receive_and_note, send)
        finally:
            connection.close(_ABNORMAL, self._now())


class Tab:
    """The browser's tab of one session. Every script run touches it; `gone` may be asked on any thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._released_at: float | None = None
        self._id, self._peer = uuid.uuid4().hex, UNKNOWN
        self.connection: Connection | None = None

    def touch(self, connection_id: str | None) -> None:
        """Note a script run of the session, with the value of `HEADER`, or None without that header."""
        self._released_at = None
        if connection_id is None:
            self.connection = None
        elif self.connection is None or self.connection.id != connection_id:
            self.connection = find(connection_id) or self._lost(connection_id)
            self._peer = self.connection.peer

    @property
    def visitor(self) -> Visitor:
        """Who uses the tab, by its newest connection, even if that has ended."""
        return visitor(self._id, self._peer)

    def released(self) -> None:
        """Note that Streamlit has discarded the session. Used only where there is no connection to ask."""
        self._released_at = self._now()

    def gone(self) -> bool:
        """True once the tab was closed, or has been unreachable for too long."""
        if self.connection is None:
            ended_at, grace_s = self._released_at, RELEASED_GRACE_S
        else:
            ended_at = self.connection.closed_at
            grace_s = CLOSED_GRACE_S if self.connection.code in _CLOSED_BY_BROWSER else TORN_GRACE_S
        return ended_at is not None and self._now() - ended_at >= grace_s

    def torn(self) -> bool:
        """Whether the newest connection ended without a close by the browser, as when the network failed."""
        ended = self.connection
        return ended is not None and ended.closed_at is not None and ended.code not in _CLOSED_BY_BROWSER

    def _lost(self, connection_id: str) -> Connection:
        """A connection that ended before the script run that it had asked for began."""
        connection = Connection(connection_id)
        connection.close(_ABNORMAL, self._now())
        return connection
