"""The real boto3 client against every fault the wire can have."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import pytest

from lib.bedrock.problems import Problem, blocked, broken_off, cut_short, empty_answer, explain
from lib.bedrock.reply import Reply
from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.dialects import Chunk, body, read_chunk
from lib.mistral.recipe import Message, Recipe
from tests.support import calls
from tests.support.fake_bedrock import FAULTS, FakeBedrock, words
from tests.support.fault_table import ACCOUNT, ROLE
from tests.support.makers import recipe

MESSAGE_MODEL = "mistral.mistral-large-2407-v1:0"
DELTA_MODEL = "mistral.ministral-3-8b-instruct"
client = cache(calls.client)
HANGING = [name for name in FAULTS if name.startswith("stall")]


def patience(name: str) -> float:
    return 0.5 if name in HANGING else 10


def ask(url: str, asked: Recipe, read_timeout: float = 10) -> Mapping[str, Any]:
    send = client(url, read_timeout=read_timeout, connect_timeout=2).invoke_model_with_response_stream
    return send(modelId=asked.model_id, body=body(asked))


def ending(chunks: list[Chunk], error: Exception | None) -> Problem | None:
    """What a plain loop over boto3's events can tell about how the answer ended."""
    shown = any(chunk.text for chunk in chunks)
    if error is not None:
        return explain(error, shown=shown)
    if any(chunk.blocked for chunk in chunks):
        return blocked()
    if not chunks or chunks[-1].stop_reason is None:
        return broken_off(shown=shown)
    if chunks[-1].stop_reason == "length":
        return cut_short()
    return None if shown else empty_answer()


@pytest.mark.parametrize("name", FAULTS)
def test_boto3_meets_the_fault_and_it_is_explained(faults: FakeBedrock, name: str) -> None:
    before = faults.state["requests"]
    chunks: list[Chunk] = []
    error = None
    try:
        response = ask(faults.url, recipe(f"fault:{name}"), patience(name))
        for event in response["body"]:
            chunk = read_chunk(event["chunk"]["bytes"])
            chunks.append(chunk)
    except Exception as raised:
        error = raised
    problem = ending(chunks, error)
    assert (problem.kind if problem else None) == FAULTS[name].kind, repr(error)
    assert "".join(chunk.text for chunk in chunks).startswith(words(FAULTS[name].arriving))
    assert faults.state["requests"] == before + 1
    assert ACCOUNT not in repr(problem)
    assert ROLE not in repr(problem)
    assert faults.wait_until(lambda state: state["active"] == 0)


@pytest.mark.parametrize("name", FAULTS)
def test_an_answer_stream_keeps_the_text_and_names_the_problem(faults: FakeBedrock, name: str) -> None:
    fault, before = FAULTS[name], faults.state["requests"]
    asked = recipe(f"fault:{name}")
    call = partial(ask, faults.url, asked, patience(name))
    stream = Reply(asked, call, explain, patience_s=())
    text = "".join(stream)
    answer = stream.answer
    assert answer.text == text
    assert text.startswith(words(fault.arriving))
    whole = fault.kind in (None, "blocked", "cut-short", "empty-answer")
    assert answer.status == ("complete" if whole else "broken" if text else "failed")
    assert (answer.problem.kind if answer.problem else None) == fault.kind
    if answer.problem and answer.status != "complete":
        assert answer.problem.shown is bool(text)
    assert faults.state["requests"] == before + 1
    assert faults.wait_until(lambda state: state["active"] == 0)


@pytest.mark.parametrize("name", [name for name in FAULTS if FAULTS[name].arriving])
def test_the_directive_says_how_many_chunks_come_first(faults: FakeBedrock, name: str) -> None:
    asked = recipe(f"please fault:{name}@after=6@pace=0 now")
    stream = Reply(asked, partial(ask, faults.url, asked, patience(name)), explain)
    assert "".join(stream) == words(6)


@pytest.mark.parametrize(
    ("model_id", "key"), [(SAMPLE_MODEL_ID, "outputs"), (MESSAGE_MODEL, "message"), (DELTA_MODEL, "delta")]
)
def test_each_model_answers_in_its_dialect(faults: FakeBedrock, model_id: str, key: str) -> None:
    response = ask(faults.url, recipe("hello", model_id))
    events = [event["chunk"]["bytes"] for event in response["body"]]
    assert all(f'"{key}"'.encode() in event for event in events)
    chunks = [read_chunk(event) for event in events]
    assert "".join(chunk.text for chunk in chunks) == words(8)
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.output_tokens == 8


def test_the_last_directive_of_a_conversation_counts(faults: FakeBedrock) -> None:
    earlier = (Message("user", "fault:reset"), Message("assistant", "broke"))
    messages = (*earlier, Message("user", "fault:length@after=2"))
    for model_id in (SAMPLE_MODEL_ID, MESSAGE_MODEL):
        response = ask(faults.url, recipe(model_id=model_id, messages=messages))
        chunks = [read_chunk(event["chunk"]["bytes"]) for event in response["body"]]
        assert ending(chunks, None) == cut_short()
        assert "".join(chunk.text for chunk in chunks) == words(2)


def test_a_refusal_carries_the_request_id(faults: FakeBedrock) -> None:
    with pytest.raises(client(faults.url).exceptions.ThrottlingException) as caught:
        ask(faults.url, recipe("fault:throttling"))
    request_id = caught.value.response["ResponseMetadata"]["RequestId"]
    assert request_id
    assert explain(caught.value).request_id == request_id


def test_a_wrong_address_is_explained_with_the_address() -> None:
    with FakeBedrock() as closed:
        url = closed.url
    with pytest.raises(Exception, match="Could not connect") as caught:
        ask(url, recipe("hello"))
    problem = explain(caught.value)
    assert problem.kind == "unreachable"
    assert url in problem.cause


def test_a_client_that_hangs_up_frees_its_call(faults: FakeBedrock) -> None:
    response = ask(faults.url, recipe("fault:stall-mid"))
    assert next(iter(response["body"]))
    assert faults.state["active"] == 1
    response["body"].close()
    assert faults.wait_until(lambda state: state["active"] == 0)


def test_the_state_can_be_read_and_reset_over_http() -> None:
    with FakeBedrock() as bedrock:
        for _ in ask(bedrock.url, recipe("hello"))["body"]:
            pass

        def state(path: str, method: str) -> dict[str, int]:
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with direct.open(urllib.request.Request(bedrock.url + path, method=method)) as answer:
                return json.load(answer)

        assert state("/_state", "GET") == {"active": 0, "served": 1, "requests": 1}
        assert state("/_reset", "POST") == {"active": 0, "served": 0, "requests": 0}
