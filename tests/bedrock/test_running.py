"""The answers of a Backend: counted while they run, reported at their end, refused after `close`."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from lib.bedrock.answer import Answer
from lib.bedrock.problems import explain
from lib.bedrock.reply import Reply
from lib.bedrock.running import Running
from lib.mistral.dialects import body
from tests.support.calls import runtime
from tests.support.makers import recipe
from tests.support.scripted_endpoint import Endpoint


class Notes:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.begun = 0
        self.answers: list[Answer] = []

    def began(self) -> None:
        self.begun += 1

    def ended(self, answer: Answer) -> None:
        self.answers.append(answer)


@pytest.fixture
def running() -> Running:
    return Running()


def ask(running: Running, endpoint: Endpoint, prompt: str) -> Reply:
    client: Any = runtime(endpoint.url)
    asked = recipe(prompt)
    return running.start(
        asked,
        lambda: client.invoke_model_with_response_stream(modelId=asked.model_id, body=body(asked)),
        explain,
    )


def test_an_answer_counts_until_it_has_ended_and_is_reported_once(
    running: Running, endpoint: Endpoint
) -> None:
    notes = Notes()
    running.observe(notes)
    reply = ask(running, endpoint, "chunks=1000 rate=50")
    assert reply.read(0, 5)
    assert (running.count, notes.begun, notes.answers) == (1, 1, [])
    reply.close()
    reply.close()
    assert running.count == 0
    assert [answer.status for answer in notes.answers] == ["stopped"]


def test_an_observer_that_fails_harms_no_answer(running: Running, endpoint: Endpoint) -> None:
    class Broken(Notes):
        def ended(self, answer: Answer) -> None:
            raise OSError(answer.status)

    notes = Notes()
    running.observe(Broken())
    running.observe(notes)
    reply = ask(running, endpoint, "chunks=3 rate=0")
    assert reply.wait_ended(5)
    assert reply.answer.status == "complete"
    assert running.wait_until_quiet(5, 0)
    assert len(notes.answers) == 1


def test_after_closing_nothing_is_sent_and_what_runs_goes_on(running: Running, endpoint: Endpoint) -> None:
    reply = ask(running, endpoint, "chunks=20 rate=50")
    assert reply.read(0, 5)
    running.close()
    served = endpoint.state()["served"]
    refused = ask(running, endpoint, "chunks=1")
    assert refused.wait_ended(5)
    assert refused.answer.problem
    assert (refused.answer.problem.kind, refused.answer.problem.retry) == ("draining", True)
    assert reply.wait_ended(5)
    assert reply.answer.status == "complete"
    assert running.wait_until_quiet(5, 0)
    assert endpoint.state()["served"] <= served + 1


def test_waiting_ends_a_while_after_the_last_answer(running: Running, endpoint: Endpoint) -> None:
    begun = time.monotonic()
    reply = ask(running, endpoint, "chunks=10 rate=50")
    running.close()
    assert running.wait_until_quiet(5, settle_s=0.3)
    assert time.monotonic() - begun >= reply.answer.duration_ms / 1000 + 0.3


def test_waiting_gives_up_after_its_time(running: Running, endpoint: Endpoint) -> None:
    reply = ask(running, endpoint, "chunks=1000 rate=50")
    begun = time.monotonic()
    assert not running.wait_until_quiet(0.2, settle_s=5)
    assert 0.2 <= time.monotonic() - begun < 2
    reply.close()


def test_waiting_takes_no_time_where_nothing_was_asked(running: Running) -> None:
    done = threading.Event()
    threading.Thread(target=lambda: running.wait_until_quiet(60, 60) and done.set(), daemon=True).start()
    assert done.wait(5)
