"""What the fake Bedrock can do with one request: refuse it, stream chunks, stall, break off."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import cycle, islice
from struct import pack
from typing import NamedTuple

from lib.local.frames import chunk_event

WORDS = (" The", " wind", " comes", " down", " the", " valley", " and", " turns", " at", " the", " sea.")


def words(count: int) -> str:
    """The text of the first `count` chunks."""
    return "".join(islice(cycle(WORDS), count))


class Refusal(NamedTuple):
    """An answer with an HTTP error instead of a stream; without a code it is a web page."""

    status: int
    code: str
    message: str


class Call:
    """One request being answered. Raises ConnectionError once the client has hung up."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        dialect: str,
        request_id: str,
        pace_ms: int,
    ) -> None:
        self.reader, self.writer = reader, writer
        self.dialect, self.request_id, self.pace_ms = dialect, request_id, pace_ms
        self._words = cycle(WORDS)
        self._sent = 0

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def refuse(self, refusal: Refusal) -> None:
        suffix = ":http://internal.amazon.com/coral/com.amazon.bedrock/"
        if refusal.code:
            kind, body = "application/json", json.dumps({"message": refusal.message})
            kind += f"\r\nx-amzn-ErrorType: {refusal.code}{suffix}\r\nx-amzn-RequestId: {self.request_id}"
        else:
            kind, body = "text/html", f"<html><body><h1>{refusal.message}</h1></body></html>"
        await self.raw(
            f"HTTP/1.1 {refusal.status} Refused\r\nContent-Type: {kind}\r\n"
            f"Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()
        )

    async def head(self) -> None:
        await self.raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
            b"Transfer-Encoding: chunked\r\nX-Amzn-Bedrock-Content-Type: application/json\r\n"
            b"x-amzn-RequestId: " + self.request_id.encode() + b"\r\n\r\n"
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
