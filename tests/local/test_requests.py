"""Bodies of InvokeModel become Jobs, or errors in Bedrock's words."""

import json
import time
from typing import Any

import pytest

from lib.local.engine import ChatMessage, Job, WireError
from lib.local.requests import read_job
from lib.mistral.catalog import Model, models
from lib.mistral.dialects import body
from tests.support.makers import with_every_number

LARGE = "mistral.mistral-large-2402-v1:0"
LARGE_2 = "mistral.mistral-large-2407-v1:0"
LARGE_3 = "mistral.mistral-large-3-675b-instruct"
PIXTRAL = "mistral.pixtral-large-2502-v1:0"
HELLO = [{"role": "user", "content": "Hello"}]


def job(model_id: str, **fields: Any) -> Job:
    return read_job(model_id, json.dumps(fields).encode(), "id")


def refusal(model_id: str, body: bytes) -> str:
    with pytest.raises(WireError) as caught:
        read_job(model_id, body, "id")
    assert (caught.value.status, caught.value.code) == (400, "ValidationException")
    return caught.value.message


def test_a_prompt_becomes_turns_and_a_system_text() -> None:
    read = job(
        LARGE, prompt="<s>[INST] <<SYS>>Be brief.<</SYS>> Hi [/INST] Hello.</s>[INST] And now? [/INST]"
    )
    assert read.messages == (
        ChatMessage("system", "Be brief."),
        ChatMessage("user", "Hi"),
        ChatMessage("assistant", "Hello."),
        ChatMessage("user", "And now?"),
    )


def test_a_prompt_of_blanks_is_a_turn() -> None:
    assert job(LARGE, prompt="  ").messages == (ChatMessage("user", "  "),)


def test_what_is_not_sent_takes_the_models_own_default() -> None:
    read = job("mistral.mistral-7b-instruct-v0:2", prompt="Hi")
    assert (read.temperature, read.top_p, read.top_k, read.max_tokens, read.stop) == (0.5, 0.9, 50, 512, ())


def test_the_temperature_reaches_the_engine_as_asked() -> None:
    assert job(LARGE, prompt="Hi", temperature=0.83).temperature == 0.83
    assert job(LARGE, prompt="Hi", temperature=0).temperature == 0


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_every_parameter_of_a_model_is_taken_and_its_type_is_checked(model: Model) -> None:
    asked = json.loads(body(with_every_number(model)))
    assert job(model.id, **asked).model_id == model.id
    for name in model.parameters:
        assert f"#/{name}: expected type:" in refusal(model.id, json.dumps({**asked, name: {}}).encode())


@pytest.mark.parametrize("model_id", [LARGE, LARGE_2])
def test_the_two_models_with_two_dialects_take_prompt_and_messages(model_id: str) -> None:
    assert job(model_id, prompt="Hello", top_k=7).dialect == "text"
    assert job(model_id, messages=HELLO).dialect == "message"
    assert job(model_id, prompt="Hello").model_id == job(model_id, messages=HELLO).model_id == model_id


@pytest.mark.parametrize(
    ("model_id", "dialect"),
    [
        (f"us.{PIXTRAL}", "message"),
        (f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.{PIXTRAL}", "message"),
        (f"arn:aws:bedrock:us-east-1::foundation-model/{LARGE_3}", "delta"),
        ("mistral.a-model-of-next-year", "delta"),
    ],
)
def test_profiles_arns_and_newer_models_are_understood(model_id: str, dialect: str) -> None:
    assert job(model_id, messages=HELLO).dialect == dialect


def test_the_newest_dialect_takes_a_stream_flag_a_system_text_and_text_parts() -> None:
    parts = [{"type": "text", "text": "Hello"}, {"type": "text", "text": "there"}]
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": parts}]
    read = job(LARGE_3, messages=messages, stream=True)
    assert read.messages == (ChatMessage("system", "Be brief."), ChatMessage("user", "Hello\nthere"))


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        (
            {"messages": HELLO},
            "#: required key [prompt] not found#: extraneous key [messages] is not permitted",
        ),
        ({}, "#: required key [prompt] not found"),
        ({"prompt": "Hi", "seed": 1}, "#: extraneous key [seed] is not permitted"),
        ({"prompt": 3}, "#/prompt: expected type: String, found: Integer"),
        ({"prompt": ""}, "#/prompt: expected minLength: 1, actual: 0"),
        ({"prompt": "a\ud800b"}, "#/prompt: holds a lone surrogate, which is not a character"),
        ({"prompt": "Hi", "stop": ["\udfff"]}, "#/stop/0: holds a lone surrogate, which is not a character"),
        ({"prompt": "Hi", "\ud800": 1}, "#: extraneous key [\\ud800] is not permitted"),
        ({"prompt": "Hi", "max_tokens": 4097}, "#/max_tokens: 4097 is not less or equal to 4096"),
        ({"prompt": "Hi", "temperature": 10**400}, f"#/temperature: {10**400} is not less or equal to 1"),
        ({"prompt": "Hi", "temperature": 1.5}, "#/temperature: 1.5 is not less or equal to 1"),
        ({"prompt": "Hi", "temperature": -1}, "#/temperature: -1 is not greater or equal to 0"),
        ({"prompt": "Hi", "temperature": "0.5"}, "#/temperature: expected type: Number, found: String"),
        ({"prompt": "Hi", "temperature": True}, "#/temperature: expected type: Number, found: Boolean"),
        ({"prompt": "Hi", "temperature": None}, "#/temperature: expected type: Number, found: Null"),
        ({"prompt": "Hi", "top_k": 201}, "#/top_k: 201 is not less or equal to 200"),
        ({"prompt": "Hi", "top_k": 1.5}, "#/top_k: expected type: Integer, found: Double"),
        ({"prompt": "Hi", "max_tokens": 0}, "#/max_tokens: 0 is not greater or equal to 1"),
        ({"prompt": "Hi", "stop": "x"}, "#/stop: expected type: JSONArray, found: String"),
        ({"prompt": "Hi", "stop": [""]}, "#/stop/0: expected minLength: 1, actual: 0"),
        ({"prompt": "Hi", "stop": ["x"] * 11}, "#/stop: expected maximum item count: 10, found: 11"),
        ([], "#: expected type: JSONObject, found: JSONArray"),
    ],
)
def test_a_malformed_body_is_refused_in_bedrocks_words(fields: Any, what: str) -> None:
    message = refusal("mistral.mixtral-8x7b-instruct-v0:1", json.dumps(fields).encode())
    assert message == f"Malformed input request: {what}, please reformat your input and try again."


@pytest.mark.parametrize(
    "body", [b"", b"Hello", b'{"prompt": "Hi"', b"\xff", b'{"prompt": "Hi", "temperature": NaN}']
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    assert refusal(LARGE, body) == "Malformed input request, please reformat your input and try again."


@pytest.mark.parametrize(
    ("messages", "what"),
    [
        ([], "expected minimum item count: 1"),
        ("Hello", "#/messages: expected type: JSONArray, found: String"),
        (["Hello"], "#/messages/0: expected type: JSONObject, found: String"),
        ([{"role": "robot", "content": "Hi"}], '#/messages/0/role: "robot" is not a valid enum value'),
        ([{"role": "user", "content": "\udc00"}], "#/messages/0/content: holds a lone surrogate"),
        (
            [{"role": "user", "content": [{"type": "text", "text": "\udc00"}]}],
            "#/messages/0/content: holds a lone surrogate",
        ),
        ([{"role": "user"}], "#/messages/0/content: expected type: String, found: Null"),
        ([{"role": "assistant", "content": "Hi"}], "Expected last role User"),
        ([{"role": "tool", "content": "4"}], "doesn't support tool use"),
        ([{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}], "takes text only"),
    ],
)
def test_messages_that_cannot_be_answered_are_refused(messages: Any, what: str) -> None:
    assert what in refusal(LARGE_3, json.dumps({"messages": messages}).encode())


def test_tools_are_refused_and_not_silently_ignored() -> None:
    body = json.dumps({"messages": HELLO, "tools": [{"type": "function"}]}).encode()
    assert "doesn't support tool use" in refusal(LARGE_2, body)


@pytest.mark.parametrize("model_id", ["anthropic.claude-3-haiku", "gpt-4", "mistral", ""])
def test_a_model_that_is_not_mistrals_is_unknown(model_id: str) -> None:
    assert refusal(model_id, b'{"prompt": "Hi"}') == "The provided model identifier is invalid."


def test_deep_nesting_is_refused_and_does_not_break_the_process() -> None:
    assert "Malformed input request" in refusal(LARGE, b'{"prompt": ' + b"[" * 100_000)


@pytest.mark.parametrize(
    "model_id",
    [LARGE, "mistral.mistral-small-2402-v1:0", "mistral.mistral-7b-instruct-v0:2"],
)
def test_max_tokens_is_accepted_up_to_what_aws_documents(model_id: str) -> None:
    assert job(model_id, prompt="Hi", max_tokens=8192).max_tokens == 8192
    assert "8193 is not less" in refusal(model_id, b'{"prompt": "Hi", "max_tokens": 8193}')


def test_a_prompt_of_many_turns_is_read_in_linear_time() -> None:
    """It takes a hundredth of half a second; with the texts joined pair by pair it would take minutes."""
    prompt = "</s>[INST] wind [/INST]</s>" * 40_000
    started = time.process_time()
    (message,) = job(LARGE, prompt=prompt).messages
    assert len(message.content) == 40_000 * 6 - 2
    assert time.process_time() - started < 0.5
