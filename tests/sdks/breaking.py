"""The real endpoint with the scripted engine, recording bodies and breaking answers if told to."""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType
from typing import Any, Literal

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.local import frames
from lib.local.app import create_app
from lib.local.engine import WireError
from lib.local.invoke import error_response
from lib.local.protocols import http_protocol
from tests.support.scripted_engine import ScriptedEngine

Mode = Literal["whole", "refused", "exception", "dropped", "cut", "stalled"]
"""What becomes of an answer: nothing happens to it; it is refused with 429; after BEGINNING chunks comes an
exception, the connection drops inside a frame, the stream ends in good order inside a frame, or nothing more
comes."""
BEGINNING = 3
FIRST_TOKEN_S = 0.2
"""What a model needs for its first token. An answer that begins within microseconds meets a fault of Go's SDK
(smithy-go 1.28.9): it closes the request's body as soon as the answer begins, and where net/http has not yet
come to the end of that body, it takes this for a failed request and hangs up."""


class BreakingEndpoint:
    """`with BreakingEndpoint() as endpoint:` serves both protocols from a thread of this process.

    `mode` is what the next answers do. `bodies` grows with each request, `stalled` is set by one that stalls.
    """

    def __init__(self) -> None:
        self.mode: Mode = "whole"
        self.bodies: list[bytes] = []
        self.stalled = threading.Event()
        self.engine = ScriptedEngine()
        self._inner = create_app(self.engine)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        protocol, _ = http_protocol()
        config = uvicorn.Config(
            self._app,
            http=protocol,
            interface="asgi3",
            log_level="critical",
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._server.serve([self._listener])), daemon=True
        )

    def __enter__(self) -> BreakingEndpoint:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    async def _app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        body = bytearray()

        async def recording() -> Message:
            message = await receive()
            if message["type"] == "http.request":
                body.extend(message["body"])
                if not message["more_body"]:
                    self.bodies.append(bytes(body))
            return message

        app: ASGIApp = self._inner
        error = self._error(scope["path"].endswith("-stream"))
        if error:
            app = error_response(error, "id")
            while (await recording())["more_body"]:
                pass
        answer = _Answer(self, scope, send)
        await asyncio.sleep(FIRST_TOKEN_S)
        await app(scope, recording, send if error else answer.send)

    def _error(self, streams: bool) -> WireError | None:
        if self.mode == "refused":
            return WireError(429, "ThrottlingException", "Too many requests.")
        if self.mode == "exception" and not streams:
            return WireError(424, "ModelErrorException", "The model failed.")
        return None


class _Answer:
    """The sending side of one answer."""

    def __init__(self, endpoint: BreakingEndpoint, scope: Scope, send: Send) -> None:
        self._endpoint, self._mode, self._send = endpoint, endpoint.mode, send
        self._streams = scope["path"].endswith("-stream")
        self._connection: Any = getattr(send, "__self__", None)  # uvicorn's, with its transport
        self._chunks = 0
        self._over = False
        self._start: Message | None = None

    async def send(self, message: Message) -> None:
        if self._over:
            return
        if self._mode == "whole":
            await self._send(message)
        elif message["type"] == "http.response.start":
            self._start = message
        elif self._chunks < BEGINNING and self._streams:
            await self._begin()
            await self._send(message)
            self._chunks += 1
        else:
            await self._break(message.get("body", b""))

    async def _begin(self, length: int | None = None) -> None:
        if self._start is None:
            return
        headers = [(name, value) for name, value in self._start["headers"] if name != b"content-length"]
        if length is not None:
            headers.append((b"content-length", str(length).encode()))
        await self._send({**self._start, "headers": headers})
        self._start = None

    async def _break(self, body: bytes) -> None:
        self._over = True
        half = body[: len(body) // 2]
        if self._mode == "stalled":
            await self._begin()
            self._endpoint.stalled.set()
            await asyncio.Event().wait()
        if self._mode == "exception":
            half = frames.exception_event("modelStreamErrorException", "The model stream failed.")
        await self._begin(None if self._streams else len(half if self._mode == "cut" else body))
        await self._send({"type": "http.response.body", "body": half, "more_body": self._mode == "dropped"})
        if self._mode == "dropped":
            self._connection.transport.write_eof()
