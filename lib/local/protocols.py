"""How bytes on a connection become requests: HTTP/1.1, and HTTP/2 where the package zttp is installed.

HTTP/2 is spoken without TLS to clients that begin with its preface ("prior knowledge"): AWS's SDKs for Java
(asynchronous client) and JavaScript do. uvicorn 0.54.0 has it with zttp 0.0.35; its own choice between the
two protocols uses zttp for HTTP/1.1, too. Here h11 always reads HTTP/1.1, with or without zttp.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

HEAD_S = 20.0
"""Seconds within which the head of a request must have arrived once it has begun."""
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def http_protocol() -> tuple[type[asyncio.Protocol], bool]:
    """The protocol class for uvicorn, and whether it speaks HTTP/2."""
    with contextlib.suppress(ImportError):
        from lib.local import http2

        class EitherProtocol(Http1Protocol):
            """The first bytes of a connection tell which protocol it speaks."""

            http2_protocol = http2.http2_protocol()

        return EitherProtocol, True
    return Http1Protocol, False


class Http1Protocol(H11Protocol):
    """HTTP/1.1, with AWS's errors for what is no request, and a limit on the time for a request's head.

    A connection that begins with the preface of HTTP/2 is handed to `http2_protocol`, if there is one.
    """

    http2_protocol: type[Any] | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._app_state = app_state
        self._undecided: bytes | None = b"" if self.http2_protocol else None
        self._head_deadline: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        if self._undecided is not None:
            data = self._undecided + data
            if data.startswith(PREFACE):
                self._become_http2(data)
                return
            self._undecided = data if PREFACE.startswith(data) else None
        if self._undecided is None:
            super().data_received(data)
        self._limit_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_deadline()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        try:
            super().shutdown()
        except h11.LocalProtocolError:  # an answer failed half-way; the process must end all the same
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Send AWS's error for what is no request, unless an answer is being sent; close the connection."""
        self._forget_deadline()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE) and not self._answering():
            body = json.dumps({"message": msg}).encode()
            head = (
                "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nConnection: close\r\n"
                f"Content-Length: {len(body)}\r\nx-amzn-RequestId: {uuid.uuid4()}\r\n"
                "x-amzn-ErrorType: ValidationException:\r\n\r\n"
            )
            self.transport.write(head.encode() + body)
        self.transport.close()

    def _answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _become_http2(self, data: bytes) -> None:
        self._forget_deadline()
        self.connections.discard(self)
        assert self.http2_protocol
        protocol = self.http2_protocol(self.config, self.server_state, self._app_state, self.loop)
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        protocol.data_received(data)

    def _limit_head(self) -> None:
        begun = bool(self._undecided) or (
            self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        )
        if not begun:
            self._forget_deadline()
        elif self._head_deadline is None:
            self._head_deadline = self.loop.call_later(HEAD_S, self.transport.close)

    def _forget_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None
