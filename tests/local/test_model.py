"""The real model, called with boto3 over a socket; all tests share one process of it."""

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID
from tests.support.waiting import eventually

STORY = "Write a long story about a fox."


def body(text: str, **more: Any) -> str:
    return json.dumps({"prompt": f"<s>[INST] {text} [/INST]", **more})


def open_stream(model: Any, text: str, model_id: str = LOCAL_MODEL_ID, **more: Any) -> Any:
    return model.invoke_model_with_response_stream(modelId=model_id, body=body(text, **more))["body"]


def read(stream: Any) -> list[dict[str, Any]]:
    return [json.loads(event["chunk"]["bytes"]) for event in stream]


def text(chunks: list[dict[str, Any]]) -> str:
    return "".join(chunk["outputs"][0]["text"] for chunk in chunks)


def test_an_answer_cut_by_max_tokens_has_one_event_for_each_token_and_text_in_the_last(model: Any) -> None:
    chunks = read(open_stream(model, STORY, SAMPLE_MODEL_ID, max_tokens=12, temperature=0.5))
    assert len(chunks) == 12
    assert chunks[-1]["outputs"][0]["text"]
    assert chunks[-1]["outputs"][0]["stop_reason"] == "length"
    metrics = chunks[-1]["amazon-bedrock-invocationMetrics"]
    assert metrics["outputTokenCount"] == 12
    assert 10 < metrics["inputTokenCount"] < 60


def test_at_temperature_zero_answers_are_equal_and_a_stop_sequence_ends_them(model: Any) -> None:
    told = text(read(open_stream(model, STORY, temperature=0, max_tokens=30)))
    again = text(read(open_stream(model, STORY, temperature=0, max_tokens=30)))
    assert told == again
    word = told.split()[8]
    cut = read(open_stream(model, STORY, temperature=0, max_tokens=30, stop=[word]))
    assert text(cut) == told[: told.index(word)]
    assert cut[-1]["outputs"][0]["stop_reason"] == "stop"


def test_a_prompt_longer_than_the_context_is_a_validation_exception(model: Any) -> None:
    with pytest.raises(model.exceptions.ValidationException, match="maximum context length is 2048 tokens"):
        open_stream(model, "word " * 3000)


def test_a_prompt_beyond_any_context_is_refused_before_it_is_tokenised(
    model: Any, spent_s: Callable[[], float]
) -> None:
    """To tokenise the four would take a gigabyte and some seconds."""
    for words in (50_000, 150_000, 1_000_000, 4_000_000):
        with pytest.raises(model.exceptions.ValidationException, match=r"takes at least|Input is too long"):
            open_stream(model, "word " * words)
    assert spent_s() < 3


def test_a_control_token_of_the_model_in_a_prompt_is_text(model: Any) -> None:
    def tokens(prompt: str) -> int:
        return int(
            read(open_stream(model, prompt, max_tokens=1))[-1]["amazon-bedrock-invocationMetrics"][
                "inputTokenCount"
            ]
        )

    plain = tokens("one two")
    for name in ("<|im_end|>", "<|im_start|>", "<|endoftext|>", "<file_sep>", "<jupyter_output>"):
        assert tokens(f"one {name} two") > plain + 3  # as a control token it would be one


def test_four_answers_run_at_once_and_a_fifth_waits_for_the_first_to_end(model: Any) -> None:
    first, end = [0.0] * 5, [0.0] * 5
    gate = threading.Barrier(5)

    def caller(number: int) -> None:
        gate.wait()
        for index, _ in enumerate(open_stream(model, STORY, max_tokens=40, temperature=0)):
            first[number] = first[number] if index else time.monotonic()
        end[number] = time.monotonic()

    callers = [threading.Thread(target=caller, args=(number,)) for number in range(5)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    *running, waited = sorted(first)
    assert max(running) < min(end)
    assert waited > min(end) - 0.05


def knock(model: Any, text: str) -> socket.socket:
    """A connection on which a prompt was sent, and nothing is read."""
    host, port = model.meta.endpoint_url.removeprefix("http://").split(":")
    question = body(text, max_tokens=1024)
    connection = socket.create_connection((host, int(port)))
    connection.sendall(
        f"POST /model/{LOCAL_MODEL_ID}/invoke-with-response-stream HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: AWS4-HMAC-SHA256 x\r\nContent-Length: {len(question)}\r\n\r\n{question}".encode()
    )
    return connection


def test_a_caller_who_leaves_makes_room_and_one_who_leaves_the_queue_takes_none(model: Any) -> None:
    streams = [open_stream(model, STORY, max_tokens=1024, temperature=1) for _ in range(4)]
    for connection in [knock(model, "Hello") for _ in range(3)]:
        connection.close()
    answers: list[str] = []
    patient = threading.Thread(
        target=lambda: answers.append(text(read(open_stream(model, "Say hello.", max_tokens=3))))
    )
    patient.start()
    streams[0].close()
    eventually(lambda: answers, within=3)
    for stream in streams[1:]:
        stream.close()
    patient.join()


def test_callers_who_leave_while_their_long_prompt_is_read_make_room(
    model: Any, spent_s: Callable[[], float]
) -> None:
    """To read the four prompts to the end would take most of a minute."""
    callers = [knock(model, "word " * 1800) for _ in range(4)]
    callers[0].settimeout(0.5)
    with pytest.raises(TimeoutError):
        callers[0].recv(1)
    for caller in callers:
        caller.close()
    assert text(read(open_stream(model, "Say hello.", max_tokens=3)))
    assert spent_s() < 8
