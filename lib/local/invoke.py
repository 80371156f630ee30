"""The routes of the operations: each reads a request, lets the engine answer, and sends the reply.

Errors before the first token are HTTP errors; after it they are exception events inside the stream.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from lib.local import frames, replies, request_headers, shapes
from lib.local.bodies import Bodies
from lib.local.engine import End, Engine, Job, Piece, WireError
from lib.local.odds import Kept
from lib.local.odds_routes import keeping
from lib.local.operations import Operation

INTERNAL = WireError(500, "InternalServerException", "The local endpoint failed; its log says why.")
SILENCE_S = 22.0
"""Seconds without a token after which a stream begins with an empty piece, and how often another follows.

AWS's SDK for Java gives up after 30 s without a byte and asks again. A caller waits for a slot for at most
20 s (`lib.local.llama`), so after this time the answer has begun: the model is reading a long prompt.
"""

PLAYED_EVENT_S, PLAYED_S = 0.1, 4.0
"""Seconds, for an answer in another form: the longest pause after an event, and the longest sum of pauses."""

Reply = Callable[[Operation, Job, AsyncGenerator[Piece, None], replies.Clock, Send], Awaitable[None]]
log = logging.getLogger(__name__)


class Invoke:
    """The route of an operation; `reply` is `stream`, `shaped` or `whole`.

    The engine is stopped as soon as the caller has left: in the queue, before the first token or after it.
    """

    def __init__(
        self, engine: Engine, bodies: Bodies, operation: Operation, reply: Reply, kept: Kept, shape: str = ""
    ) -> None:
        self.engine = engine
        self.bodies = bodies
        self.operation = operation
        self.reply = reply
        self.kept = kept
        self.shape = shape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        clock = replies.Clock()
        request_id = str(uuid.uuid4())
        try:
            job = await self._job(Request(scope, receive), request_id)
        except ClientDisconnect:
            log.warning("A caller left before the request had arrived (%s).", request_id)
            return
        except Exception as error:
            await _send(error_response(_as_wire_error(error), request_id), send)
            return
        answering = asyncio.create_task(self._answer(job, clock, send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                log.warning("A caller left before the answer was complete (%s).", request_id)
        finally:
            answering.cancel()
            leaving.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)

    async def _job(self, request: Request, request_id: str) -> Job:
        async with self.bodies.read(request) as body:
            job = self.operation.read(request.path_params["model_id"], body, request_id)
        headers = request.headers
        shape = request_headers.shape(headers, self.shape)
        return replace(
            job, seed=request_headers.seed(headers), odds=request_headers.odds(headers) or 0, shape=shape
        )

    async def _answer(self, job: Job, clock: replies.Clock, send: Send) -> None:
        try:
            async with aclosing(keeping(self.engine.answer(job), job, self.kept)) as pieces:
                await self.reply(self.operation, job, pieces, clock, send)
        except Exception as error:
            await _send(error_response(_as_wire_error(error), job.request_id), send)


async def stream(
    operation: Operation, job: Job, pieces: AsyncGenerator[Piece, None], clock: replies.Clock, send: Send
) -> None:
    """Send the events of each piece at once, and the headers with the first one."""
    async with aclosing(_without_silence(pieces)) as steady:
        first = await anext(steady)
        clock.first()
        await send(_start(operation, job.request_id))
        await send(_part(operation.opening + operation.events(job, first, clock)))
        try:
            async for piece in steady:
                await send(_part(operation.events(job, piece, clock)))
        except Exception as error:
            failure = _as_wire_error(error)
            code = failure.code if failure.code in operation.exceptions else "ModelStreamErrorException"
            await send(_part(frames.exception_event(code[0].lower() + code[1:], failure.message)))
    await send({"type": "http.response.body"})


async def shaped(
    operation: Operation, job: Job, pieces: AsyncGenerator[Piece, None], clock: replies.Clock, send: Send
) -> None:
    """As `stream`, or in the form that the job names: that begins when the whole answer is there."""
    if not job.shape:
        await stream(operation, job, pieces, clock, send)
        return
    collected = [piece async for piece in pieces]
    clock.first()
    await send(_start(operation, job.request_id))
    metrics = replies.metrics(_end_of(collected), clock)
    texts = [piece.text for piece in collected if piece.text]
    events = shapes.played(job.shape, texts, _end_of(collected), job.max_tokens, metrics)
    for event in events:
        await send(_part(frames.chunk_event(event)))
        await asyncio.sleep(min(PLAYED_EVENT_S, PLAYED_S / len(events)))
    await send({"type": "http.response.body"})


def _end_of(pieces: Sequence[Piece]) -> End:
    if pieces[-1].end is None:
        raise WireError(424, "ModelErrorException", "The local model stopped without an end.")
    return pieces[-1].end


async def whole(
    operation: Operation, job: Job, pieces: AsyncGenerator[Piece, None], clock: replies.Clock, send: Send
) -> None:
    """Send the answer in one JSON document, after it has ended."""
    collected = [piece async for piece in pieces]
    end = _end_of(collected)
    body, headers = operation.whole(job, "".join(piece.text for piece in collected), end, clock)
    headers = {"x-amzn-RequestId": job.request_id, **headers}
    await _send(Response(body, media_type="application/json", headers=headers), send)


def error_response(error: WireError, request_id: str) -> Response:
    """An AWS error: the name in `x-amzn-ErrorType`, the sentence in the body."""
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": f"{error.code}:"}
    return JSONResponse({"message": error.message}, error.status, headers)


async def _without_silence(pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
    """The pieces, and an empty one after each SILENCE_S seconds in which the first has not come."""
    first = asyncio.ensure_future(anext(pieces))
    try:
        while not (await asyncio.wait({first}, timeout=SILENCE_S))[0]:
            yield Piece("")
    finally:
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
    yield first.result()
    async for piece in pieces:
        yield piece


def _as_wire_error(error: Exception) -> WireError:
    if isinstance(error, WireError):
        return error
    log.error("A request failed", exc_info=error)
    return INTERNAL


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _send(response: Response, send: Send) -> None:
    async def nothing() -> Message:
        return {"type": "http.disconnect"}

    await response({"type": "http"}, nothing, send)


def _start(operation: Operation, request_id: str) -> Message:
    headers = {
        "Content-Type": "application/vnd.amazon.eventstream",
        "x-amzn-RequestId": request_id,
        **operation.stream_headers,
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": 200, "headers": raw}


def _part(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}
