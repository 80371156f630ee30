"""A Bedrock that lists models and breaks on request.

It speaks HTTP/1.1 on 127.0.0.1 by hand, so that it can misbehave.

The request body chooses the fault: `fault:NAME` anywhere in it, for example as a chat message; the last one
counts. `fault:NAME@after=5` sends five chunks first, `@pace=200` waits 200 ms before each. The names are in
FAULTS. Without such a directive a call gets what `answer` says.

    python -m tests.support.fake_bedrock --port 8748      prints {"url": "http://127.0.0.1:8748"}
    GET /_state      {"active": calls open now, "served": calls played to the end, "requests": calls begun}
    POST /_reset     counts from zero again
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import uuid4

from lib.mistral.catalog import Dialect, UnknownModel, find
from tests.support.fault_actions import Call, Fault, Refusal, words
from tests.support.fault_table import FAULTS

__all__ = ["FAULTS", "FakeBedrock", "words"]

DIRECTIVE = re.compile(r"fault:([a-z0-9]+(?:-[a-z0-9]+)*)((?:@[a-z]+=\d+)*)")
PATH = re.compile(r"/model/([^/]+)/invoke-with-response-stream$")
UNKNOWN = Refusal(404, "UnknownOperationException", "There is no such operation.")


@dataclass(frozen=True)
class Request:
    """`path` as it was sent, with its query."""

    method: str
    path: str
    body: bytes
    raw: bytes


@dataclass(kw_only=True)
class FakeBedrock:
    """`with FakeBedrock() as bedrock:` serves at `bedrock.url` from a thread until the block ends.

    `models`, `profiles`: what ListFoundationModels and the pages of ListInferenceProfiles say, or the name of
    the fault that they get. `answer`: what a call without a directive gets, a fault or its name, or the URL
    of the endpoint that answers it; `held_back` passes such an answer on only when it has ended.
    """

    port: int = 0
    models: Sequence[dict[str, Any]] | str = ()
    profiles: Sequence[Sequence[dict[str, Any]]] | str = ((),)
    answer: Fault | str = "healthy"
    held_back: bool = False
    clock_off_s: float = 0
    gate: threading.Event = field(default_factory=threading.Event)
    """ListFoundationModels waits until this is set, as it is at first."""
    received: list[Request] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.gate.set()
        self._changed = threading.Condition()
        self._state = {"active": 0, "served": 0, "requests": 0}
        self._loop: asyncio.AbstractEventLoop
        self._stop: asyncio.Event
        self._thread = threading.Thread(target=lambda: asyncio.run(self._main()), name="bedrock", daemon=True)

    def __enter__(self) -> FakeBedrock:
        self._thread.start()
        with self._changed:
            if not self._changed.wait_for(lambda: self.url, 10):
                raise RuntimeError("the fake Bedrock did not start")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gate.set()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    @property
    def state(self) -> dict[str, int]:
        """What `GET /_state` answers."""
        with self._changed:
            return dict(self._state)

    @property
    def asked(self) -> list[str]:
        """The paths of all requests without their queries."""
        return [request.path.partition("?")[0] for request in self.received]

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
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        with self._changed:
            self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            self._changed.notify_all()
        await self._stop.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = await _read(reader)
                call = Call(reader, writer, request_id=str(uuid4()), clock_off_s=self.clock_off_s)
                if not await self._respond(request, call):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client hung up, or this is closing
        finally:
            writer.close()

    async def _respond(self, request: Request, call: Call) -> bool:
        """Answer one request; True where the connection may serve another."""
        path, _, query = request.path.partition("?")
        if path == "/_reset":
            with self._changed:
                self._state.update(served=0, requests=0)
        if path in ("/_state", "/_reset"):
            return await call.json(self.state)
        self.received.append(request)
        if path == "/foundation-models":
            await asyncio.to_thread(self.gate.wait, 10)
            return await _list(call, "modelSummaries", self.models)
        if path == "/inference-profiles":
            return await _page(call, self.profiles, query)
        self._count(requests=1, active=1)
        try:
            kept = await self._play(request, call)
            self._count(served=1)
            return kept
        finally:
            self._count(active=-1)

    async def _play(self, request: Request, call: Call) -> bool:
        where = PATH.match(request.path)
        if request.method != "POST" or where is None:
            return await call.refuse(UNKNOWN)
        told = DIRECTIVE.findall(request.body.decode(errors="replace"))
        if not told and str(self.answer).startswith("http"):
            return await _relay(call, request, str(self.answer), self.held_back)
        name, options = told[-1] if told else (self.answer, "")
        fault = name if isinstance(name, Fault) else FAULTS.get(name)
        if fault is None:
            return await call.refuse(Refusal(400, "ValidationException", f"There is no fault {name}."))
        call.dialect = _dialect(request.body, unquote(where[1]))
        numbers = {key: int(value) for key, value in re.findall(r"@(\w+)=(\d+)", options)}
        return await call.play(fault, **numbers)


async def _list(call: Call, name: str, entries: Sequence[dict[str, Any]] | str, **more: str) -> bool:
    """One page of a listing, or the refusal of this name."""
    if isinstance(entries, str):
        return await call.play(FAULTS[entries])
    return await call.json({name: list(entries), **more})


async def _page(call: Call, pages: Sequence[Sequence[dict[str, Any]]] | str, query: str) -> bool:
    if isinstance(pages, str):
        return await call.play(FAULTS[pages])
    number = int(parse_qs(query).get("nextToken", ["0"])[0])
    more = {"nextToken": str(number + 1)} if number + 1 < len(pages) else {}
    return await _list(call, "inferenceProfileSummaries", pages[number], **more)


async def _relay(call: Call, request: Request, url: str, held_back: bool) -> bool:
    """Pass the request to another endpoint, and its answer back."""
    target = urlsplit(url)
    upstream, sink = await asyncio.open_connection(target.hostname, target.port)
    try:
        sink.write(request.raw.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
        if held_back:
            await call.raw(await upstream.read())
        else:
            while data := await upstream.read(65536):
                await call.raw(data)
    finally:
        sink.close()
    return False


def _dialect(body: bytes, model_id: str) -> Dialect:
    with contextlib.suppress(ValueError):
        if "prompt" in json.loads(body):
            return "text"
    with contextlib.suppress(UnknownModel):
        # The models of the text dialect that take messages too answer in `message`.
        return "delta" if find(model_id).dialect == "delta" else "message"
    return "delta"


async def _read(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    method, path, _ = head.decode("latin-1").split(" ", 2)
    length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
    body = await reader.readexactly(int(length[1]) if length else 0)
    return Request(method, path, body, head + body)


def main() -> None:
    parser = argparse.ArgumentParser(description="A Bedrock that breaks on request.")
    parser.add_argument("--port", type=int, default=0)
    with FakeBedrock(port=parser.parse_args().port) as bedrock, contextlib.suppress(KeyboardInterrupt):
        print(json.dumps({"url": bedrock.url}), flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
