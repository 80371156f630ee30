"""One request to an ASGI app, without a server."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Message


def call(
    app: ASGIApp, kind: str = "http", path: str = "/", scheme: str = "http", **headers: str
) -> list[Message]:
    """All messages that the app sends. A websocket receives its connect message and then its end."""
    incoming: list[Message] = (
        [{"type": "http.request"}]
        if kind == "http"
        else [{"type": "websocket.connect"}, {"type": "websocket.disconnect"}]
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    path, _, query = path.partition("?")
    scope: dict[str, Any] = {"type": kind, "method": "GET", "path": path, "scheme": scheme}
    scope["query_string"] = query.encode()
    scope["headers"] = [(name.encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(app(scope, receive, send))
    return sent
