"""InvokeModelWithResponseStream and InvokeModel: a request comes in, an engine answers, the reply goes out.

Errors before the first token are HTTP errors; after it they are exception events inside the stream.
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from lib.local import frames, replies
from lib.local.engine import Engine, Job, Piece, WireError
from lib.local.requests import read_job

UNION = {
    "InternalServerException",
    "ModelStreamErrorException",
    "ValidationException",
    "ThrottlingException",
    "ModelTimeoutException",
    "ServiceUnavailableException",
}
"""The exceptions that a stream may carry: ResponseStream in botocore 1.44.5's model of bedrock-runtime."""
INTERNAL = WireError(500, "InternalServerException", "The local endpoint failed; its log says why.")

Reply = Callable[[Job, AsyncGenerator[Piece, None], replies.Clock, Send], Awaitable[None]]
log = logging.getLogger(__name__)


class Invoke:
    """One of the two routes; `reply` is `stream` or `whole`.

    The engine is stopped as soon as the caller has left: in the queue, before the first token or after it.
    """

    def __init__(self, engine: Engine, reply: Reply) -> None:
        self.engine = engine
        self.reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        clock = replies.Clock()
        request = Request(scope, receive)
        body = await request.body()
        answering = asyncio.create_task(self._answer(request, body, clock, send))
        leaving = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            answering.cancel()
            leaving.cancel()
            await asyncio.gather(answering, leaving, return_exceptions=True)

    async def _answer(self, request: Request, body: bytes, clock: replies.Clock, send: Send) -> None:
        request_id = str(uuid.uuid4())
        try:
            job = read_job(request.path_params["model_id"], body, request_id)
            async with aclosing(self.engine.answer(job)) as pieces:
                await self.reply(job, pieces, clock, send)
        except Exception as error:
            await _send(error_response(_as_wire_error(error), request_id), send)


async def stream(job: Job, pieces: AsyncGenerator[Piece, None], clock: replies.Clock, send: Send) -> None:
    """One event a piece, each sent at once; the headers leave with the first one."""
    first = await anext(pieces)
    clock.first()
    await send(_start(job.request_id))
    await send(_event(frames.chunk_event(replies.chunk(job, first, clock))))
    try:
        async for piece in pieces:
            await send(_event(frames.chunk_event(replies.chunk(job, piece, clock))))
    except Exception as error:
        failure = _as_wire_error(error)
        code = failure.code if failure.code in UNION else "ModelStreamErrorException"
        await send(_event(frames.exception_event(code[0].lower() + code[1:], failure.message)))
    await send({"type": "http.response.body"})


async def whole(job: Job, pieces: AsyncGenerator[Piece, None], clock: replies.Clock, send: Send) -> None:
    """The answer in one JSON document, with its tokens and milliseconds in the headers."""
    collected = [piece async for piece in pieces]
    end = collected[-1].end
    if end is None:
        raise WireError(424, "ModelErrorException", "The local model stopped without an end.")
    body = replies.whole(job, "".join(piece.text for piece in collected), end)
    headers = {"x-amzn-RequestId": job.request_id, **replies.usage_headers(end, clock)}
    await _send(Response(body, media_type="application/json", headers=headers), send)


def error_response(error: WireError, request_id: str) -> Response:
    """An AWS error: the name in `x-amzn-ErrorType`, the sentence in the body."""
    headers = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": f"{error.code}:"}
    return JSONResponse({"message": error.message}, error.status, headers)


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


def _start(request_id: str) -> Message:
    headers = {
        "Content-Type": "application/vnd.amazon.eventstream",
        "X-Amzn-Bedrock-Content-Type": "application/json",
        "x-amzn-RequestId": request_id,
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http.response.start", "status": 200, "headers": raw}


def _event(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}
