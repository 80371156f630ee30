"""A boto3 client whose running call can be cut from another thread, at any moment.

botocore offers no way to end a call that still waits for its response headers, and closing an event stream
waits for the thread that reads it. Shutting the socket down does both at once: the blocked read wakes with
an error, and the service sees the connection end.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

_lock = threading.Lock()
_running = threading.local()


class CallSocket:
    """The connection one call runs on, if it has one yet. `cut()` may be called from any thread."""

    def __init__(self) -> None:
        self._connection: Any = None
        self._cut = False

    @contextlib.contextmanager
    def carrying(self) -> Iterator[None]:
        """While the block runs, connections that this thread uses belong to this line."""
        _running.call_socket = self
        try:
            yield
        finally:
            _running.call_socket = None

    def cut(self) -> None:
        """Shut the socket down. A connection that already serves another call is left alone."""
        with _lock:
            self._cut = True
            mine = self._connection is not None and self._connection.call_socket is self
            sock = self._connection.used_sock if mine else None
        if sock is not None:
            raw = getattr(sock, "socket", sock)  # urllib3's TLS within TLS, through an https proxy
            with contextlib.suppress(OSError):
                # SSLSocket's own shutdown drops TLS first: what is just being sent would leave as plain text.
                socket.socket.shutdown(raw, socket.SHUT_RDWR)

    def _use(self, connection: Any) -> None:
        with _lock:
            if self._cut:
                raise ConnectionAbortedError("the call was cut")
            self._connection, connection.call_socket = connection, self
            connection.used_sock = connection.sock


class _Owned:
    """Mixed into urllib3's connections: tells the running line which socket its call is on."""

    call_socket: CallSocket | None = None
    used_sock: Any = None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._announce()

    def request(self, *args: Any, **kwargs: Any) -> Any:
        self._announce()
        return super().request(*args, **kwargs)  # type: ignore[misc]

    def _announce(self) -> None:
        call_socket = getattr(_running, "call_socket", None)
        if call_socket is not None:
            call_socket._use(self)


class _Connection(_Owned, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _SecureConnection(_Owned, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _Pool(AWSHTTPConnectionPool):  # type: ignore[misc]
    ConnectionCls = _Connection


class _SecurePool(AWSHTTPSConnectionPool):  # type: ignore[misc]
    ConnectionCls = _SecureConnection


def make_cuttable(client: Any) -> None:
    """Let the client's connections be owned by a `Line`.

    botocore has no public setting for the connection class; where a later botocore keeps it elsewhere,
    calls still work and a stop takes until the next byte arrives.
    """
    with contextlib.suppress(AttributeError):
        client._endpoint.http_session._pool_classes_by_scheme.update(http=_Pool, https=_SecurePool)
