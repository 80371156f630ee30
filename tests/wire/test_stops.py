"""Stopping answers on the wire: at any moment, many at once, and through TLS."""

from __future__ import annotations

import contextlib
import random
import shutil
import socket
import ssl
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from lib.bedrock.answer import Answer
from lib.bedrock.connection import CallSocket
from lib.local.frames import chunk_event
from tests.support.calls import answer_threads, counted, open_sockets, runtime, start
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

STOPS = 100
AT_ONCE = 20
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
    b"Transfer-Encoding: chunked\r\nx-amzn-RequestId: over-tls\r\n\r\n"
)


def stop_at(url: str, moment: float | int) -> tuple[str, Answer]:
    """What a follower got of an answer stopped so many seconds after the request, or after so many chunks."""
    stream = start(runtime(url), "first=0.02 chunks=2000 rate=400")
    if isinstance(moment, float):
        stop = threading.Timer(moment, stream.close)
        stop.start()
        read = "".join(stream)
        stop.join()
        return read, stream.answer
    chunks = []
    for chunk in stream:
        chunks.append(chunk)
        if len(chunks) == moment:
            stream.close()
    return "".join(chunks), stream.answer


def test_a_hundred_stops_at_random_moments_lose_nothing_and_leave_nothing(endpoint: Endpoint) -> None:
    chance = random.Random(20261122)
    moments = [chance.choice([chance.uniform(0, 0.1), chance.randrange(1, 40)]) for _ in range(STOPS)]
    eventually(lambda: not answer_threads() and endpoint.state()["active"] == 0)
    sockets = open_sockets()
    with ThreadPoolExecutor(AT_ONCE) as followers:
        stopped = list(followers.map(lambda moment: stop_at(endpoint.url, moment), moments))
    for read, answer in stopped:
        assert answer.status == "stopped"
        assert read == answer.text
        assert counted(2000).startswith(read)
        assert sum(beat.characters for beat in answer.timeline) == len(read)
    assert any(read for read, _ in stopped)
    assert not all(read for read, _ in stopped)
    eventually(lambda: not answer_threads(), within=1.5)
    eventually(lambda: endpoint.state()["active"] == 0, within=1.5)
    eventually(lambda: open_sockets() <= sockets, within=1.5)


def test_stops_among_answers_that_go_on_cut_only_their_own(endpoint: Endpoint) -> None:
    client = runtime(endpoint.url)
    for _ in range(2):
        going_on = [start(client, "chunks=60 rate=200") for _ in range(5)]
        stopped = [start(client, "chunks=2000 rate=200") for _ in range(5)]
        for stream in stopped:
            assert stream.read(0, 5)
            stream.close()
        assert ["".join(stream) for stream in going_on] == [counted(60)] * 5
        assert {stream.answer.status for stream in going_on} == {"complete"}
        assert {stream.answer.status for stream in stopped} == {"stopped"}


def test_threads_and_sockets_of_finished_answers_are_gone(endpoint: Endpoint) -> None:
    client = runtime(endpoint.url, connections=4)
    eventually(lambda: not answer_threads())
    sockets = open_sockets()
    streams = [start(client, "chunks=20 rate=0") for _ in range(12)]
    assert ["".join(stream) for stream in streams] == [counted(20)] * 12
    eventually(lambda: not answer_threads(), within=1.0)
    eventually(lambda: open_sockets() <= sockets + 4)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost and its key, in one file."""
    openssl = shutil.which("openssl")
    assert openssl, "this test makes a certificate with the openssl command"
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    options = (
        "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(
        [openssl, *options.split(), "-keyout", path, "-out", path.with_suffix(".crt")],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.mark.parametrize("texts", [[], ["The ", "wind "]], ids=["before the headers", "midway"])
def test_a_stop_through_tls_wakes_the_reader_and_hangs_up(certificate: Path, texts: list[str]) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = runtime(f"https://localhost:{server.getsockname()[1]}", certificate=str(certificate))
        stream = start(client, "hello")
        accepted, _ = server.accept()
        with context.wrap_socket(accepted, server_side=True) as connection:
            connection.settimeout(3)
            assert connection.recv(65536).startswith(b"POST /model/")
            if texts:
                connection.sendall(HEAD)
            for text in texts:
                event = chunk_event(f'{{"outputs":[{{"text":"{text}","stop_reason":null}}]}}'.encode())
                connection.sendall(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            eventually(lambda: stream.answer.text == "".join(texts))
            stream.close()
            with contextlib.suppress(ConnectionError):
                while connection.recv(65536):
                    pass  # the rest of the request, then the end; a timeout fails the test
    eventually(lambda: not answer_threads(), within=1.0)
    assert (stream.answer.status, stream.answer.text) == ("stopped", "".join(texts))


def test_a_cut_never_lets_the_rest_of_a_request_leave_as_plain_text(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    call_socket, (ours, theirs) = CallSocket(), socket.socketpair()
    with ThreadPoolExecutor(1) as other, ours, theirs:
        other.submit(context.wrap_socket, theirs, server_side=True)
        trust = ssl.create_default_context(cafile=certificate)
        with trust.wrap_socket(ours, server_hostname="localhost") as secure:
            call_socket._use(SimpleNamespace(sock=secure))
            call_socket.cut()
            assert secure.version() == "TLSv1.3"  # None once TLS is dropped
