"""The endpoint's limits for bodies and silence, and its log, when callers send too much or leave."""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from botocore.eventstream import EventStreamBuffer
from starlette.requests import ClientDisconnect, Request

from lib.local import bodies, invoke
from lib.local.bodies import Bodies
from lib.local.engine import End, Job, Piece, WireError
from lib.local.operations import INVOKE_MODEL
from lib.local.replies import Clock
from lib.mistral.catalog import LOCAL_MODEL_ID
from tests.support.http2_client import SIGNED
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
JOB = Job("id", LOCAL_MODEL_ID, "text", (), 0.0, None, None, 9, ())


def request(*parts: bytes, length: int | None = None, left: bool = False) -> Request:
    """A request whose body comes in these parts. `left`: the caller leaves after them."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    messages.append({"type": "http.disconnect"} if left else {"type": "http.request"})

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    return Request({"type": "http", "headers": headers}, receive)


async def read(reader: Bodies, asked: Request) -> bytes:
    async with reader.read(asked) as body:
        return body


def refused(reader: Bodies, asked: Request) -> WireError:
    with pytest.raises(WireError) as caught:
        asyncio.run(read(reader, asked))
    return caught.value


class TestBodies:
    def test_a_body_comes_whole(self) -> None:
        assert asyncio.run(read(Bodies(100), request(b"ab", b"cd"))) == b"abcd"

    def test_a_body_longer_than_any_prompt_is_refused_and_its_size_named(self) -> None:
        error = refused(Bodies(100), request(b"x" * 60, b"x" * 60))
        assert (error.status, error.code) == (400, "ValidationException")
        assert error.message.startswith("Input is too long for requested model. The body has 120 bytes")

    def test_a_body_longer_than_bedrock_takes_is_refused_before_it_is_read(self) -> None:
        error = refused(Bodies(10**9), request(length=25_000_001))
        assert (error.status, error.code) == (413, "RequestEntityTooLargeException")

    def test_a_body_without_a_length_is_read_up_to_what_bedrock_takes(self) -> None:
        part = b"x" * 1_000_000
        assert refused(Bodies(100), request(*[part] * 26)).status == 413
        assert refused(Bodies(100), request(*[part] * 25)).status == 400

    def test_long_bodies_share_a_budget_and_short_ones_do_not_need_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bodies, "BUDGET", 250_000)

        async def scene() -> None:
            reader = Bodies(10**9)
            async with AsyncExitStack() as held:
                await held.enter_async_context(reader.read(request(b"x" * 100_000)))
                await held.enter_async_context(reader.read(request(b"x" * 100_000)))
                with pytest.raises(WireError) as caught:
                    await read(reader, request(b"x" * 100_000))
                assert caught.value.status == 429
                assert await read(reader, request(b"x" * 1000)) == b"x" * 1000
            assert len(await read(reader, request(b"x" * 200_000))) == 200_000

        asyncio.run(scene())

    def test_a_body_longer_than_any_prompt_is_not_held(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "BUDGET", 150_000)
        assert refused(Bodies(100_000), request(*[b"x" * 50_000] * 6)).status == 400

    def test_a_caller_who_left_holds_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bodies, "BUDGET", 100_000)
        reader = Bodies(10**9)
        with pytest.raises(ClientDisconnect):
            asyncio.run(read(reader, request(b"x" * 90_000, left=True)))
        assert len(asyncio.run(read(reader, request(b"x" * 90_000)))) == 90_000

    def test_a_body_that_does_not_arrive_is_refused_after_a_while(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(bodies, "LONGEST_S", 0.05)

        async def never() -> dict[str, Any]:
            await asyncio.Event().wait()
            return {}

        error = refused(Bodies(100), Request({"type": "http", "headers": []}, never))
        assert (error.status, error.code) == (408, "RequestTimeoutException")


class TestSilence:
    def test_a_stream_whose_first_token_is_late_begins_with_empty_pieces(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(invoke, "SILENCE_S", 0.02)
        sent: list[dict[str, Any]] = []

        async def scene() -> None:
            enough = asyncio.Event()

            async def pieces() -> AsyncIterator[Piece]:
                await enough.wait()
                yield Piece("Hello", End("stop", 1, 1))

            async def send(message: Any) -> None:
                sent.append(message)
                if len(sent) == 3:
                    enough.set()

            await invoke.stream(INVOKE_MODEL, JOB, pieces(), Clock(), send)  # type: ignore[arg-type]

        asyncio.run(asyncio.wait_for(scene(), 10))
        texts = [json.loads(chunk)["outputs"][0]["text"] for chunk in _chunks(sent)]
        assert texts == ["", "", "Hello"]

    def test_a_caller_who_leaves_before_the_first_token_stops_the_engine(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(invoke, "SILENCE_S", 0.02)
        stopped: list[bool] = []

        async def scene() -> None:
            begun = asyncio.Event()

            async def pieces() -> AsyncIterator[Piece]:
                try:
                    await asyncio.Event().wait()
                    yield Piece("")
                finally:
                    stopped.append(True)

            async def send(_: Any) -> None:
                begun.set()

            task = asyncio.create_task(
                invoke.stream(INVOKE_MODEL, JOB, pieces(), Clock(), send)  # type: ignore[arg-type]
            )
            await begun.wait()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        asyncio.run(asyncio.wait_for(scene(), 10))
        assert stopped == [True]


def _chunks(sent: list[dict[str, Any]]) -> list[bytes]:
    buffer = EventStreamBuffer()
    for message in sent[1:]:
        buffer.add_data(message.get("body", b""))
    return [base64.b64decode(json.loads(event.payload)["bytes"]) for event in buffer]


class Watched:
    """An endpoint whose log can be read."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "stderr"
        command = [sys.executable, "-m", "tests.support.scripted_endpoint", "--port", "0", "--watch-stdin"]
        with self.path.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self.process.stdout
        self.url = json.loads(self.process.stdout.readline())["url"]

    def lines(self) -> list[str]:
        return self.path.read_text().splitlines()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    endpoint = Watched(tmp_path)
    yield endpoint
    endpoint.process.communicate(timeout=10)


def knock(url: str, sent: str, length: int) -> socket.socket:
    host, port = url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), 5)
    head = f"POST /model/{LOCAL_MODEL_ID}/invoke-with-response-stream HTTP/1.1\r\nHost: {host}\r\n"
    head += f"Authorization: {SIGNED}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + sent.encode())
    return connection


def test_a_caller_who_left_is_one_line_in_the_log(watched: Watched) -> None:
    knock(watched.url, '{"prompt": ', 1000).close()
    eventually(lambda: len(watched.lines()) == 1)
    body = '{"prompt": "first=60"}'
    knock(watched.url, body, len(body)).close()
    eventually(lambda: len(watched.lines()) == 2)
    before, waiting = watched.lines()
    assert before.startswith("A caller left before the request had arrived")
    assert waiting.startswith("A caller left before the answer was complete")


def test_a_refused_body_leaves_the_connection_usable(url: str) -> None:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=20)
    path, headers = f"/model/{LOCAL_MODEL_ID}/invoke", {"Authorization": SIGNED}
    connection.request("POST", path, b"x" * 26_000_000, headers)
    refused = connection.getresponse()
    assert (refused.status, refused.headers["x-amzn-ErrorType"]) == (413, "RequestEntityTooLargeException:")
    refused.read()
    connection.request("POST", path, b'{"prompt": "chunks=1 rate=0"}', headers)
    assert connection.getresponse().status == 200
