"""The endpoint can send an answer in every form in which services send one."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lib.local.engine import End
from lib.local.shapes import FORMS, THINKING_FORMS, THOUGHT, played
from lib.mistral.chunks import ChunkReader
from lib.mistral.dialects import Chunk
from tests.support.scripted_endpoint import Endpoint, scripted

TEXT = ("The ", "answer ", "is 4 🎉", " (四).")
METRICS = {"inputTokenCount": 2, "outputTokenCount": 4, "invocationLatency": 9, "firstByteLatency": 3}


def read(events: list[bytes]) -> list[Chunk]:
    reader = ChunkReader()
    return [chunk for event in events for chunk in reader.read(event)] + [reader.finish()]


def parts(events: list[bytes]) -> tuple[str, str]:
    chunks = read(events)
    return "".join(chunk.text for chunk in chunks), "".join(chunk.thinking for chunk in chunks)


def ask(
    url: str, prompt: str, shape: str | None, model: str = "mistral.ministral-3-8b-instruct"
) -> list[bytes]:
    session = boto3.Session("AKIDEXAMPLE", "secret", region_name="us-east-1")
    client = session.client(
        "bedrock-runtime", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}, proxies={})
    )

    def add(request: Any, **_: Any) -> None:
        if shape is not None:
            request.headers["x-sirocco-shape"] = shape

    client.meta.events.register("before-sign.bedrock-runtime", add)
    body = json.dumps({"messages": [{"role": "user", "content": prompt}]})
    response = client.invoke_model_with_response_stream(modelId=model, body=body)
    return [event["chunk"].get("bytes", b"") for event in response["body"]]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_the_whole_answer_and_counts_the_thinking_with_it(form: str) -> None:
    events = played(form, TEXT, End("stop", 2, 4), 4096, METRICS)
    thought = "".join(THOUGHT) if form in THINKING_FORMS else ""
    assert parts(events) == ("".join(TEXT), thought)
    usage = next(chunk.usage for chunk in read(events) if chunk.usage)
    assert usage.output_tokens == 4 + (len(THOUGHT) if thought else 0)
    assert usage.input_tokens == 2


@pytest.mark.parametrize("form", FORMS)
def test_max_tokens_may_end_an_answer_at_any_place(form: str) -> None:
    for most in range(1, 30):
        chunks = read(played(form, TEXT, End("stop", 2, 4), most, METRICS))
        needed = len(TEXT) + (len(THOUGHT) if form in THINKING_FORMS else 0)
        assert next(chunk.stop_reason for chunk in chunks if chunk.stop_reason) == (
            "stop" if most >= needed else "length"
        )
        assert next(chunk.usage for chunk in chunks if chunk.usage).output_tokens == min(most, needed)


def test_the_header_chooses_the_form_of_a_stream(endpoint: Endpoint) -> None:
    with ThreadPoolExecutor(len(FORMS)) as pool:
        asked = {form: pool.submit(ask, endpoint.url, "chunks=5 rate=0", form) for form in FORMS}
    for form, answer in asked.items():
        thought = "".join(THOUGHT) if form in THINKING_FORMS else ""
        assert parts(answer.result()) == ("w1 w2 w3 w4 w5 ", thought)
    assert b"" in asked["empty-events"].result()
    assert any(b"reasoning_content" in event for event in asked["reasoning_content"].result())
    assert "choices" in json.loads(ask(endpoint.url, "chunks=1 rate=0", None)[0])


def test_an_unknown_form_is_refused_and_all_forms_are_named(endpoint: Endpoint) -> None:
    with pytest.raises(ClientError, match="x-sirocco-shape takes one of these: parts, reasoning_content"):
        ask(endpoint.url, "chunks=1 rate=0", "odd")


def test_an_option_of_the_command_sets_the_form_for_clients_without_headers() -> None:
    with scripted(None, "--shape", "think-angles") as endpoint:
        assert parts(ask(endpoint.url, "chunks=2 rate=0", None)) == ("w1 w2 ", "".join(THOUGHT))
        assert parts(ask(endpoint.url, "chunks=2 rate=0", "")) == ("w1 w2 ", "")
