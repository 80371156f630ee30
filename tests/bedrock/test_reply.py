"""Reply over real boto3 and a real socket."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lib.bedrock.reply import Reply
from lib.mistral.catalog import find
from tests.support.calls import answer_threads, counted, runtime, start
from tests.support.fake_bedrock import FakeBedrock, words
from tests.support.makers import recipe
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

MESSAGE_MODEL = "mistral.mistral-large-2407-v1:0"
DELTA_MODEL = "mistral.ministral-3-8b-instruct"


@pytest.fixture
def client(endpoint: Endpoint) -> Any:
    return runtime(endpoint.url)


def events(endpoint: Endpoint, reply: Reply) -> dict[str, dict[str, Any]]:
    """What the endpoint's log says of this call, by event."""
    return {line["event"]: line for line in endpoint.log() if line["id"] == reply.answer.request_id}


def test_the_text_arrives_whole_and_in_order(client: Any) -> None:
    reply = start(client, "chunks=300 rate=0")
    pieces = list(reply)
    assert "".join(pieces) == reply.answer.text == counted(300)
    assert len(pieces) == 300
    assert reply.ended


def test_text_can_be_read_while_it_arrives(client: Any) -> None:
    reply = start(client, "chunks=100 rate=50")
    followed = iter(reply)
    assert [next(followed), next(followed), next(followed)] == ["w1 ", "w2 ", "w3 "]
    assert not reply.ended
    assert reply.answer.status == "running"
    assert reply.answer.problem is None
    reply.close()


def test_the_timeline_rises_and_accounts_for_every_character(client: Any) -> None:
    reply = start(client, "chunks=12 rate=50 first=0.1")
    text = "".join(reply)
    answer = reply.answer
    assert all(earlier.ms <= later.ms for earlier, later in itertools.pairwise(answer.timeline))
    assert sum(beat.characters for beat in answer.timeline) == len(text)
    assert len(answer.timeline) == 12
    assert answer.first_token_ms == answer.timeline[0].ms
    assert 100 <= answer.timeline[0].ms < 2000
    assert answer.timeline[-1].ms - answer.timeline[0].ms > 150
    assert answer.timeline[-1].ms <= answer.duration_ms < 5000


def test_a_finished_answer_has_usage_stop_reason_and_request_id(client: Any, endpoint: Endpoint) -> None:
    reply = start(client, "chunks=7 rate=0")
    assert reply.wait_ended(5)
    answer = reply.answer
    assert (answer.status, answer.stop_reason, answer.problem) == ("complete", "stop", None)
    assert answer.usage is not None
    assert answer.usage.output_tokens == 7
    assert answer.usage.input_tokens == 2
    eventually(lambda: "end" in events(endpoint, reply))
    assert events(endpoint, reply)["end"]["text"] == answer.text


def test_an_answer_does_not_change_after_its_end(client: Any) -> None:
    reply = start(client, "chunks=2 rate=0")
    assert reply.wait_ended(5)
    assert reply.answer == reply.answer


@pytest.mark.parametrize("model_id", [MESSAGE_MODEL, DELTA_MODEL])
def test_every_dialect_streams(client: Any, model_id: str) -> None:
    reply = start(client, recipe("chunks=5 rate=0", model_id=model_id))
    assert "".join(reply) == counted(5)
    assert reply.answer.status == "complete"
    assert reply.answer.recipe.model == find(model_id)


def test_an_answer_cut_at_max_tokens_is_complete_and_says_so(client: Any) -> None:
    reply = start(client, recipe("chunks=50 rate=0", max_tokens=4))
    assert "".join(reply) == counted(4)
    answer = reply.answer
    assert (answer.status, answer.stop_reason) == ("complete", "length")
    assert answer.problem is not None
    assert answer.problem.kind == "cut-short"
    assert "4 tokens" in answer.problem.cause


@pytest.mark.parametrize(
    ("fault", "status", "kind", "text"),
    [
        ("healthy", "complete", None, words(8)),
        ("no-stop", "broken", "broken-off", words(3)),
        ("reset", "broken", "broken-connection", words(3)),
        ("mid-stream-error", "broken", "stream-failed", words(3)),
        ("no-chunks", "failed", "broken-off", ""),
        ("access-iam", "failed", "iam-action", ""),
        ("empty", "complete", "empty-answer", ""),
        ("guardrail", "complete", "blocked", " This topic is blocked."),
    ],
)
def test_every_ending_has_its_status(
    faults: FakeBedrock, fault: str, status: str, kind: str | None, text: str
) -> None:
    reply = start(runtime(faults.url), f"fault:{fault}")
    assert "".join(reply) == text
    answer = reply.answer
    assert answer.status == status
    assert (answer.problem.kind if answer.problem else None) == kind
    assert answer.request_id or status == "failed"


def test_an_answer_has_what_a_guardrail_found(faults: FakeBedrock) -> None:
    client = runtime(faults.url)
    found = []
    for fault in ("healthy", "guardrail", "guardrail-trace"):
        reply = start(client, f"fault:{fault}")
        assert reply.wait_ended(10)
        found.append(reply.answer.guardrail)
    assert found == [None, (), ("prompt: topic “Weapons” blocked",)]


def test_closing_before_the_headers_wakes_the_reader_and_closes_the_connection(
    client: Any, endpoint: Endpoint
) -> None:
    served = endpoint.state()["served"]
    reply = start(client, "first=60 chunks=5")
    eventually(lambda: endpoint.state()["active"] == 1)
    closed = time.monotonic()
    reply.close()
    assert reply.ended
    assert list(reply) == []
    eventually(lambda: not answer_threads(), within=1.0)
    eventually(lambda: endpoint.state()["active"] == 0, within=1.5)
    assert time.monotonic() - closed < 1.5
    assert endpoint.state()["served"] == served + 1
    answer = reply.answer
    assert (answer.status, answer.text, answer.problem, answer.first_token_ms) == ("stopped", "", None, None)


def test_closing_while_nothing_answers_closes_the_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        reply = start(runtime(f"http://127.0.0.1:{server.getsockname()[1]}"), "hello")
        connection, _ = server.accept()
        with connection:
            connection.settimeout(3)
            assert connection.recv(65536).startswith(b"POST /model/")
            reply.close()
            while connection.recv(65536):
                pass  # the rest of the request, then the end
    eventually(lambda: not answer_threads(), within=1.0)
    assert reply.answer.status == "stopped"


def test_closing_midway_keeps_everything_read_so_far(client: Any, endpoint: Endpoint) -> None:
    reply = start(client, "chunks=3000 rate=200")
    seen = list(itertools.islice(reply, 20))
    reply.close()
    answer = reply.answer
    assert (answer.status, answer.problem) == ("stopped", None)
    assert answer.text.startswith("".join(seen))
    assert counted(3000).startswith(answer.text)
    eventually(lambda: "gone" in events(endpoint, reply), within=1.5)
    assert events(endpoint, reply)["gone"]["sent"] < 400
    assert "".join(reply) == answer.text == reply.answer.text


def test_closing_twice_or_after_the_end_changes_nothing(client: Any) -> None:
    reply = start(client, "chunks=3 rate=0")
    text = "".join(reply)
    before = reply.answer
    reply.close()
    reply.close()
    assert reply.answer == before
    assert before.text == text
    assert before.status == "complete"


def test_a_reply_that_is_left_keeps_its_text_and_has_the_problem_left(
    client: Any, endpoint: Endpoint
) -> None:
    reply = start(client, "chunks=3000 rate=100")
    seen = list(itertools.islice(reply, 5))
    reply.leave()
    answer = reply.answer
    assert answer.status == "broken"
    assert answer.text.startswith("".join(seen))
    assert answer.problem
    assert (answer.problem.kind, answer.problem.shown) == ("left", True)
    eventually(lambda: "gone" in events(endpoint, reply), within=1.5)


def test_a_reply_that_is_left_before_its_first_text_has_failed(client: Any) -> None:
    reply = start(client, "first=60")
    reply.leave()
    assert reply.answer.status == "failed"
    assert reply.answer.problem
    assert (reply.answer.problem.kind, reply.answer.problem.shown) == ("left", False)


def test_a_reply_that_nobody_reads_goes_on(client: Any) -> None:
    reply = start(client, "chunks=30 rate=20")
    assert reply.wait_ended(10)
    assert reply.answer.status == "complete"
    assert reply.answer.text == counted(30)


@pytest.mark.parametrize("how", ["complete", "close", "leave"])
def test_each_callback_is_called_once_at_the_end(client: Any, how: str) -> None:
    reply = start(client, "chunks=3 rate=0" if how == "complete" else "first=60")
    told: list[str] = []
    reply.when_ended(lambda: told.append(reply.answer.status))
    if how != "complete":
        getattr(reply, how)()
    reply.close()
    eventually(lambda: told == [reply.answer.status], within=5)
    reply.when_ended(lambda: told.append("late"))
    assert told == [reply.answer.status, "late"]


def test_iterating_again_gives_the_same_text(client: Any) -> None:
    reply = start(client, "chunks=40 rate=0")
    assert list(reply) == list(reply)
    assert "".join(reply) == counted(40)


def test_two_followers_at_once_both_get_the_whole_text(client: Any) -> None:
    reply = start(client, "chunks=100 rate=500")
    with ThreadPoolExecutor(2) as followers:
        texts = list(followers.map("".join, [reply, reply]))
    assert texts == [counted(100)] * 2


def test_a_read_returns_what_is_new_and_waits_no_longer_than_told(client: Any) -> None:
    reply = start(client, "chunks=3 rate=0")
    assert reply.wait_ended(5)
    assert reply.read(1, 0) == ["w2 ", "w3 "]
    began = time.monotonic()
    assert reply.read(3, 5) == []
    assert time.monotonic() - began < 1
    waiting = start(client, "first=60")
    assert waiting.read(0, 0.01) == []
    assert not waiting.wait_ended(0.01)
    waiting.close()


def test_the_end_wakes_a_waiting_reader_at_once(client: Any) -> None:
    reply = start(client, "first=60")
    began = time.monotonic()
    stop = threading.Timer(0.05, reply.close)
    stop.start()
    assert reply.read(0, 20) == []
    assert time.monotonic() - began < 5
    stop.join()


@pytest.mark.parametrize("fault", ["throttling", "unavailable", "not-ready"])
def test_a_call_refused_before_the_stream_is_sent_again_after_each_pause(
    faults: FakeBedrock, fault: str
) -> None:
    before = faults.state["requests"]
    reply = start(runtime(faults.url), f"fault:{fault}", patience_s=(0.01, 0.02))
    assert reply.wait_ended(5)
    assert reply.answer.status == "failed"
    assert faults.state["requests"] == before + 3


@pytest.mark.parametrize(
    "fault",
    [
        "internal",
        "model-timeout",
        "access-iam",
        "model-error",
        "html-502",
        "html-503",
        "no-chunks",
        "mid-throttling",
    ],
)
def test_nothing_else_is_ever_sent_again(faults: FakeBedrock, fault: str) -> None:
    before = faults.state["requests"]
    reply = start(runtime(faults.url), f"fault:{fault}", patience_s=(0.01, 0.02))
    assert reply.wait_ended(5)
    assert reply.answer.problem is not None
    assert faults.state["requests"] == before + 1


def test_closing_ends_the_wait_for_the_next_attempt(faults: FakeBedrock) -> None:
    before = faults.state["requests"]
    reply = start(runtime(faults.url), "fault:throttling", patience_s=(60,))
    assert faults.wait_until(lambda state: state["served"] and state["requests"] == before + 1)
    reply.close()
    eventually(lambda: not answer_threads(), within=1.0)
    assert faults.state["requests"] == before + 1
    assert (reply.answer.status, reply.answer.problem) == ("stopped", None)


def test_an_error_of_the_call_itself_is_a_problem_and_no_exception() -> None:
    def call() -> Any:
        raise RuntimeError("an unknown error")

    asked = recipe("hello")
    seen: list[BaseException] = []

    def explain_it(error: BaseException, *, shown: bool, request_id: str | None) -> Any:
        seen.append(error)
        return (shown, request_id)

    reply = Reply(asked, call, explain_it)
    assert list(reply) == []
    assert reply.answer.status == "failed"
    assert reply.answer.problem == (False, None)
    assert str(seen[0]) == "an unknown error"
