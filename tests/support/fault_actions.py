"""What the fake Bedrock can do with one request: refuse it, stream chunks, stall, break off."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from itertools import cycle, islice
from struct import pack
from typing import NamedTuple

from lib.local.frames import chunk_event
from lib.mistral.catalog import Dialect

WORDS = (" The", " wind", " comes", " down", " the", " valley", " and", " turns", " at", " the", " sea.")


STREAM = (
    "application/vnd.amazon.eventstream",
    "Transfer-Encoding: chunked",
    "X-Amzn-Bedrock-Content-Type: application/json",
)
"""Content type and headers of a stream."""


def words(count: int) -> str:
    """The text of the first `count` chunks."""
    return "".join(islice(cycle(WORDS), count))


class Refusal(NamedTuple):
    """An answer with an HTTP error instead of a stream; without a code it is a web page."""

    status: int
    code: str
    message: str


@dataclass
class Call:
    """One request being answered. Raises ConnectionError once the client has hung up.

    A method that ends the response tells whether the connection may serve another request.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request_id: str
    clock_off_s: float = 0
    dialect: Dialect = "text"
    pace_ms: int = 0

    def __post_init__(self) -> None:
        self._words = cycle(WORDS)
        self._sent = 0

    async def play(self, fault: Fault, after: int | None = None, pace: int | None = None) -> bool:
        """Do what the fault says, with another number of chunks or another pace if given."""
        if isinstance(fault.act, Refusal):
            return await self.refuse(fault.act)
        self.pace_ms = fault.pace_ms if pace is None else pace
        if fault.streams:
            await self.head(200, *STREAM, f"x-amzn-RequestId: {self.request_id}")
            for _ in range(fault.after if after is None else after):
                await self.word()
        return await fault.act(self)

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int, kind: str, *more: str) -> None:
        date = formatdate(time.time() + self.clock_off_s, usegmt=True)
        lines = (
            f"HTTP/1.1 {status} {'OK' if status == 200 else 'Refused'}",
            f"Content-Type: {kind}",
            f"Date: {date}",
            *more,
        )
        await self.raw("\r\n".join((*lines, "", "")).encode())

    async def whole(self, status: int, kind: str, body: bytes, *more: str) -> bool:
        """A response that is no stream."""
        await self.head(status, kind, f"Content-Length: {len(body)}", *more)
        await self.raw(body)
        return True

    async def json(self, value: object) -> bool:
        return await self.whole(200, "application/json", json.dumps(value).encode())

    async def refuse(self, refusal: Refusal) -> bool:
        if not refusal.code:
            page = f"<html><body><h1>{refusal.message}</h1></body></html>"
            return await self.whole(refusal.status, "text/html", page.encode())
        error = f"x-amzn-ErrorType: {refusal.code}:http://internal.amazon.com/coral/com.amazon.bedrock/"
        body = json.dumps({"message": refusal.message}).encode()
        return await self.whole(
            refusal.status, "application/json", body, error, f"x-amzn-RequestId: {self.request_id}"
        )

    async def send(self, data: bytes) -> None:
        """Bytes of the stream, as one chunk of the HTTP chunked encoding."""
        await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def word(self) -> None:
        if self.pace_ms:
            await self.pause(self.pace_ms / 1000)
        await self.send(chunk_event(self.chunk(next(self._words))))
        self._sent += 1

    async def pause(self, seconds: float | None) -> None:
        """Wait; None waits until the client hangs up."""
        try:
            data = await asyncio.wait_for(self.reader.read(1), seconds)
        except TimeoutError:
            return
        if not data:
            raise ConnectionResetError("the client hung up")

    def chunk(self, text: str, stop: str | None = None, **more: object) -> bytes:
        """One chunk in the dialect of the call; with a stop reason it carries the metrics."""
        if self.dialect == "text":
            fields: dict[str, object] = {"outputs": [{"text": text, "stop_reason": stop}]}
        elif self.dialect == "message":
            said = {"role": "assistant", "content": text}
            fields = {"choices": [{"index": 0, "message": said, "stop_reason": stop}]}
        else:
            fields = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": stop}]}
        if stop:
            counts = {"inputTokenCount": 9, "outputTokenCount": self._sent + bool(text)}
            times = {"invocationLatency": 20, "firstByteLatency": 5}
            fields["amazon-bedrock-invocationMetrics"] = counts | times
        return json.dumps(fields | more).encode()

    async def end(self) -> bool:
        """End the HTTP response in good order."""
        await self.raw(b"0\r\n\r\n")
        return True


Act = Callable[[Call], Awaitable[bool]]
"""What happens after the chunks; True where the connection may serve another request."""


def last(text: str = "", stop: str | None = "stop", **more: object) -> Act:
    """A last chunk, then a clean end."""

    async def act(call: Call) -> bool:
        await call.send(chunk_event(call.chunk(text, stop, **more)))
        return await call.end()

    return act


def event(data: bytes, then: Act | None = None) -> Act:
    """A ready-made piece of the stream, then a clean end unless told otherwise."""

    async def act(call: Call) -> bool:
        await call.send(data)
        return await (then(call) if then else call.end())

    return act


async def clean_end(call: Call) -> bool:
    return await call.end()


async def stall(call: Call) -> bool:
    await call.pause(None)
    return False


async def reset(call: Call) -> bool:
    """A TCP reset: closing with linger zero sends RST instead of FIN."""
    call.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
    call.writer.transport.abort()
    return False


async def hang_up(_call: Call) -> bool:
    return False


@dataclass(frozen=True)
class Fault:
    """`kind`: the Problem it must become, None for a whole answer. `after`: chunks sent before it."""

    kind: str | None
    act: Act | Refusal
    streams: bool = True  # the response headers and the chunks come first
    after: int = 3
    pace_ms: int = 0

    @property
    def arriving(self) -> int:
        """How many chunks of text arrive before the fault."""
        return self.after if self.streams and not isinstance(self.act, Refusal) else 0
