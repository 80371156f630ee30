"""Callers that send too much, with the real model: memory stays bounded, and others are served meanwhile."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import zttp

from lib.local.llama import LONGEST_WAIT_S, SLOTS, WAITING
from lib.mistral.catalog import LOCAL_MODEL_ID
from tests.support.calls import client
from tests.support.http2_client import SIGNED
from tests.support.processes import memory_mb

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MOST_MB = 600
LONGEST_S = 3.0
"""The longest wait of an honest caller for three tokens, on a machine that does nothing else."""
LONGEST_TIMES = 30
"""The same on a busy machine, as a multiple of what the same call takes at an endpoint that nobody abuses: a
tenth of a second on a machine that does nothing else."""
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"


class Endpoint:
    """The real endpoint, with its log and its memory."""

    def __init__(self, log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "lib.local", "--port", "0", "--watch-stdin"]
        with log.open("w") as stderr:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
            )
        assert self.process.stdout
        self.url: str = json.loads(self.process.stdout.readline())["url"]
        self.address = ("127.0.0.1", int(self.url.rpartition(":")[2]))

    def memory_mb(self) -> float:
        return memory_mb(self.process.pid)

    def callers_who_left(self) -> int:
        return self.log.read_text().count("A caller left before")


class Caller(threading.Thread):
    """Asks an endpoint for three tokens again and again, and looks at its memory meanwhile."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(daemon=True)
        self.endpoint = endpoint
        self.waits: list[float] = []
        self.refused = 0
        self.most_mb = 0.0
        self.enough = threading.Event()

    def run(self) -> None:
        runtime = client(self.endpoint.url)
        body = json.dumps({"prompt": "Say hello.", "max_tokens": 3})
        while not self.enough.wait(0.1):
            began = time.monotonic()
            try:
                json.load(runtime.invoke_model(modelId=LOCAL_MODEL_ID, body=body)["body"])
            except runtime.exceptions.ThrottlingException:
                self.refused += 1
            self.waits.append(time.monotonic() - began)
            self.most_mb = max(self.most_mb, self.endpoint.memory_mb())

    def ask_again(self, times: int) -> None:
        """Wait until it has asked so many times more."""
        wanted = len(self.waits) + times
        while len(self.waits) < wanted:
            assert self.is_alive()
            self.enough.wait(0.02)

    def longest_s(self) -> float:
        """The longest allowed wait at the abused endpoint, measured while this caller asks the other one."""
        return max(LONGEST_S, LONGEST_TIMES * max(self.waits))


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    endpoint = Endpoint(tmp_path_factory.mktemp("abuse") / "stderr")
    yield endpoint
    endpoint.process.communicate(timeout=10)


@pytest.fixture(scope="module")
def left_alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """A second endpoint that nobody abuses, to measure how busy the machine is."""
    endpoint = Endpoint(tmp_path_factory.mktemp("left-alone") / "stderr")
    yield endpoint
    endpoint.process.communicate(timeout=10)


@pytest.fixture
def control(left_alone: Endpoint) -> Iterator[Caller]:
    """A caller of that second endpoint, who has asked at least once."""
    control = Caller(left_alone)
    control.start()
    control.ask_again(1)
    yield control
    control.enough.set()
    control.join(30)


@contextlib.contextmanager
def others_served(endpoint: Endpoint, control: Caller, name: str) -> Iterator[None]:
    """While the block runs, an honest caller is served in time, memory is bounded, no traceback is logged."""
    honest = Caller(endpoint)
    honest.start()
    honest.ask_again(1)
    yield
    honest.ask_again(3)
    honest.enough.set()
    honest.join(30)
    print(
        f"\n{name}: {len(honest.waits)} honest calls, the slowest {max(honest.waits):.2f} s "
        f"(of the endpoint left alone: {max(control.waits):.2f} s); memory at most {honest.most_mb:.0f} MB"
    )
    assert max(honest.waits) < control.longest_s()
    assert honest.refused == 0
    assert honest.most_mb < MOST_MB
    assert "Traceback" not in endpoint.log.read_text()


def head(length: int | str, path: str = "invoke-with-response-stream") -> bytes:
    return (
        f"POST /model/{LOCAL_MODEL_ID}/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {SIGNED}\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def send_body(endpoint: Endpoint, megabytes: int) -> bytes:
    """The status line that a body of so many megabytes gets."""
    body = b'{"prompt": "' + b"wind " * (megabytes * 200_000) + b'"}'
    with socket.create_connection(endpoint.address, 30) as connection:
        connection.sendall(head(len(body)))
        with contextlib.suppress(ConnectionError):
            connection.sendall(body)
        return connection.recv(1000).partition(b"\r\n")[0]


def test_bodies_of_1_to_100_megabytes(endpoint: Endpoint, control: Caller) -> None:
    with others_served(endpoint, control, "bodies"), ThreadPoolExecutor(4) as callers:
        sizes = [1, 5, 24, 30, 60, 100] * 4
        answers = list(callers.map(lambda size: send_body(endpoint, size), sizes))
    for size, answer in zip(sizes, answers, strict=True):
        assert answer == (
            b"HTTP/1.1 400 Bad Request" if size < 25 else b"HTTP/1.1 413 Request Entity Too Large"
        )


def test_half_requests_and_slow_senders(endpoint: Endpoint, control: Caller) -> None:
    with contextlib.ExitStack() as held, others_served(endpoint, control, "half requests and slow senders"):
        connections = [held.enter_context(socket.create_connection(endpoint.address, 30)) for _ in range(200)]
        for number, connection in enumerate(connections):
            connection.sendall(head(1_000_000)[:40] if number % 2 else head(1_000_000) + b"x" * 100_000)
        for _ in range(20):
            for connection in connections:
                with contextlib.suppress(ConnectionError):
                    connection.sendall(b"x")


def test_two_hundred_clients_at_once_get_an_answer_or_a_429_in_time(
    endpoint: Endpoint, control: Caller
) -> None:
    body = b'{"prompt": "Say hello.", "max_tokens": 1}'

    def ask(_: int) -> tuple[bytes, float]:
        began = time.monotonic()
        with socket.create_connection(endpoint.address, 60) as connection:
            connection.sendall(head(len(body), "invoke") + body)
            return connection.recv(1000)[9:12], time.monotonic() - began

    with ThreadPoolExecutor(200) as callers:
        answers = list(callers.map(ask, range(200)))
    statuses = [status for status, _ in answers]
    at_once = [took for status, took in answers if status == b"429" and took < LONGEST_WAIT_S]
    print(
        f"\n200 at once: {statuses.count(b'200')} answered, {statuses.count(b'429')} refused; "
        f"the slowest answer {max(took for _, took in answers):.1f} s; {endpoint.memory_mb():.0f} MB"
    )
    assert set(statuses) <= {b"200", b"429"}
    assert max(at_once) < control.longest_s()
    assert len(answers) - len(at_once) >= SLOTS + WAITING, "who has a place in the queue keeps it"
    assert endpoint.memory_mb() < MOST_MB
    assert "Traceback" not in endpoint.log.read_text()


@contextlib.contextmanager
def open_to(endpoint: Endpoint) -> Iterator[socket.socket]:
    """A connection that the endpoint may close at any time."""
    with (
        socket.create_connection(endpoint.address, 10) as connection,
        contextlib.suppress(ConnectionError, TimeoutError),
    ):
        yield connection


def flood(endpoint: Endpoint, frames: bytes, count: int) -> int:
    """Send frames over HTTP/2 until `count` have been sent. Returns how many connections that took."""
    sent = connections = 0
    while sent < count:
        connections += 1
        with open_to(endpoint) as connection:
            connection.sendall(PREFACE)
            while sent < count:
                sent += 100
                connection.sendall(frames * 100)
    return connections


FRAMES = {
    "pings": b"\0\0\x08\6\0\0\0\0\0" + b"sirocco!",
    "settings": b"\0\0\6\4\0\0\0\0\0" + b"\0\4\0\0\xff\xff",
    "frames without a meaning": b"\0\0\4\x63\0\0\0\0\0" + b"abcd",
}


@pytest.mark.parametrize("kind", FRAMES)
def test_frames_by_the_ten_thousand(endpoint: Endpoint, control: Caller, kind: str) -> None:
    with others_served(endpoint, control, kind):
        flood(endpoint, FRAMES[kind], 50_000)


def test_streams_reset_by_the_ten_thousand(endpoint: Endpoint, control: Caller) -> None:
    headers = [(b"host", b"127.0.0.1"), (b"authorization", SIGNED.encode())]
    path = f"/model/{LOCAL_MODEL_ID}/invoke-with-response-stream".encode()

    def reset_some(connection: socket.socket, http2: Any) -> None:
        for _ in range(20):
            stream = http2.send_request(b"POST", path, b"2", headers)
            stream.send_data(b'{"prompt": "Say hello."}')
            stream.end_message()
            stream.reset()
        connection.sendall(http2.data_to_send())

    connections = 100
    before = endpoint.callers_who_left()
    with others_served(endpoint, control, "resets"):
        for _ in range(connections):
            http2 = zttp.Connection(zttp.CLIENT, zttp.HTTP2)
            http2.initiate_connection()
            with open_to(endpoint) as connection:
                for _ in range(50):
                    reset_some(connection, http2)
    looked_at = endpoint.callers_who_left() - before
    assert looked_at < connections / 2, "streams that are reset at once reach the app or the engine"


def test_garbage_on_many_connections(endpoint: Endpoint, control: Caller) -> None:
    pieces: list[Callable[[int], bytes]] = [
        lambda n: bytes(n * i % 256 for i in range(2000)),
        lambda n: PREFACE + bytes(n * i % 251 for i in range(2000)),
        lambda n: b"GET /" + b"x" * (n * 500) + b" HTTP/1.1\r\n\r\n",
        lambda n: head("x") + b"x" * n,
        lambda n: head(5)[:-2] + b"Transfer-Encoding: chunked\r\n\r\n" + b"zz\r\n" * n,
    ]
    with others_served(endpoint, control, "garbage"):
        for number in range(400):
            with open_to(endpoint) as connection:
                connection.sendall(pieces[number % len(pieces)](number))
