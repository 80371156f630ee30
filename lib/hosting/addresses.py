"""Answers the addresses for probes and Prometheus, and says 404 for addresses that do not exist.

Streamlit 1.67.0 answers every unknown address with the page and status 200, and publishes metrics of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
from collections.abc import Callable, Collection, Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from lib.bedrock import live_replies
from lib.comparison import live_runs
from lib.hosting.front_page import IMAGE
from lib.hosting.own_files import FOLDER
from lib.hosting.readiness import Readiness
from lib.hosting.sign_in import sign_in

OURS = ("healthz", "readyz", "metrics")
"""The addresses for probes and Prometheus."""
_CLOSED = ("_stcore/metrics",)
_FILES = ("", "index.html", "favicon.png", "manifest.json", IMAGE)
"""The files at the top: those of Streamlit, and the image of a preview."""
_COMPONENTS, _AUTH = "component/", "auth/"
_FOLDERS = (_COMPONENTS, "_stcore/", "static/", "media/", "app/static/", FOLDER, _AUTH)
"""For a file that is missing in one of these, except the first, Streamlit sends the page."""
_CALLBACK = "oauth2callback"
LEFT_ANSWER = "sirocco_left_answer"
"""The cookie that chat_storage.js sets for some seconds when a page is left: the id of its running answer."""
LEFT_RUN = "sirocco_left_run"
"""The same of runs_storage.js: the id of the run of Compare that was going on."""
_DRAINING = "This server is restarting."
_NOWHERE = "There is no page at this address."
TICKS, TICK_S = 5, 0.2
"""A websocket at /healthz gets TICKS messages, TICK_S seconds apart: this shows whether a proxy buffers."""
_NO_STORE = {"cache-control": "no-store"}


class Addresses:
    """ASGI middleware in front of Streamlit.

    `pages`: the addresses of the pages. `base`: the path below which the app is served. `metrics`: the text
    for Prometheus. `token`: who presents it may read that text; without one /metrics does not exist here.

    A draining process refuses new tabs with status 503, so that a proxy takes another replica for them. It
    accepts a tab that was reloaded while its answer arrived, because only this process has that answer.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        pages: Collection[str],
        base: str,
        readiness: Readiness,
        metrics: Callable[[], bytes],
        token: Callable[[], str | None],
    ) -> None:
        self._app, self._base = app, base.strip("/")
        self._known = {*pages, *_FILES, _CALLBACK}
        self._readiness, self._metrics, self._token = readiness, metrics, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        of_browser = scope["type"] in ("http", "websocket")
        path = self._below_base(scope["path"]) if of_browser else None
        expected = of_browser and _comes_back(scope)
        if scope["type"] == "websocket" and path == "healthz":
            await _tick(WebSocket(scope, receive, send))
        elif scope["type"] == "websocket" and not expected and self._refuses(scope):
            await WebSocket(scope, receive, send).send_denial_response(PlainTextResponse(_DRAINING, 503))
        elif scope["type"] != "http":
            await self._app(scope, receive, send)
        elif path in OURS:
            response = await self._answer(path, Request(scope))
            await response(scope, receive, send)
        elif path is None or not self._exists(path):
            await PlainTextResponse(_NOWHERE, 404)(scope, receive, send)
        elif path.startswith(_FOLDERS) and not path.startswith(_COMPONENTS):
            await self._app(scope, receive, _without_the_page(scope, receive, send))
        else:
            await self._app(scope, receive, send)

    def _below_base(self, path: str) -> str | None:
        """The path without the base and the slashes around it; None if it is not below the base.

        OURS are also found without the base, because probes ask the process and not the proxy.
        """
        path = path.strip("/") if path.strip("/") in OURS else path.removeprefix("/")
        if path in OURS or not self._base:
            return path
        if path == self._base:
            return ""
        return path.removeprefix(f"{self._base}/") if path.startswith(f"{self._base}/") else None

    def _refuses(self, scope: Scope) -> bool:
        return self._readiness.draining and not _continues_session(scope)

    def _exists(self, path: str) -> bool:
        if path in _CLOSED:
            return False
        if (path == _CALLBACK or path.startswith(_AUTH)) and sign_in().mode == "off":
            return False  # Streamlit would write an error into the log for each request
        return path.removesuffix("/") in self._known or path.startswith(_FOLDERS)

    async def _answer(self, path: str, request: Request) -> Response:
        if path == "healthz":
            return PlainTextResponse("ok", headers=_NO_STORE)
        if path == "metrics":
            return self._metrics_for(request.headers.get("authorization", ""))
        if "serve" in request.query_params:
            return _as_json(*self._readiness.serves())
        return _as_json(*await asyncio.to_thread(self._readiness.report))

    def _metrics_for(self, authorization: str) -> Response:
        token = self._token()
        if token is None:
            return PlainTextResponse(_NOWHERE, 404)
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            return PlainTextResponse("A token is needed.", 401, headers={"www-authenticate": "Bearer"})
        return Response(self._metrics(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _continues_session(scope: Scope) -> bool:
    """Whether a tab connects again: Streamlit's page then sends its session id as the third protocol."""
    protocols = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
    return len(protocols) >= 3 and bool(protocols[2].strip())


def _comes_back(scope: Scope) -> bool:
    """Whether the page was reloaded while an answer of this process arrived, which then waits for it."""
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    left, run = cookies.get(LEFT_ANSWER), cookies.get(LEFT_RUN)
    answer_waits = left is not None and live_replies.expect(left)
    run_waits = run is not None and live_runs.expect(run)
    return answer_waits or run_waits


async def _tick(websocket: WebSocket) -> None:
    await websocket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        for number in range(TICKS):
            await websocket.send_text(str(number))
            await asyncio.sleep(TICK_S)
        await websocket.close()


def _without_the_page(scope: Scope, receive: Receive, send: Send) -> Send:
    """`send`, but it replaces a response that is the page by a 404."""
    replaced = False

    async def send_files(message: Message) -> None:
        nonlocal replaced
        if message["type"] == "http.response.start":
            kind = dict(message.get("headers", [])).get(b"content-type", b"")
            replaced = kind.startswith(b"text/html") and message["status"] == 200
            if replaced:
                await PlainTextResponse(_NOWHERE, 404)(scope, receive, send)
        if not replaced:
            await send(message)

    return send_files


def _as_json(ready: bool, document: Mapping[str, Any]) -> Response:
    return JSONResponse(document, 200 if ready else 503, headers=_NO_STORE)
