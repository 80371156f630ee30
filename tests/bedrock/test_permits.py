"""How the permit of a call is settled or released, for every end of the call."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ProxyConnectionError,
    ReadTimeoutError,
)

from lib.bedrock.backend import Backend
from lib.bedrock.gate import FreePermit, Refused, Visitor
from lib.bedrock.problems import refusal
from lib.bedrock.reply import Reply
from lib.bedrock.unbegun import never_began
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Message, Recipe
from tests.support.calls import runtime, start
from tests.support.environment import KEYS, NOBODY, aws_settings
from tests.support.fake_bedrock import FakeBedrock
from tests.support.makers import recipe
from tests.support.scripted_endpoint import Endpoint
from tests.support.stream_server import sending
from tests.support.waiting import eventually


class NotedPermit:
    """A permit that notes its calls in order."""

    def __init__(self) -> None:
        self.told: list[Usage | str | None] = []

    def settle(self, usage: Usage | None) -> None:
        self.told.append(usage)

    def release(self) -> None:
        self.told.append("released")


@pytest.fixture
def permit() -> NotedPermit:
    return NotedPermit()


@pytest.fixture(scope="module")
def faults() -> Iterator[FakeBedrock]:
    endpoint = FakeBedrock()
    with endpoint:
        yield endpoint


@pytest.fixture
def client(endpoint: Endpoint) -> Any:
    return runtime(endpoint.url)


def test_a_whole_answer_is_settled_with_its_usage_before_anybody_sees_its_end(
    client: Any, permit: NotedPermit
) -> None:
    reply = start(client, "chunks=3 rate=0", reserve=lambda: permit)
    assert reply.wait_ended(10)
    assert permit.told == [reply.answer.usage]
    assert reply.answer.usage


@pytest.mark.parametrize("how", ["close", "leave"])
def test_an_answer_that_was_stopped_or_left_is_settled_without_usage(
    client: Any, permit: NotedPermit, how: str
) -> None:
    reply = start(client, "chunks=1000 rate=50", reserve=lambda: permit)
    next(iter(reply))
    getattr(reply, how)()
    assert permit.told == [None]


def test_the_usage_of_an_answer_that_broke_off_does_not_count(permit: NotedPermit) -> None:
    metrics = b'"amazon-bedrock-invocationMetrics": {"inputTokenCount": 1, "outputTokenCount": 1}'
    half = b'{"outputs": [{"text": "Hel", "stop_reason": null}], ' + metrics + b"}"
    with sending([half]) as url:
        reply = start(runtime(url), "Hello", reserve=lambda: permit)
        assert reply.wait_ended(10)
    assert (reply.answer.status, reply.answer.text) == ("broken", "Hel")
    assert reply.answer.usage
    assert permit.told == [None]


def test_a_stop_before_the_first_token_is_settled_without_usage(client: Any, permit: NotedPermit) -> None:
    sent = threading.Event()

    def call() -> Any:
        sent.set()
        return client.invoke_model_with_response_stream(modelId=asked.model_id, body=b'{"prompt": "first=5"}')

    asked = recipe("first=5")
    reply = Reply(asked, call, lambda *_, **__: refusal("busy"), reserve=lambda: permit)
    assert sent.wait(10)
    reply.close()
    assert permit.told == [None]


def test_a_stop_before_the_request_is_sent_sends_nothing_and_releases(permit: NotedPermit) -> None:
    stopped = threading.Event()
    called: list[object] = []

    def reserve() -> NotedPermit:
        stopped.wait(10)
        return permit

    def call() -> Any:
        called.append(1)

    reply = Reply(recipe("Hello"), call, lambda *_, **__: refusal("busy"), reserve=reserve)
    reply.close()
    stopped.set()
    eventually(lambda: permit.told)
    assert (permit.told, called, reply.answer.status) == (["released"], [], "stopped")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("throttling", "released"),
        ("validation-other", "released"),
        ("access-iam", "released"),
        ("not-found", "released"),
        ("unavailable", "released"),
        ("model-timeout", None),
        ("model-error", None),
        ("internal", None),
        ("html-502", None),
        ("html-503", None),
    ],
)
def test_only_a_call_that_certainly_never_began_is_released(
    faults: FakeBedrock, permit: NotedPermit, fault: str, told: str | None
) -> None:
    reply = start(runtime(faults.url), f"fault:{fault}", reserve=lambda: permit)
    assert reply.wait_ended(10)
    assert permit.told == [told]


def test_a_call_that_is_sent_again_after_a_refusal_has_one_permit(
    faults: FakeBedrock, permit: NotedPermit
) -> None:
    reply = start(runtime(faults.url), "fault:throttling", reserve=lambda: permit, patience_s=(0.01, 0.01))
    assert reply.wait_ended(10)
    assert permit.told == ["released"]


def test_a_stop_while_a_refused_call_waits_to_be_sent_again_releases(
    faults: FakeBedrock, permit: NotedPermit
) -> None:
    before = faults.state["requests"]
    reply = start(runtime(faults.url), "fault:throttling", reserve=lambda: permit, patience_s=(60,))
    assert faults.wait_until(lambda state: state["requests"] > before and state["active"] == 0)
    eventually(lambda: not reply._may_have_begun)
    reply.close()
    assert permit.told == ["released"]


def test_a_request_without_an_answer_may_have_begun() -> None:
    assert never_began(EndpointConnectionError(endpoint_url="http://x"))
    assert never_began(ProxyConnectionError(proxy_url="http://x"))
    assert not never_began(ReadTimeoutError(endpoint_url="http://x"))
    assert not never_began(ConnectionClosedError(endpoint_url="http://x"))
    assert not never_began(HTTPClientError(error=OSError()))
    assert not never_began(ValueError())


def credential_process(program: str) -> Callable[[Path, pytest.MonkeyPatch], None]:
    """A profile whose keys come from `program`."""

    def set_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config = folder / "config"
        config.write_text(f"[profile broken]\ncredential_process = {program}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
        monkeypatch.setenv("AWS_PROFILE", "broken")
        for name in KEYS:
            monkeypatch.delenv(name)

    return set_up


def variables(**values: str) -> Callable[[Path, pytest.MonkeyPatch], None]:
    def set_up(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return set_up


@pytest.mark.parametrize(
    "set_up",
    [
        credential_process("echo no JSON"),
        credential_process("/a/program/that/is/not/there"),
        variables(AWS_BEARER_TOKEN_BEDROCK="first line\nsecond line"),
        variables(AWS_SESSION_TOKEN="first line\nsecond line"),
        variables(HTTP_PROXY="http://a proxy"),
        variables(HTTP_PROXY="http://127.0.0.1:9"),
        variables(AWS_ENDPOINT_URL_BEDROCK_RUNTIME=NOBODY),
    ],
    ids=[
        "no JSON",
        "no program",
        "line break in a token",
        "line break in a key",
        "bad proxy",
        "no proxy",
        "nobody",
    ],
)
def test_a_set_up_that_fails_before_anything_is_sent_costs_nothing(
    faults: FakeBedrock,
    permit: NotedPermit,
    set_up: Callable[[Path, pytest.MonkeyPatch], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (aws_settings(faults.url) | {"NO_PROXY": ""}).items():
        monkeypatch.setenv(name, value)
    set_up(tmp_path, monkeypatch)
    before = faults.state["requests"]
    reply = Backend.detect().stream(recipe("words", max_tokens=20), permit=permit)
    assert reply.wait_ended(10)
    assert reply.answer.status == "failed"
    assert faults.state["requests"] == before
    assert permit.told == ["released"]


def test_a_refused_call_is_a_failed_answer_with_the_gates_problem_and_nothing_is_sent() -> None:
    called: list[object] = []

    def reserve() -> FreePermit:
        raise Refused(refusal("busy", detail="4 answers"))

    reply = Reply(
        recipe("Hello"),
        lambda: called.append(1),  # type: ignore[arg-type,return-value]
        lambda *_, **__: refusal("no-ledger"),
        reserve=reserve,
    )
    assert reply.wait_ended(10)
    assert reply.answer.status == "failed"
    assert reply.answer.problem == refusal("busy", detail="4 answers")
    assert not called


def backend(url: str = "http://127.0.0.1:9") -> Backend:
    local = find(LOCAL_MODEL_ID)
    return Backend("local", None, local, local.id, endpoint_url=url)


def test_the_backend_sends_nothing_that_is_too_long() -> None:
    asked = Recipe(model_id=LOCAL_MODEL_ID, messages=(Message("user", "Hi"),), system="x" * 2001)
    reply = backend().stream(asked, Visitor("ann"))
    assert reply.wait_ended(10)
    assert reply.answer.problem is not None
    assert reply.answer.problem.kind == "too-long"


def test_the_backend_uses_the_permit_of_a_reservation(endpoint: Endpoint, permit: NotedPermit) -> None:
    asked = Recipe(model_id=LOCAL_MODEL_ID, messages=(Message("user", "chunks=2 rate=0"),))
    reply = backend(endpoint.url).stream(asked, permit=permit)
    assert reply.wait_ended(10)
    assert permit.told == [reply.answer.usage]
