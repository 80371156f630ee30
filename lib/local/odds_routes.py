"""Odds over HTTP, beside Bedrock's operations and never in them. Documented in docs/odds.md.

POST /odds/model/{model}/invoke      the body of InvokeModel: the odds of the answer's first token
POST /odds/model/{model}/converse    the same for the body of Converse
POST /odds/text                      tokens that continue a plain text, and their odds
GET  /odds/answers/{request id}      the odds of an answer that was asked for with x-sirocco-odds
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from lib.local import odds, request_headers
from lib.local.bodies import Bodies
from lib.local.chain import chain_of
from lib.local.engine import Job, OddsEngine, Piece, TextJob, WireError
from lib.local.operations import Operation
from lib.local.requests import CHECKS, invalid, json_object, refuse_problems, setting_problems
from lib.mistral.catalog import LOCAL_MODEL_ID, find

MOST_DRAWN = 64
"""Tokens that one request may draw."""


def routes(
    engine: OddsEngine, bodies: Bodies, kept: odds.Kept, operations: Mapping[str, Operation]
) -> list[Route]:
    """The routes; `operations` are those whose bodies are read, by the last part of their path."""
    reading = {
        f"/odds/model/{{model_id:path}}/{name}": _of_prompt(engine, bodies, operation)
        for name, operation in operations.items()
    }
    reading["/odds/text"] = _of_text(engine, bodies)

    async def of_answer(request: Request) -> Response:
        document = kept.get(request.path_params["request_id"])
        if document is None:
            sentence = (
                f"No odds are kept for this request. They are kept for {odds.KEPT_S:g} seconds after an "
                f"answer that was asked for with the header {request_headers.ODDS}."
            )
            raise WireError(404, "ResourceNotFoundException", sentence)
        return Response(document, media_type="application/json")

    return [
        *(Route(path, answer, methods=["POST"]) for path, answer in reading.items()),
        Route("/odds/answers/{request_id}", of_answer),
    ]


async def keeping(
    pieces: AsyncGenerator[Piece, None], job: Job, kept: odds.Kept
) -> AsyncGenerator[Piece, None]:
    """The pieces. When they end, for any reason, the odds in them are added to `kept`."""
    told: list[bytes] = []
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                told += map(odds.as_json, piece.odds)
                if piece.end and told:  # before the caller knows that the answer has ended
                    kept.add(job.request_id, _document(job, told))
                    told = []
                yield piece
    finally:
        if told:
            kept.add(job.request_id, _document(job, told))


def _of_prompt(
    engine: OddsEngine, bodies: Bodies, operation: Operation
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        async with bodies.read(request) as body:
            job = operation.read(request.path_params["model_id"], body, str(uuid.uuid4()))
        shown = request_headers.odds(request.headers) or odds.SHOWN
        asked = replace(job, odds=shown)
        return await _told(request, asked, engine.odds(asked))

    return answer


def _of_text(engine: OddsEngine, bodies: Bodies) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        async with bodies.read(request) as body:
            job = _text_job(json_object(body), request)
        return await _told(request, job, engine.write(job))

    return answer


async def _told(request: Request, job: Job | TextJob, asking: Awaitable[list[odds.TokenOdds]]) -> Response:
    """The odds as a response. If the caller leaves, the engine is stopped."""
    answering = asyncio.ensure_future(asking)
    leaving = asyncio.ensure_future(_left(request))
    try:
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not answering.done():
            raise ClientDisconnect
        tokens = [odds.as_json(token) for token in answering.result()]
    finally:
        answering.cancel()
        leaving.cancel()
        await asyncio.gather(answering, leaving, return_exceptions=True)
    return Response(_document(job, tokens), media_type="application/json")


def _document(job: Job | TextJob, tokens: list[bytes]) -> bytes:
    chain = chain_of(job.temperature, job.top_p, job.top_k)
    return odds.document(find(LOCAL_MODEL_ID).name, chain, tokens)


async def _left(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _text_job(fields: Mapping[str, Any], request: Request) -> TextJob:
    """The job in a body of /odds/text. Raises WireError if it is not as docs/odds.md describes it."""
    settings = {name: value for name, value in fields.items() if name not in ("text", "ids", "draw")}
    parameters = find(LOCAL_MODEL_ID).parameters
    steps = {name: parameters[name] for name in ("temperature", "top_p", "top_k")}
    problems = setting_problems(settings, steps)
    text, ids, draw = fields.get("text", ""), fields.get("ids", []), fields.get("draw", 0)
    if text != "":
        problems += CHECKS["prompt"]("#/text", text, None)
    refuse_problems(problems)
    if not isinstance(ids, list) or not all(
        type(each) is int and 0 <= each < odds.VOCABULARY for each in ids
    ):
        invalid(f"ids takes a list of whole numbers from 0 to {odds.VOCABULARY - 1}.")
    if type(draw) is not int or not 0 <= draw <= MOST_DRAWN:
        invalid(f"draw takes a whole number from 0 to {MOST_DRAWN}.")
    most = find(LOCAL_MODEL_ID).context
    if len(ids) > most:
        invalid(f"ids takes at most {most} numbers.")
    return TextJob(
        text=text,
        ids=tuple(ids),
        draw=draw,
        temperature=float(settings.get("temperature", 1.0)),
        top_p=settings.get("top_p"),
        top_k=settings.get("top_k"),
        seed=request_headers.seed(request.headers),
        odds=request_headers.odds(request.headers) or odds.SHOWN,
    )
