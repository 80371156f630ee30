"""The uvicorn server that runs this app. Streamlit 1.67.0 creates it and gives no access to it.

Before the app starts, uvicorn 0.54.0 makes a method of the server the handler of SIGTERM, so the handler
leads to the server. Every use of the server that has no public setting is in this module.
"""

from __future__ import annotations

import asyncio
import signal
import socket

from uvicorn import Server

LOOK_S = 0.02
"""How often to look whether the server listens, in seconds."""
SHUTDOWN_S = 5
"""How long an ending server waits for a client that does not close its connection."""


def find_server() -> Server | None:
    """The server, if this process has one. Call it in the app's lifespan, on the main thread."""
    owner = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return owner if isinstance(owner, Server) else None


def configure(server: Server) -> None:
    """Leave the name of the software out of responses, and limit the wait for clients at the end."""
    headers = server.config.encoded_headers
    server.config.encoded_headers = [header for header in headers if header[0] != b"server"]
    server.config.timeout_graceful_shutdown = SHUTDOWN_S


async def send_without_delay(server: Server) -> None:
    """Once the server listens, let its connections send each piece at once (TCP_NODELAY).

    asyncio sets that only for sockets made with IPPROTO_TCP, and Streamlit 1.67.0 makes its own without.
    Without the option the second part of a response, or the next message, waits up to 40 ms until the
    browser has acknowledged the first (RFC 896, RFC 1122).
    """
    while not server.started:
        if server.should_exit:
            return
        await asyncio.sleep(LOOK_S)
    for listening in server.servers:
        for each in listening.sockets:  # connections get it from the socket that accepts them
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def end(server: Server) -> None:
    """Let the server close its connections and return, so that the process ends with exit code 0."""
    server.should_exit = True


def end_at_once(server: Server) -> None:
    """The same without waiting for anything."""
    server.should_exit = server.force_exit = True
