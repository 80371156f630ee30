"""A Bedrock runtime that breaks on request: HTTP/1.1 on 127.0.0.1, by hand so that it can misbehave.

The request body chooses the fault: `fault:NAME` anywhere in it, for example as a chat message; the last one
counts. `fault:NAME@after=5` sends five chunks first, `@pace=200` waits 200 ms before each. Without a
directive it gives a short healthy answer in the dialect of the addressed model. The names are in FAULTS.

    python -m tests.support.fake_bedrock --port 8748      prints {"url": "http://127.0.0.1:8748"}
    GET /_state      {"active": calls open now, "served": calls played to the end, "requests": POSTs}
    POST /_reset     counts from zero again
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import unquote
from uuid import uuid4

from lib.mistral.catalog import UnknownModel, find
from tests.support.fault_actions import Call, Fault, Refusal, words
from tests.support.fault_table import FAULTS

__all__ = ["FAULTS", "FaultEndpoint", "words"]

DIRECTIVE = re.compile(r"fault:([a-z0-9]+(?:-[a-z0-9]+)*)((?:@[a-z]+=\d+)*)")
PATH = re.compile(r"/model/([^/]+)/invoke-with-response-stream$")


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    body: bytes


class FaultEndpoint:
    """`with FaultEndpoint() as url:` serves from a thread of this process until the block ends."""

    def __init__(self, port: int = 0) -> None:
        self._port = port
        self._changed = threading.Condition()
        self._state = {"active": 0, "served": 0, "requests": 0}
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self.url = ""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="faults", daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self.url, 10):
                raise RuntimeError("the fault endpoint did not start")
        return self.url

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def state(self) -> dict[str, int]:
        """What `GET /_state` answers."""
        with self._changed:
            return dict(self._state)

    def wait_until(self, true: Callable[[dict[str, int]], bool], timeout: float = 5) -> bool:
        """Wait for a state; False if it did not come about within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: true(self._state), timeout)

    def _count(self, **steps: int) -> None:
        with self._changed:
            for name, step in steps.items():
                self._state[name] += step
            self._changed.notify_all()

    async def _main(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        with self._changed:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            self._changed.notify_all()
        await self._stop.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while request := await _read(reader):
                if not await self._answer(request, reader, writer):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client hung up, or the endpoint is closing
        finally:
            writer.close()

    async def _answer(
        self, request: _Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Play one request; True where the connection may serve another."""
        if request.path == "/_state":
            return await _plain(writer, self.state)
        if request.path == "/_reset":
            with self._changed:
                self._state.update(served=0, requests=0)
            return await _plain(writer, self.state)
        self._count(requests=1, active=1)
        try:
            kept = await _play(request, reader, writer)
            self._count(served=1)
            return kept
        finally:
            self._count(active=-1)


async def _play(request: _Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    where = PATH.match(request.path)
    name, options = _directive(request.body.decode(errors="replace"))
    fault = FAULTS.get(name)
    if request.method != "POST" or where is None:
        fault = Fault("not-bedrock", Refusal(404, "UnknownOperationException", "There is no such operation."))
    elif fault is None:
        fault = Fault("invalid-request", Refusal(400, "ValidationException", f"There is no fault {name}."))
    dialect = _dialect(request.body, unquote(where[1]) if where else "")
    call = Call(reader, writer, dialect, str(uuid4()), options.get("pace", fault.pace_ms))
    if isinstance(fault.act, Refusal):
        await call.refuse(fault.act)
        return True
    if fault.streams:
        await call.head()
        for _ in range(options.get("after", fault.after)):
            await call.word()
    return await fault.act(call)


def _directive(text: str) -> tuple[str, dict[str, int]]:
    found = DIRECTIVE.findall(text)
    name, options = found[-1] if found else ("healthy", "")
    pairs = (option.split("=") for option in options.split("@")[1:])
    return name, {key: int(value) for key, value in pairs}


def _dialect(body: bytes, model_id: str) -> str:
    with contextlib.suppress(ValueError):
        if "prompt" in json.loads(body):
            return "text"
    with contextlib.suppress(UnknownModel):
        # The models of the text dialect that take messages too answer in `message`.
        return "delta" if find(model_id).dialect == "delta" else "message"
    return "delta"


async def _read(reader: asyncio.StreamReader) -> _Request | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    method, path, _ = head.split(" ", 2)
    length = re.search(r"content-length: *(\d+)", head, re.IGNORECASE)
    return _Request(method, path, await reader.readexactly(int(length[1]) if length else 0))


async def _plain(writer: asyncio.StreamWriter, value: object) -> bool:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return True


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.fake_bedrock", description="Bedrock that breaks on request."
    )
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--watch-stdin", action="store_true", help="end when stdin ends")
    options = parser.parse_args()
    with FaultEndpoint(options.port) as url, contextlib.suppress(KeyboardInterrupt):
        print(json.dumps({"url": url}), flush=True)
        if options.watch_stdin:
            sys.stdin.read()
        else:
            threading.Event().wait()


if __name__ == "__main__":
    main()
