"""A cut ends its own call and no other, with real connections from one pool."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError

from lib.bedrock.connection import CallSocket, make_cuttable
from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.dialects import body, read_chunk
from tests.support.calls import answer_threads, counted, runtime, start
from tests.support.calls import client as plain_client
from tests.support.fake_bedrock import FakeBedrock, words
from tests.support.makers import recipe
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

DIALLED = "Starting new HTTP connection"


@pytest.fixture
def client(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> Iterator[Any]:
    """A client with a pool of one connection; urllib3 logs each connection that it opens."""
    with caplog.at_level(logging.DEBUG, "urllib3.connectionpool"):
        client = runtime(endpoint.url, connections=1)
        "".join(start(client, "chunks=1"))
        eventually(lambda: not answer_threads())  # from here on one idle connection is in the pool
        caplog.clear()
        yield client


def call(client: Any, prompt: str) -> Mapping[str, Any]:
    return client.invoke_model_with_response_stream(modelId=SAMPLE_MODEL_ID, body=body(recipe(prompt)))


def texts(response: Mapping[str, Any]) -> Iterator[str]:
    return (read_chunk(event["chunk"]["bytes"]).text for event in response["body"])


def test_cutting_a_finished_call_does_not_end_the_call_that_has_its_connection_now(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    old, new = CallSocket(), CallSocket()
    with old.carrying():
        assert "".join(texts(call(client, "chunks=3 rate=0"))) == counted(3)
    with new.carrying():
        following = texts(call(client, "chunks=30 rate=200"))
        begun = list(itertools.islice(following, 2))
        old.cut()
        assert "".join([*begun, *following]) == counted(30)
    assert DIALLED not in caplog.text


def test_closing_a_finished_reply_does_not_end_the_reply_that_has_its_connection_now(
    client: Any, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        old = start(client, "chunks=2 rate=0")
        assert "".join(old) == counted(2)
        eventually(lambda: not answer_threads())  # its connection is back in the pool
        new = start(client, "chunks=20 rate=200")
        assert new.read(0, 5)
        old.close()
        assert "".join(new) == counted(20)
        assert new.answer.status == "complete"
        eventually(lambda: not answer_threads())
    assert DIALLED not in caplog.text


def test_a_cut_ends_its_own_call_and_no_other(client: Any) -> None:
    mine, other = start(client, "chunks=3000 rate=100"), start(client, "chunks=40 rate=200")
    assert mine.read(0, 5)
    assert other.read(0, 5)
    mine.close()
    assert "".join(other) == counted(40)
    assert (mine.answer.status, other.answer.status) == ("stopped", "complete")


def test_after_a_cut_the_pool_serves_the_next_call(client: Any) -> None:
    for _ in range(5):
        cut = start(client, "chunks=3000 rate=100")
        assert cut.read(0, 5)
        cut.close()
        assert "".join(start(client, "chunks=3 rate=0")) == counted(3)


def test_a_call_socket_that_was_cut_sends_nothing() -> None:
    with FakeBedrock() as faults:
        call_socket = CallSocket()
        call_socket.cut()
        with call_socket.carrying(), pytest.raises((OSError, BotoCoreError)):
            call(runtime(faults.url), "hello")
        assert "".join(texts(call(runtime(faults.url), "hello"))) == words(8)
        assert faults.state["requests"] == 1


def test_calls_without_a_call_socket_work(client: Any) -> None:
    assert "".join(texts(call(client, "chunks=3 rate=0"))) == counted(3)


def test_a_connection_is_released_when_the_block_of_its_call_socket_ends(client: Any) -> None:
    call_socket = CallSocket()
    with call_socket.carrying():
        pass
    following = texts(call(client, "chunks=20 rate=200"))
    begun = next(following)
    call_socket.cut()
    assert begun + "".join(following) == counted(20)


def test_a_client_without_the_private_attribute_still_works_and_is_reported(endpoint: Endpoint) -> None:
    assert not make_cuttable(object())
    client = plain_client(endpoint.url)
    reply = start(client, "chunks=3 rate=0")
    assert "".join(reply) == counted(3)
