"""The HTTP side of the endpoint, with the scripted engine: chunks, errors, headers, and who may call."""

import http.client
import itertools
import json
import socket
import time
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EventStreamError

from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID
from tests.support.scripted_endpoint import state
from tests.support.waiting import eventually

PIXTRAL_ARN = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.mistral.pixtral-large-2502-v1:0"


def prompt(text: str, **more: Any) -> str:
    return json.dumps({"prompt": f"<s>[INST] {text} [/INST]", **more})


def messages(text: str, **more: Any) -> str:
    return json.dumps({"messages": [{"role": "user", "content": text}], **more})


def chunks(response: Any) -> list[dict[str, Any]]:
    return [json.loads(event["chunk"]["bytes"]) for event in response["body"]]


def ask(runtime: Any, body: str, model: str = SAMPLE_MODEL_ID) -> list[dict[str, Any]]:
    return chunks(runtime.invoke_model_with_response_stream(modelId=model, body=body))


def events(log: Path, request_id: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    return [line for line in lines if line["id"] == request_id]


def test_every_chunk_arrives_once_and_the_last_carries_text_reason_and_metrics(runtime: Any) -> None:
    received = ask(runtime, prompt("chunks=300 rate=0", max_tokens=1000))
    assert "".join(chunk["outputs"][0]["text"] for chunk in received) == "".join(
        f"w{n} " for n in range(1, 301)
    )
    assert all(chunk["outputs"][0]["stop_reason"] is None for chunk in received[:-1])
    assert received[-1]["outputs"] == [{"text": "w300 ", "stop_reason": "stop"}]
    metrics = received[-1]["amazon-bedrock-invocationMetrics"]
    assert list(metrics) == ["inputTokenCount", "outputTokenCount", "invocationLatency", "firstByteLatency"]
    assert metrics["outputTokenCount"] == 300


def test_a_chunk_is_sent_when_it_is_made(runtime: Any) -> None:
    response = runtime.invoke_model_with_response_stream(
        modelId=SAMPLE_MODEL_ID, body=prompt("chunks=4 rate=10")
    )
    arrivals = [time.monotonic() for _ in response["body"]]
    assert all(later - earlier > 0.05 for earlier, later in itertools.pairwise(arrivals))
    assert len(arrivals) == 4


def test_the_metrics_have_the_wait_for_the_first_chunk_in_milliseconds(runtime: Any) -> None:
    metrics = ask(runtime, prompt("first=0.3 chunks=2 rate=10"))[-1]["amazon-bedrock-invocationMetrics"]
    assert 300 <= metrics["firstByteLatency"] < 1500
    assert metrics["invocationLatency"] >= metrics["firstByteLatency"] + 90


def test_a_chunk_of_the_message_dialect_has_a_message(runtime: Any) -> None:
    received = ask(runtime, messages("chunks=2 rate=0"), SAMPLE_MODEL_ID)
    expected = {"index": 0, "message": {"role": "assistant", "content": "w1 "}, "stop_reason": None}
    assert received[0] == {"choices": [expected]}
    assert received[-1]["choices"][0]["stop_reason"] == "stop"


def test_a_chunk_of_the_delta_dialect_has_a_delta(runtime: Any) -> None:
    received = ask(runtime, messages("chunks=2 rate=0", stream=True), "mistral.ministral-3-8b-instruct")
    assert {chunk["object"] for chunk in received} == {"chat.completion.chunk"}
    assert [chunk["choices"][0]["delta"]["content"] for chunk in received] == ["w1 ", "w2 "]
    assert [chunk["choices"][0]["finish_reason"] for chunk in received] == [None, "stop"]
    assert received[-1]["amazon-bedrock-invocationMetrics"]["outputTokenCount"] == 2


def test_an_arn_with_slashes_and_colons_reaches_its_model(runtime: Any) -> None:
    assert "message" in ask(runtime, messages("Hello rate=0"), PIXTRAL_ARN)[0]["choices"][0]


def test_response_headers_are_those_of_bedrock(runtime: Any) -> None:
    response = runtime.invoke_model_with_response_stream(modelId=LOCAL_MODEL_ID, body=prompt("Hello rate=0"))
    chunks(response)
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-type"] == "application/vnd.amazon.eventstream"
    assert headers["transfer-encoding"] == "chunked"
    assert response["contentType"] == "application/json"
    assert len(response["ResponseMetadata"]["RequestId"]) == 36


@pytest.mark.parametrize(
    ("model", "body", "path"),
    [
        (LOCAL_MODEL_ID, prompt("chunks=3 rate=0"), ("outputs", 0, "text")),
        (SAMPLE_MODEL_ID, messages("chunks=3 rate=0"), ("choices", 0, "message", "content")),
        ("mistral.devstral-2-123b", messages("chunks=3 rate=0"), ("choices", 0, "message", "content")),
    ],
)
def test_invoke_answers_in_one_piece_with_its_counts_in_the_headers(
    runtime: Any, model: str, body: str, path: tuple[str | int, ...]
) -> None:
    response = runtime.invoke_model(modelId=model, body=body)
    found = json.load(response["body"])
    for step in path:
        found = found[step]
    assert found == "w1 w2 w3 "
    headers = response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["x-amzn-bedrock-output-token-count"] == "3"
    assert int(headers["x-amzn-bedrock-input-token-count"]) > 0
    assert int(headers["x-amzn-bedrock-invocation-latency"]) >= 0


def test_max_tokens_and_stop_sequences_end_the_answer(runtime: Any) -> None:
    cut = ask(runtime, prompt("chunks=50 rate=0", max_tokens=3))
    assert [chunk["outputs"][0]["stop_reason"] for chunk in cut] == [None, None, "length"]
    stopped = ask(runtime, prompt("chunks=50 rate=0", stop=["w3"]))
    assert "".join(chunk["outputs"][0]["text"] for chunk in stopped) == "w1 w2 "
    assert stopped[-1]["outputs"][0]["stop_reason"] == "stop"


def test_a_setting_out_of_range_is_a_validation_exception(runtime: Any) -> None:
    with pytest.raises(
        runtime.exceptions.ValidationException, match="#/temperature: 7 is not less or equal to 1"
    ):
        ask(runtime, prompt("Hello", temperature=7))


def test_a_failure_before_the_first_token_is_an_http_error(runtime: Any) -> None:
    with pytest.raises(runtime.exceptions.ModelErrorException) as caught:
        ask(runtime, prompt("fail=0"))
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert len(caught.value.response["ResponseMetadata"]["RequestId"]) == 36


def test_a_failure_after_the_first_token_is_an_exception_in_the_stream(runtime: Any) -> None:
    response = runtime.invoke_model_with_response_stream(
        modelId=SAMPLE_MODEL_ID, body=prompt("fail=3 rate=0")
    )
    received = iter(response["body"])
    assert len(list(itertools.islice(received, 3))) == 3
    with pytest.raises(EventStreamError, match=r"modelStreamErrorException.*as it was told to"):
        next(received)


def test_a_caller_who_leaves_in_mid_answer_stops_the_engine(runtime: Any, url: str, log: Path) -> None:
    response = runtime.invoke_model_with_response_stream(
        modelId=SAMPLE_MODEL_ID, body=prompt("chunks=4000 rate=100", max_tokens=4096)
    )
    next(iter(response["body"]))
    response["body"].close()
    request_id = response["ResponseMetadata"]["RequestId"]
    eventually(lambda: events(log, request_id)[-1]["event"] == "gone", within=1)
    assert [event["event"] for event in events(log, request_id)] == ["open", "first", "gone"]
    last = events(log, request_id)[-1]
    assert last["text"].split() == [f"w{n}" for n in range(1, last["sent"] + 1)]
    assert state(url)["active"] == 0


def test_a_caller_who_leaves_before_the_first_token_stops_the_engine(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    body = prompt("first=60")
    signature = "AWS4-HMAC-SHA256 Credential=x"
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            f"POST /model/{LOCAL_MODEL_ID}/invoke-with-response-stream HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Authorization: {signature}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        eventually(lambda: state(url)["active"] == 1)
    eventually(lambda: state(url)["active"] == 0, within=1)


def get(url: str, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    connection.request("GET", path, headers=headers)
    return connection.getresponse()


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer ", "Basic abc", "AWS4-HMAC-SHA256"])
def test_what_carries_no_credentials_is_refused(url: str, authorization: str | None) -> None:
    response = get(url, "/foundation-models", **({"Authorization": authorization} if authorization else {}))
    assert response.status == 403
    assert response.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException:"
    assert json.load(response) == {"message": "Missing Authentication Token"}


def test_a_bearer_token_is_accepted_because_the_sdks_for_java_and_javascript_send_it(url: str) -> None:
    assert get(url, "/foundation-models", Authorization="Bearer abc").status == 200


@pytest.mark.parametrize("authorization", ["Bearer abc", "AWS4-HMAC-SHA256 Credential=x"])
def test_a_web_page_is_refused_whatever_it_sends(url: str, authorization: str) -> None:
    response = get(url, "/foundation-models", Authorization=authorization, Origin="https://evil.example")
    assert response.status == 403
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Headers": "authorization"}
    connection.request("OPTIONS", f"/model/{LOCAL_MODEL_ID}/invoke", headers=asked)
    preflight = connection.getresponse()
    assert preflight.status == 403
    assert not [name for name in preflight.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80"])
def test_another_host_name_is_refused_as_aws_refuses(url: str, host: str) -> None:
    response = get(url, "/foundation-models", Host=host, Authorization="AWS4-HMAC-SHA256 Credential=x")
    assert response.status == 400
    assert response.headers["x-amzn-ErrorType"] == "ValidationException:"
    assert "127.0.0.1 and localhost only" in json.load(response)["message"]


def test_what_is_no_request_is_refused_as_aws_refuses(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 5) as connection:
        connection.sendall(b"this is no request line\r\n\r\n")
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 400
        assert response.headers["x-amzn-ErrorType"] == "ValidationException:"
        assert json.load(response) == {"message": "Invalid HTTP request received."}


def test_health_needs_no_signature_and_says_nothing_else(url: str) -> None:
    response = get(url, "/health")
    assert (response.status, response.read()) == (200, b"ok")


def test_the_error_for_an_unknown_operation_names_those_that_exist(runtime: Any) -> None:
    with pytest.raises(ClientError, match=r"UnknownOperationException.*It has InvokeModel, .*Converse"):
        runtime.apply_guardrail(
            guardrailIdentifier="x", guardrailVersion="1", source="INPUT", content=[{"text": {"text": "Hi"}}]
        )
