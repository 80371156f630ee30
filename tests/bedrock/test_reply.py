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


def events(endpoint: Endpoint, stream: Reply) -> dict[str, dict[str, Any]]:
    """What the endpoint's log says of this call, by event."""
    return {line["event"]: line for line in endpoint.log() if line["id"] == stream.answer.request_id}


def test_the_text_arrives_whole_and_in_order(client: Any) -> None:
    stream = start(client, "chunks=300 rate=0")
    pieces = list(stream)
    assert "".join(pieces) == stream.answer.text == counted(300)
    assert len(pieces) == 300
    assert stream.ended


def test_text_can_be_read_while_the_model_speaks(client: Any) -> None:
    stream = start(client, "chunks=100 rate=50")
    followed = iter(stream)
    assert [next(followed), next(followed), next(followed)] == ["w1 ", "w2 ", "w3 "]
    assert not stream.ended
    assert stream.answer.status == "running"
    assert stream.answer.problem is None
    stream.close()


def test_the_timeline_rises_and_accounts_for_every_character(client: Any) -> None:
    stream = start(client, "chunks=12 rate=50 first=0.1")
    text = "".join(stream)
    answer = stream.answer
    assert all(earlier.ms <= later.ms for earlier, later in itertools.pairwise(answer.timeline))
    assert sum(beat.characters for beat in answer.timeline) == len(text)
    assert len(answer.timeline) == 12
    assert answer.first_token_ms == answer.timeline[0].ms
    assert 100 <= answer.timeline[0].ms < 2000
    assert answer.timeline[-1].ms - answer.timeline[0].ms > 150
    assert answer.timeline[-1].ms <= answer.duration_ms < 5000


def test_a_finished_answer_knows_usage_stop_reason_and_request_id(client: Any, endpoint: Endpoint) -> None:
    stream = start(client, "chunks=7 rate=0")
    assert stream.wait_ended(5)
    answer = stream.answer
    assert (answer.status, answer.stop_reason, answer.problem) == ("complete", "stop", None)
    assert answer.usage is not None
    assert answer.usage.output_tokens == 7
    assert answer.usage.input_tokens == 2
    eventually(lambda: "end" in events(endpoint, stream))
    assert events(endpoint, stream)["end"]["text"] == answer.text


def test_the_clock_stands_still_after_the_end(client: Any) -> None:
    stream = start(client, "chunks=2 rate=0")
    assert stream.wait_ended(5)
    assert stream.answer == stream.answer


@pytest.mark.parametrize("model_id", [MESSAGE_MODEL, DELTA_MODEL])
def test_every_dialect_streams(client: Any, model_id: str) -> None:
    stream = start(client, recipe("chunks=5 rate=0", model_id=model_id))
    assert "".join(stream) == counted(5)
    assert stream.answer.status == "complete"
    assert stream.answer.recipe.model == find(model_id)


def test_an_answer_cut_at_max_tokens_is_complete_and_says_so(client: Any) -> None:
    stream = start(client, recipe("chunks=50 rate=0", max_tokens=4))
    assert "".join(stream) == counted(4)
    answer = stream.answer
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
    stream = start(runtime(faults.url), f"fault:{fault}")
    assert "".join(stream) == text
    answer = stream.answer
    assert answer.status == status
    assert (answer.problem.kind if answer.problem else None) == kind
    assert answer.request_id or status == "failed"


def test_a_guardrail_tells_what_it_found(faults: FakeBedrock) -> None:
    client = runtime(faults.url)
    found = []
    for fault in ("healthy", "guardrail", "guardrail-trace"):
        stream = start(client, f"fault:{fault}")
        assert stream.wait_ended(10)
        found.append(stream.answer.guardrail)
    assert found == [None, (), ("prompt: topic “Weapons” blocked",)]


def test_closing_before_the_headers_wakes_the_reader_and_hangs_up(client: Any, endpoint: Endpoint) -> None:
    served = endpoint.state()["served"]
    stream = start(client, "first=60 chunks=5")
    eventually(lambda: endpoint.state()["active"] == 1)
    closed = time.monotonic()
    stream.close()
    assert stream.ended
    assert list(stream) == []
    eventually(lambda: not answer_threads(), within=1.0)
    eventually(lambda: endpoint.state()["active"] == 0, within=1.5)
    assert time.monotonic() - closed < 1.5
    assert endpoint.state()["served"] == served + 1
    answer = stream.answer
    assert (answer.status, answer.text, answer.problem, answer.first_token_ms) == ("stopped", "", None, None)


def test_closing_while_nothing_at_all_answers_hangs_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stream = start(runtime(f"http://127.0.0.1:{server.getsockname()[1]}"), "hello")
        connection, _ = server.accept()
        with connection:
            connection.settimeout(3)
            assert connection.recv(65536).startswith(b"POST /model/")
            stream.close()
            while connection.recv(65536):
                pass  # the rest of the request, then the end
    eventually(lambda: not answer_threads(), within=1.0)
    assert stream.answer.status == "stopped"


def test_closing_midway_keeps_everything_read_so_far(client: Any, endpoint: Endpoint) -> None:
    stream = start(client, "chunks=3000 rate=200")
    seen = list(itertools.islice(stream, 20))
    stream.close()
    answer = stream.answer
    assert (answer.status, answer.problem) == ("stopped", None)
    assert answer.text.startswith("".join(seen))
    assert counted(3000).startswith(answer.text)
    eventually(lambda: "gone" in events(endpoint, stream), within=1.5)
    assert events(endpoint, stream)["gone"]["sent"] < 400
    assert "".join(stream) == answer.text == stream.answer.text


def test_closing_twice_or_after_the_end_changes_nothing(client: Any) -> None:
    stream = start(client, "chunks=3 rate=0")
    text = "".join(stream)
    before = stream.answer
    stream.close()
    stream.close()
    assert stream.answer == before
    assert before.text == text
    assert before.status == "complete"


def test_a_stream_that_is_left_keeps_its_text_and_is_not_stopped(client: Any, endpoint: Endpoint) -> None:
    stream = start(client, "chunks=3000 rate=100")
    seen = list(itertools.islice(stream, 5))
    stream.leave()
    answer = stream.answer
    assert answer.status == "broken"
    assert answer.text.startswith("".join(seen))
    assert answer.problem
    assert (answer.problem.kind, answer.problem.shown) == ("left", True)
    eventually(lambda: "gone" in events(endpoint, stream), within=1.5)


def test_a_stream_that_is_left_before_its_first_text_has_failed(client: Any) -> None:
    stream = start(client, "first=60")
    stream.leave()
    assert stream.answer.status == "failed"
    assert stream.answer.problem
    assert (stream.answer.problem.kind, stream.answer.problem.shown) == ("left", False)


def test_a_stream_that_nobody_reads_goes_on(client: Any) -> None:
    stream = start(client, "chunks=30 rate=20")
    assert stream.wait_ended(10)
    assert stream.answer.status == "complete"
    assert stream.answer.text == counted(30)


@pytest.mark.parametrize("how", ["complete", "close", "leave"])
def test_whoever_asked_is_told_of_the_end_once(client: Any, how: str) -> None:
    stream = start(client, "chunks=3 rate=0" if how == "complete" else "first=60")
    told: list[str] = []
    stream.when_ended(lambda: told.append(stream.answer.status))
    if how != "complete":
        getattr(stream, how)()
    stream.close()
    eventually(lambda: told == [stream.answer.status], within=5)
    stream.when_ended(lambda: told.append("late"))
    assert told == [stream.answer.status, "late"]


def test_iterating_again_gives_the_same_text(client: Any) -> None:
    stream = start(client, "chunks=40 rate=0")
    assert list(stream) == list(stream)
    assert "".join(stream) == counted(40)


def test_two_followers_at_once_both_get_the_whole_text(client: Any) -> None:
    stream = start(client, "chunks=100 rate=500")
    with ThreadPoolExecutor(2) as followers:
        texts = list(followers.map("".join, [stream, stream]))
    assert texts == [counted(100)] * 2


def test_a_read_returns_what_is_new_and_waits_no_longer_than_told(client: Any) -> None:
    stream = start(client, "chunks=3 rate=0")
    assert stream.wait_ended(5)
    assert stream.read(1, 0) == ["w2 ", "w3 "]
    began = time.monotonic()
    assert stream.read(3, 5) == []
    assert time.monotonic() - began < 1
    waiting = start(client, "first=60")
    assert waiting.read(0, 0.01) == []
    assert not waiting.wait_ended(0.01)
    waiting.close()


def test_the_end_wakes_a_waiting_reader_at_once(client: Any) -> None:
    stream = start(client, "first=60")
    began = time.monotonic()
    stop = threading.Timer(0.05, stream.close)
    stop.start()
    assert stream.read(0, 20) == []
    assert time.monotonic() - began < 5
    stop.join()


@pytest.mark.parametrize("fault", ["throttling", "unavailable", "not-ready"])
def test_a_call_refused_before_the_stream_is_sent_again_with_patience(
    faults: FakeBedrock, fault: str
) -> None:
    before = faults.state["requests"]
    stream = start(runtime(faults.url), f"fault:{fault}", patience_s=(0.01, 0.02))
    assert stream.wait_ended(5)
    assert stream.answer.status == "failed"
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
    stream = start(runtime(faults.url), f"fault:{fault}", patience_s=(0.01, 0.02))
    assert stream.wait_ended(5)
    assert stream.answer.problem is not None
    assert faults.state["requests"] == before + 1


def test_closing_ends_the_patience(faults: FakeBedrock) -> None:
    before = faults.state["requests"]
    stream = start(runtime(faults.url), "fault:throttling", patience_s=(60,))
    assert faults.wait_until(lambda state: state["served"] and state["requests"] == before + 1)
    stream.close()
    eventually(lambda: not answer_threads(), within=1.0)
    assert faults.state["requests"] == before + 1
    assert (stream.answer.status, stream.answer.problem) == ("stopped", None)


def test_an_error_of_the_call_itself_is_a_problem_and_no_exception() -> None:
    def call() -> Any:
        raise RuntimeError("nobody foresaw this")

    asked = recipe("hello")
    seen: list[BaseException] = []

    def explain_it(error: BaseException, *, shown: bool, request_id: str | None) -> Any:
        seen.append(error)
        return (shown, request_id)

    stream = Reply(asked, call, explain_it)
    assert list(stream) == []
    assert stream.answer.status == "failed"
    assert stream.answer.problem == (False, None)
    assert str(seen[0]) == "nobody foresaw this"
