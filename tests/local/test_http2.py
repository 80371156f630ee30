"""HTTP/2 with prior knowledge and HTTP/1.1 on one port, and what an endpoint without zttp does."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from lib.bedrock.local_endpoint import LocalEndpoint
from lib.local.http2 import Turns
from lib.mistral.catalog import SAMPLE_MODEL_ID
from tests.support.calls import client
from tests.support.http2_client import Answer, Http2Client
from tests.support.scripted_endpoint import state
from tests.support.waiting import eventually

STREAM = f"/model/{SAMPLE_MODEL_ID}/invoke-with-response-stream"


def prompt(text: str, **more: Any) -> bytes:
    return json.dumps({"prompt": text, **more}).encode()


@pytest.fixture
def http2(url: str) -> Iterator[Http2Client]:
    client = Http2Client(url)
    yield client
    client.close()


def test_an_answer_comes_whole_over_http2(http2: Http2Client) -> None:
    answer = http2.read(http2.ask(STREAM, prompt("chunks=300 rate=0", max_tokens=400)))
    assert (answer.status, answer.ended) == (200, "whole")
    assert answer.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert answer.headers["x-amzn-bedrock-content-type"] == "application/json"
    assert [kind for kind, _ in answer.events()] == ["chunk"] * 300


def test_streams_of_one_connection_run_side_by_side(http2: Http2Client) -> None:
    streams = [http2.ask(STREAM, prompt("chunks=30 rate=100")) for _ in range(8)]
    assert [len(http2.read(stream).events()) for stream in streams] == [30] * 8


def test_both_protocols_answer_on_one_port_at_the_same_time(url: str) -> None:
    def over_http1(_: int) -> int:
        response = client(url).invoke_model_with_response_stream(
            modelId=SAMPLE_MODEL_ID, body=prompt("chunks=20 rate=200")
        )
        return len(list(response["body"]))

    def over_http2(_: int) -> int:
        connection = Http2Client(url)
        count = len(connection.read(connection.ask(STREAM, prompt("chunks=20 rate=200"))).events())
        connection.close()
        return count

    with ThreadPoolExecutor(8) as callers:
        assert [
            *callers.map(over_http1, range(4)),
            *callers.map(over_http2, range(4)),
        ] == [20] * 8


def test_an_exception_is_an_event_and_not_a_reset(http2: Http2Client) -> None:
    answer = http2.read(http2.ask(STREAM, prompt("chunks=9 fail=3 rate=0")))
    assert answer.ended == "whole"
    assert [kind for kind, _ in answer.events()] == ["chunk"] * 3 + ["modelStreamErrorException"]


@pytest.mark.parametrize("script", ["chunks=4000 rate=100", "first=60"], ids=["in mid-answer", "before it"])
def test_a_reset_stream_frees_the_model_and_leaves_the_others_alone(
    http2: Http2Client, url: str, script: str
) -> None:
    eventually(lambda: state(url)["active"] == 0)
    staying = http2.ask(STREAM, prompt("chunks=60 rate=40"))
    leaving = http2.ask(STREAM, prompt(script, max_tokens=4096))
    eventually(lambda: state(url)["active"] == 2)
    http2.reset(leaving)
    eventually(lambda: state(url)["active"] == 1, within=1)
    assert len(http2.read(staying).events()) == 60


def test_a_dropped_connection_frees_all_its_streams(url: str) -> None:
    eventually(lambda: state(url)["active"] == 0)
    connection = Http2Client(url)
    for _ in range(5):
        connection.ask(STREAM, prompt("first=60"))
    eventually(lambda: state(url)["active"] == 5)
    connection.close()
    eventually(lambda: state(url)["active"] == 0, within=1)


def test_over_http2_the_same_callers_are_refused(http2: Http2Client) -> None:
    foreign = http2.read(http2.ask(STREAM, prompt("Hi"), host="evil.example"))
    unsigned = http2.read(http2.ask(STREAM, prompt("Hi"), authorization=""))
    page = http2.read(http2.ask(STREAM, prompt("Hi"), origin="https://evil.example"))
    token = http2.read(http2.ask(STREAM, prompt("Hi rate=0"), authorization="Bearer abc"))
    assert [answer.status for answer in (foreign, unsigned, page, token)] == [400, 403, 403, 200]
    assert unsigned.headers["x-amzn-errortype"] == "MissingAuthenticationTokenException:"


def test_a_preface_that_comes_in_pieces_is_still_http2(url: str) -> None:
    connection = Http2Client(url)
    sent = bytearray()
    plain = connection.socket
    stream = connection.connection.send_request(
        b"GET", b"/health", b"2", [(b"host", connection.authority.encode())]
    )
    stream.end_message()
    sent += connection.connection.data_to_send()
    for byte in sent:
        plain.sendall(bytes([byte]))
    connection.answers[stream.stream_id] = Answer()
    answer = connection.read(stream.stream_id)
    assert (answer.status, answer.body) == (200, b"ok")


def test_a_request_that_begins_like_the_preface_is_http1(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        for part in (b"P", b"R", b"OPFIND /health HTTP/1.1\r\n", f"Host: {host}\r\n\r\n".encode()):
            connection.sendall(part)
        assert connection.recv(100).startswith(b"HTTP/1.1 405 ")


@pytest.fixture(scope="module")
def without() -> Iterator[LocalEndpoint]:
    endpoint = LocalEndpoint("tests.local.without_zttp")
    endpoint.start()
    yield endpoint
    endpoint.close()


def test_without_zttp_http1_is_answered(without: LocalEndpoint) -> None:
    response = client(without.url()).invoke_model(modelId=SAMPLE_MODEL_ID, body=prompt("chunks=2 rate=0"))
    assert json.load(response["body"])["outputs"][0]["text"] == "w1 w2 "


def test_without_zttp_a_client_of_http2_is_refused_at_once(without: LocalEndpoint) -> None:
    connection = Http2Client(without.url(), timeout=5)
    connection.flush()
    assert connection.socket.recv(100).startswith(b"HTTP/1.1 400 ")


def test_without_zttp_the_start_says_so() -> None:
    command = [sys.executable, "-m", "tests.local.without_zttp", "--port", "0", "--watch-stdin"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as process:  # type: ignore[call-overload]
        assert process.stdout.readline().startswith('{"url"')
        _, said = process.communicate(timeout=20)
    assert "HTTP/2 is off because the package zttp is not installed." in said


def test_connections_take_turns_and_let_the_event_loop_work_in_between() -> None:
    done: list[str] = []

    async def read_from_two_connections() -> None:
        loop, turns = asyncio.get_running_loop(), Turns()
        turns.wait(loop, partial(done.append, "first connection"))
        turns.wait(loop, partial(done.append, "second connection"))
        loop.call_soon(done.append, "somebody else")
        while len(done) < 3:
            await asyncio.sleep(0)

    asyncio.run(read_from_two_connections())
    assert done == ["first connection", "somebody else", "second connection"]
