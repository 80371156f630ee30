"""A boto3 client whose running call another thread can end at any moment.

botocore has no function that ends a call which still waits for its response headers, and closing an event
stream blocks until the thread that reads it gets its next byte. Shutting down the socket solves both: the
blocked read returns with an error, and the service sees that the connection has ended.
"""

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
    """The socket of one call, once the call has a connection. Any thread may call `cut()`.

    `sent`: whether any byte of a request was given to a connection while `carrying`.
    """

    def __init__(self) -> None:
        self.sent = False
        self._connection: Any = None
        self._cut = False

    @contextlib.contextmanager
    def carrying(self) -> Iterator[None]:
        """While the block runs, every connection that this thread uses belongs to this CallSocket."""
        _running.call_socket = self
        try:
            yield
        finally:
            _running.call_socket = None

    def cut(self) -> None:
        """Shut the socket down, unless the connection went back to the pool and serves another call by
        now."""
        with _lock:
            self._cut = True
            mine = self._connection is not None and self._connection.call_socket is self
            sock = self._connection.used_sock if mine else None
        if sock is not None:
            raw = getattr(sock, "socket", sock)  # urllib3 wraps TLS in TLS for a proxy with an https address
            with contextlib.suppress(OSError):
                # SSLSocket.shutdown() removes the TLS layer first: data that another thread sends at that
                # moment would leave unencrypted. The shutdown of the plain socket class keeps TLS.
                socket.socket.shutdown(raw, socket.SHUT_RDWR)

    def _use(self, connection: Any) -> None:
        with _lock:
            if self._cut:
                raise ConnectionAbortedError("the call was cut")
            self._connection, connection.call_socket = connection, self
            connection.used_sock = connection.sock


class _Owned:
    """A mixin for urllib3's connections: it tells the thread's CallSocket which socket the call uses."""

    call_socket: CallSocket | None = None
    used_sock: Any = None

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self._announce()

    def request(self, *args: Any, **kwargs: Any) -> Any:
        self._announce()
        return super().request(*args, **kwargs)  # type: ignore[misc]

    def send(self, data: Any) -> Any:
        _note_request()
        return super().send(data)  # type: ignore[misc]

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


def make_cuttable(client: Any) -> bool:
    """Make the client use connections that a CallSocket can shut down. Returns whether that worked.

    botocore 1.44.8 has no public setting for the connection class. If another version keeps it elsewhere,
    calls still work, but a stop takes effect only when the next byte arrives.
    """
    pools = _pool_classes(client)
    pools.update(http=_Pool, https=_SecurePool)
    cuttable = is_cuttable(client)
    if not cuttable:  # sent bytes are not noticed then, so every request that is ready counts as sent
        with contextlib.suppress(AttributeError):
            client.meta.events.register("before-send", _note_request)
    return cuttable


def is_cuttable(client: Any) -> bool:
    """Whether `make_cuttable` worked on this client: a stop then ends a running call at once."""
    pools = _pool_classes(client)
    return pools.get("http") is _Pool and pools.get("https") is _SecurePool


def _note_request(**_: Any) -> None:
    """Note that the call of this thread sends something."""
    call_socket = getattr(_running, "call_socket", None)
    if call_socket is not None:
        call_socket.sent = True


def _pool_classes(client: Any) -> dict[str, Any]:
    """The dictionary in which botocore keeps its pool classes; an empty one if it is not found there."""
    try:
        pools = client._endpoint.http_session._pool_classes_by_scheme
    except AttributeError:
        return {}
    return pools if isinstance(pools, dict) else {}
