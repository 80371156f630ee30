"""Converse and ConverseStream, checked against botocore's model of the service."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import EventStreamError
from botocore.model import Shape

from lib.local.converse import CONVERSE
from lib.local.engine import ChatMessage, Job, WireError
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID
from tests.support.http2_client import Http2Client

MINISTRAL = "mistral.ministral-3-8b-instruct"
MODEL = botocore.session.get_session().get_service_model("bedrock-runtime")


def user(*texts: str) -> dict[str, Any]:
    return {"role": "user", "content": [{"text": text} for text in texts]}


def job(model_id: str = SAMPLE_MODEL_ID, **fields: Any) -> Job:
    return CONVERSE.read(model_id, json.dumps({"messages": [user("Hi")], **fields}).encode(), "id")


def refusal(**fields: Any) -> str:
    with pytest.raises(WireError) as caught:
        job(**fields)
    assert (caught.value.status, caught.value.code) == (400, "ValidationException")
    return caught.value.message


def misfits(shape: Shape, value: Any, at: str) -> Iterator[str]:
    """What a value has that botocore's shape does not have, and what it lacks of the required."""
    if shape.type_name == "structure":
        yield from (f"{at}.{name} is missing" for name in set(shape.required_members) - value.keys())
        yield from (f"{at}.{name} is unknown" for name in value.keys() - shape.members.keys())
        for name in value.keys() & shape.members.keys():
            yield from misfits(shape.members[name], value[name], f"{at}.{name}")
    elif shape.type_name == "list":
        for entry in value:
            yield from misfits(shape.member, entry, f"{at}[]")
    else:
        types = {"string": str, "integer": int, "long": int}
        if not isinstance(value, types[shape.type_name]):
            yield f"{at} is {value!r}"
        if getattr(shape, "enum", None) and value not in shape.enum:
            yield f"{at} is {value!r}, not one of {shape.enum}"


@pytest.fixture
def http2(url: str) -> Iterator[Http2Client]:
    client = Http2Client(url)
    yield client
    client.close()


class TestTheAnswer:
    def test_a_whole_answer_fits_the_model_of_the_service(self, http2: Http2Client) -> None:
        body = json.dumps({"messages": [user("chunks=3 rate=0")]}).encode()
        answer = http2.read(http2.ask(f"/model/{SAMPLE_MODEL_ID}/converse", body)).json()
        assert not list(misfits(MODEL.shape_for("ConverseResponse"), answer, "answer"))
        assert answer["output"] == {"message": {"role": "assistant", "content": [{"text": "w1 w2 w3 "}]}}
        assert answer["stopReason"] == "end_turn"
        assert answer["usage"] == {"inputTokens": 2, "outputTokens": 3, "totalTokens": 5}

    def test_every_event_of_a_stream_fits_the_model_of_the_service_and_comes_in_order(
        self, http2: Http2Client
    ) -> None:
        body = json.dumps({"messages": [user("chunks=3 rate=0")]}).encode()
        events = http2.read(http2.ask(f"/model/{SAMPLE_MODEL_ID}/converse-stream", body)).events()
        assert [kind for kind, _ in events] == [
            "messageStart",
            *["contentBlockDelta"] * 3,
            "contentBlockStop",
            "messageStop",
            "metadata",
        ]
        shapes = MODEL.shape_for("ConverseStreamOutput").members
        for kind, event in events:
            assert 2 <= len(str(event.pop("p"))) <= 62  # the padding, which the model does not name
            assert not list(misfits(shapes[kind], event, kind))

    def test_boto3_reads_a_stream(self, runtime: Any) -> None:
        response = runtime.converse_stream(
            modelId=MINISTRAL,
            messages=[user("chunks=50 rate=0")],
            inferenceConfig={"maxTokens": 4},
        )
        events = list(response["stream"])
        deltas = [event["contentBlockDelta"] for event in events if "contentBlockDelta" in event]
        assert "".join(delta["delta"]["text"] for delta in deltas) == "w1 w2 w3 w4 "
        assert events[0] == {"messageStart": {"role": "assistant"}}
        assert events[-2]["messageStop"]["stopReason"] == "max_tokens"
        assert events[-1]["metadata"]["usage"]["outputTokens"] == 4
        assert events[-1]["metadata"]["metrics"]["latencyMs"] >= 0

    def test_an_error_before_the_stream_is_an_http_error(self, runtime: Any) -> None:
        with pytest.raises(runtime.exceptions.ModelErrorException, match="as it was told to"):
            runtime.converse_stream(modelId=LOCAL_MODEL_ID, messages=[user("fail=0")])
        with pytest.raises(runtime.exceptions.ValidationException, match="identifier is invalid"):
            runtime.converse(modelId="anthropic.claude", messages=[user("Hi")])

    def test_an_error_inside_the_stream_is_an_exception_event(self, runtime: Any) -> None:
        response = runtime.converse_stream(modelId=LOCAL_MODEL_ID, messages=[user("fail=2 chunks=9 rate=0")])
        received = iter(response["stream"])
        assert len(list(itertools.islice(received, 3))) == 3
        with pytest.raises(EventStreamError, match=r"modelStreamErrorException.*as it was told to"):
            next(received)


class TestTheRequest:
    def test_system_texts_and_messages_become_turns(self) -> None:
        assistant = {"role": "assistant", "content": [{"text": "Hello."}]}
        read = job(
            system=[{"text": "Be brief."}, {"text": "Be kind."}],
            messages=[user("Hi", "there"), assistant, user("And now?")],
        )
        assert read.messages == (
            ChatMessage("system", "Be brief.\nBe kind."),
            ChatMessage("user", "Hi\nthere"),
            ChatMessage("assistant", "Hello."),
            ChatMessage("user", "And now?"),
        )

    def test_settings_are_those_of_the_model(self) -> None:
        config = {"maxTokens": 7, "temperature": 0.25, "topP": 0.5, "stopSequences": ["END"]}
        read = job(inferenceConfig=config, additionalModelRequestFields={"top_k": 3})
        assert (read.max_tokens, read.temperature, read.top_p, read.top_k) == (7, 0.25, 0.5, 3)
        assert read.stop == ("END",)
        default = job("mistral.mistral-7b-instruct-v0:2")
        assert (default.max_tokens, default.temperature, default.top_p, default.top_k) == (512, 0.5, 0.9, 50)

    def test_fields_without_effect_are_accepted(self) -> None:
        read = job(
            performanceConfig={"latency": "standard"},
            requestMetadata={"a": "b"},
            additionalModelResponseFieldPaths=["/stop"],
            toolConfig=None,
            inferenceConfig={},
            system=[],
        )
        assert read.messages == (ChatMessage("user", "Hi"),)

    def test_a_setting_that_is_null_is_as_if_it_were_not_there(self) -> None:
        null = job(inferenceConfig=dict.fromkeys(("maxTokens", "temperature", "topP", "stopSequences")))
        assert null == job()

    def test_a_system_message_may_stand_anywhere_in_a_conversation(self) -> None:
        system = {"role": "system", "content": [{"text": "Be brief."}]}
        for messages in ([system, user("Hi")], [user("Hi"), system]):
            read = set(job(messages=messages).messages)
            assert read == {ChatMessage("system", "Be brief."), ChatMessage("user", "Hi")}

    @pytest.mark.parametrize(
        ("fields", "what"),
        [
            ({"toolConfig": {"tools": [{}]}}, "doesn't support tool use"),
            ({"outputConfig": {"textFormat": {}}}, "doesn't support structured output"),
            ({"guardrailConfig": {"guardrailIdentifier": "x"}}, "has no guardrails"),
            ({"promptVariables": {"a": {"text": "b"}}}, "has no prompt management"),
            (
                {"messages": [{"role": "user", "content": [{"image": {}}]}]},
                'messages.0.content.0 has "image"',
            ),
            (
                {"messages": [{"role": "user", "content": [{"text": "a"}, {"document": {}}]}]},
                'messages.0.content.1 has "document"',
            ),
            ({"messages": [{"role": "user", "content": [{"toolResult": {}}]}]}, "Try again without tools"),
            ({"system": [{"cachePoint": {"type": "default"}}]}, 'system.0 has "cachePoint"'),
            ({"messages": []}, "must start with a user message"),
            ({"messages": [{"role": "assistant", "content": [{"text": "Hi"}]}]}, "must start with a user"),
            (
                {"messages": [user("Hi"), {"role": "assistant", "content": [{"text": "Hi"}]}]},
                "must end with a user message",
            ),
            ({"messages": [{"role": "user", "content": []}]}, "messages.0 is empty"),
            ({"messages": [user(" \n")]}, "messages.0.content.0 is blank"),
            ({"messages": [user("\ud800")]}, "#/messages/0/content/0/text: holds a lone surrogate"),
            ({"messages": [{"role": "robot", "content": []}]}, '"robot" is not a valid enum value'),
            ({"messages": "Hi"}, "#/messages: expected type: JSONArray, found: String"),
            ({"messages": ["Hi"]}, "#/messages/0: expected type: JSONObject, found: String"),
            ({"messages": [{"role": "user", "content": "Hi"}]}, "expected type: JSONArray, found: String"),
            ({"messages": [{"role": "user", "content": [{"text": 3}]}]}, "expected type: String"),
            ({"inferenceConfig": {"temperature": 1.5}}, "#/temperature: 1.5 is not less or equal to 1"),
            ({"inferenceConfig": {"topK": 5}}, "#/inferenceConfig: extraneous key [topK]"),
            ({"additionalModelRequestFields": {"seed": 5}}, "extraneous key [seed] is not permitted"),
            ({"prompt": "Hi"}, "#: extraneous key [prompt] is not permitted"),
        ],
    )
    def test_what_a_plain_conversation_does_not_have_is_refused_by_name(
        self, fields: dict[str, Any], what: str
    ) -> None:
        assert what in refusal(**fields)

    def test_every_field_of_the_request_in_botocores_model_is_known(self) -> None:
        for name in MODEL.shape_for("ConverseStreamRequest").members:
            if name != "messages":
                assert "extraneous" not in (refusal_or_nothing(name) or "")


def refusal_or_nothing(name: str) -> str | None:
    try:
        job(**{name: None})
    except WireError as error:
        return error.message
    return None
