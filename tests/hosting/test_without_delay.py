"""Both servers send each piece at once, not when the client has acknowledged the piece before."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from starlette.responses import PlainTextResponse

from lib.hosting import uvicorn_server
from lib.local import serve


def sends_at_once(connection: socket.socket) -> bool:
    return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0


async def connect(address: tuple[str, int], server: uvicorn.Server) -> socket.socket:
    """The server's end of a new connection."""
    await asyncio.open_connection(*address)
    while not server.server_state.connections:
        await asyncio.sleep(0.01)
    (protocol,) = server.server_state.connections
    found: socket.socket = protocol.transport.get_extra_info("socket")  # type: ignore[union-attr]
    return found


async def page_connection_sends_at_once() -> bool:
    listener = socket.socket()  # without IPPROTO_TCP, as Streamlit 1.67.0 makes it
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(PlainTextResponse("page"), log_level="error", lifespan="off"))
    setting = asyncio.create_task(uvicorn_server.send_without_delay(server))
    serving = asyncio.create_task(server.serve([listener]))
    await setting
    found = sends_at_once(await connect(listener.getsockname(), server))
    server.should_exit = server.force_exit = True
    await serving
    return found


def test_the_server_of_the_page() -> None:
    assert asyncio.run(page_connection_sends_at_once())


def test_the_local_endpoint() -> None:
    with serve._listen(0) as listener, socket.create_connection(listener.getsockname()):
        connection, _ = listener.accept()
        with connection:
            assert sends_at_once(connection)
