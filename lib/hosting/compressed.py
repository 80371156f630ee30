"""Compresses scripts and styles once and keeps the result. Streamlit 1.67.0 sends them uncompressed, 3 MB."""

from __future__ import annotations

import asyncio
import gzip
from functools import partial

import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_TEXTS = ("text/", "application/javascript", "application/json", "image/svg")

_ENCODERS = {"br": partial(brotli.compress, quality=7), "gzip": partial(gzip.compress, compresslevel=6)}
"""The encodings of RFC 9110 that browsers know, the smaller first. Brotli 11 takes forty times as long."""

_MOST = 500  # a file can be asked for by many paths, such as one with "/./" in it


class Compressed:
    """ASGI middleware that compresses text files whose headers say that they never change (`immutable`)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._kept: dict[tuple[str, str], tuple[Message, bytes]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope) if scope["type"] == "http" and scope["method"] == "GET" else Headers()
        encoding = _accepted(asked)
        if encoding is None or "range" in asked:
            await self._app(scope, receive, send)
            return
        key = scope["path"], encoding
        start, body = self._kept.get(key, (None, b""))

        async def keep(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_fixed_text(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    body = await asyncio.to_thread(_ENCODERS[encoding], body)
                    _describe(start, encoding, len(body))
                    if len(self._kept) < _MOST:
                        self._kept[key] = start, body

        if start is None:
            await self._app(scope, receive, keep)
        if start is not None:
            await send({**start, "headers": list(start["headers"])})
            await send({"type": "http.response.body", "body": body})


def _accepted(asked: Headers) -> str | None:
    names = [part.strip() for part in asked.get("accept-encoding", "").split(",")]  # "br;q=0" is refused
    return next((name for name in _ENCODERS if name in names), None)


def _is_fixed_text(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    fixed = start["status"] == 200 and "immutable" in headers.get("cache-control", "")
    return fixed and headers.get("content-type", "").startswith(_TEXTS)


def _describe(start: Message, encoding: str, length: int) -> None:
    start["headers"] = list(start["headers"])
    headers = MutableHeaders(raw=start["headers"])
    headers["content-encoding"], headers["content-length"] = encoding, str(length)
    headers.add_vary_header("Accept-Encoding")
    del headers["etag"]  # it belongs to the uncompressed file
