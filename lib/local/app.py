"""The HTTP side of the endpoint: its routes, who may call them, and how errors look.

Routes, headers and errors are those that boto3 1.44.5 expects. Nothing here knows which engine answers.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.local import models
from lib.local.engine import Engine, WireError
from lib.local.invoke import Invoke, error_response, stream, whole


def create_app(engine: Engine, unsigned: tuple[Route, ...] = ()) -> ASGIApp:
    """The ASGI app that serves `engine`; `unsigned` are more routes, open to requests without a signature."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        warm_up = asyncio.create_task(engine.warm_up())
        yield
        warm_up.cancel()

    unsigned = (Route("/health", _health), *unsigned)
    open_paths = {route.path for route in unsigned}
    return Starlette(
        lifespan=lifespan,
        routes=[
            Route(
                "/model/{model_id:path}/invoke-with-response-stream", Invoke(engine, stream), methods=["POST"]
            ),
            Route("/model/{model_id:path}/invoke", Invoke(engine, whole), methods=["POST"]),
            Route("/foundation-models", models.list_models),
            Route("/foundation-models/{model_id:path}", models.get_model),
            Route("/inference-profiles", models.list_profiles),
            *unsigned,
        ],
        middleware=[
            # A web page that points its own name at 127.0.0.1 (DNS rebinding) still sends its own Host.
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(Signed, open_paths=open_paths),
        ],
        exception_handlers={HTTPException: _unknown_operation, WireError: _wire_error},
    )


class Signed:
    """Refuses what no AWS SDK has signed.

    The signature is not checked, for there is no secret to check it with. What counts: a web page cannot
    send this header to another origin, so no page can use the model behind its visitor's back.
    """

    def __init__(self, app: ASGIApp, open_paths: Collection[str]) -> None:
        self.app = app
        self.open_paths = open_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] not in self.open_paths:
            authorization = dict(scope["headers"]).get(b"authorization", b"")
            if not authorization.startswith(b"AWS4-HMAC-SHA256 "):
                refusal = WireError(
                    403, "MissingAuthenticationTokenException", "Missing Authentication Token"
                )
                await error_response(refusal, str(uuid.uuid4()))(scope, receive, send)
                return
        await self.app(scope, receive, send)


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok")


async def _unknown_operation(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    unknown = WireError(status, "UnknownOperationException", "This endpoint does not have this operation.")
    return error_response(unknown, str(uuid.uuid4()))


async def _wire_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, WireError)
    return error_response(error, str(uuid.uuid4()))
