"""The HTTP side of the endpoint: its routes, and the form of its errors.

Routes, headers and errors are those that boto3 1.44.5 expects. Nothing here depends on which engine answers.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from lib.local import models, odds_routes
from lib.local.bodies import Bodies
from lib.local.converse import CONVERSE
from lib.local.engine import Engine, OddsEngine, WireError
from lib.local.guard import Guard
from lib.local.invoke import Invoke, error_response, shaped, stream, whole
from lib.local.odds import Kept
from lib.local.operations import INVOKE_MODEL

ANSWERED = (
    "This endpoint does not have this operation. It has InvokeModel, InvokeModelWithResponseStream, "
    "Converse, ConverseStream, ListFoundationModels, GetFoundationModel, ListInferenceProfiles and "
    "GetInferenceProfile."
)


def create_app(engine: Engine, unsigned: tuple[Route, ...] = (), shape: str = "") -> ASGIApp:
    """The ASGI app that serves `engine`. `unsigned`: more routes, for requests without a signature.

    `shape`: the form of events (lib.local.shapes) for callers that name none; "" for Bedrock's own.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        warm_up = asyncio.create_task(engine.warm_up())
        yield
        warm_up.cancel()

    bodies, kept = Bodies(engine.most_body), Kept()
    answering = {
        "invoke-with-response-stream": Invoke(engine, bodies, INVOKE_MODEL, shaped, kept, shape),
        "invoke": Invoke(engine, bodies, INVOKE_MODEL, whole, kept),
        "converse-stream": Invoke(engine, bodies, CONVERSE, stream, kept),
        "converse": Invoke(engine, bodies, CONVERSE, whole, kept),
    }
    operations = {"invoke": INVOKE_MODEL, "converse": CONVERSE}
    telling = odds_routes.routes(engine, bodies, kept, operations) if isinstance(engine, OddsEngine) else []
    unsigned = (Route("/health", _health), *unsigned)
    return Starlette(
        lifespan=lifespan,
        routes=[
            *telling,
            *(
                Route(f"/model/{{model_id:path}}/{name}", to, methods=["POST"])
                for name, to in answering.items()
            ),
            Route("/foundation-models", models.list_models),
            Route("/foundation-models/{model_id:path}", models.get_model),
            Route("/inference-profiles", models.list_profiles),
            Route("/inference-profiles/{profile_id:path}", models.get_profile),
            *unsigned,
        ],
        middleware=[Middleware(Guard, open_paths={route.path for route in unsigned})],
        exception_handlers={HTTPException: _unknown_operation, WireError: _wire_error},
    )


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok")


async def _unknown_operation(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return error_response(WireError(status, "UnknownOperationException", ANSWERED), str(uuid.uuid4()))


async def _wire_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, WireError)
    return error_response(error, str(uuid.uuid4()))
