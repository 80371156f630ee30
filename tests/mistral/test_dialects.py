"""Bodies as the docs print them, and chunks in every shape that was seen or must be expected."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Model, models
from lib.mistral.dialects import Chunk, ChunkError, Usage, body, read_chunk
from lib.mistral.prompt import parse
from lib.mistral.recipe import NUMBERS, Message, Recipe
from tests.support.makers import with_every_number

MESSAGE = "mistral.mistral-large-2407-v1:0"
DELTA = "mistral.ministral-3-8b-instruct"
TALK = (Message("user", "Is it windy?"), Message("assistant", "Yes."), Message("user", "Où ?"))

METRICS = {"inputTokenCount": 9, "outputTokenCount": 30, "invocationLatency": 812, "firstByteLatency": 95}
USAGE = Usage(input_tokens=9, output_tokens=30, latency_ms=812, first_byte_ms=95)


def read(fields: object) -> Chunk:
    return read_chunk(json.dumps(fields).encode())


def text_chunk(text: object, reason: object = None, **more: object) -> dict[str, Any]:
    return {"outputs": [{"text": text, "stop_reason": reason}], **more}


def message_chunk(content: object, reason: object = None, **more: object) -> dict[str, Any]:
    message = {"role": "assistant", "content": content}
    return {"choices": [{"index": 0, "message": message, "stop_reason": reason}], **more}


def delta_chunk(content: object, reason: object = None, **more: object) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", "content": content}, "finish_reason": reason}
    return {"object": "chat.completion.chunk", "choices": [choice], **more}


every_dialect = pytest.mark.parametrize("chunk", [text_chunk, message_chunk, delta_chunk])


def test_the_text_body_is_the_prompt_and_its_parameters_in_documented_order() -> None:
    recipe = Recipe(
        model_id=SAMPLE_MODEL_ID,
        messages=TALK,
        system="Be brief.",
        temperature=0.5,
        top_p=0.9,
        top_k=50,
        max_tokens=512,
        stop=("END",),
    )
    assert body(recipe).decode() == (
        '{"prompt": "<s>[INST] Be brief.\\n\\nIs it windy? [/INST] Yes.</s>[INST] Où ? [/INST]", '
        '"max_tokens": 512, "stop": ["END"], "temperature": 0.5, "top_p": 0.9, "top_k": 50}'
    )


@pytest.mark.parametrize("model_id", [MESSAGE, DELTA])
def test_the_other_bodies_are_messages_with_the_system_text_first(model_id: str) -> None:
    recipe = Recipe(
        model_id=model_id,
        messages=TALK,
        system="Be brief.",
        temperature=0.0,
        top_p=1.0,
        max_tokens=64,
        stop=("END",),
    )
    assert body(recipe).decode() == (
        '{"messages": [{"role": "system", "content": "Be brief."}, '
        '{"role": "user", "content": "Is it windy?"}, {"role": "assistant", "content": "Yes."}, '
        '{"role": "user", "content": "Où ?"}], '
        '"max_tokens": 64, "top_p": 1.0, "temperature": 0.0, "stop": ["END"]}'
    )


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_every_number_that_the_model_takes_is_sent(model: Model) -> None:
    recipe = with_every_number(model)
    sent = json.loads(body(recipe))
    for name in model.parameters.keys() & NUMBERS:
        assert sent[name] == getattr(recipe, name)


@pytest.mark.parametrize("model", models(), ids=lambda model: model.id)
def test_what_is_not_set_is_not_sent(model: Any) -> None:
    sent = json.loads(body(Recipe(model_id=model.id, messages=TALK, system=" \n")))
    if model.dialect == "text":
        assert sent == {"prompt": "<s>[INST] Is it windy? [/INST] Yes.</s>[INST] Où ? [/INST]"}
    else:
        assert sent == {"messages": [{"role": turn.role, "content": turn.text} for turn in TALK]}


@given(st.text(min_size=1).filter(str.strip), st.text())
def test_messages_carry_any_text_unchanged(text: str, system: str) -> None:
    recipe = Recipe(model_id=DELTA, messages=(Message("user", text),), system=system)
    messages = json.loads(body(recipe).decode("utf-8"))["messages"]
    expected = [{"role": "system", "content": system}] if system.strip() else []
    assert messages == [*expected, {"role": "user", "content": text}]


def test_the_local_model_is_asked_like_mistral_large() -> None:
    sample, local = (body(Recipe(model_id=each, messages=TALK)) for each in (SAMPLE_MODEL_ID, LOCAL_MODEL_ID))
    assert sample == local
    assert parse(json.loads(local)["prompt"]) == ("", TALK)


@every_dialect
@given(text=st.text())
def test_every_dialect_reads_back_any_text(chunk: Any, text: str) -> None:
    assert read(chunk(text)) == Chunk(text, None, None, blocked=False)


@every_dialect
def test_a_leading_space_belongs_to_the_text(chunk: Any) -> None:
    assert read(chunk(" To")).text == " To"


@every_dialect
@pytest.mark.parametrize("reason", ["stop", "length"])
def test_the_last_chunk_gives_text_stop_reason_and_usage_together(chunk: Any, reason: str) -> None:
    last = chunk(")", reason, **{"amazon-bedrock-invocationMetrics": METRICS})
    assert read(last) == Chunk(")", reason, USAGE, blocked=False)


@pytest.mark.parametrize("key", ["message", "delta"])
@pytest.mark.parametrize("spelling", ["stop_reason", "finish_reason"])
def test_both_spellings_of_the_stop_reason_are_read(key: str, spelling: str) -> None:
    assert read({"choices": [{key: {"content": ""}, spelling: "length"}]}).stop_reason == "length"


def test_a_null_in_one_spelling_does_not_hide_the_other() -> None:
    choice = {"delta": {"content": "x"}, "stop_reason": None, "finish_reason": "stop"}
    assert read({"choices": [choice]}).stop_reason == "stop"


@pytest.mark.parametrize("key", ["message", "delta"])
def test_a_tool_call_has_no_text_and_its_own_stop_reason(key: str) -> None:
    call = {"id": "c1", "function": {"name": "wind", "arguments": '{"town": "Arles"}'}}
    choice = {"index": 0, key: {"role": "assistant", "content": "", "tool_calls": [call]}}
    chunk = read({"choices": [{**choice, "stop_reason": "tool_calls"}]})
    assert chunk == Chunk("", "tool_calls", None, blocked=False)


def test_a_last_delta_without_content_still_stops() -> None:
    chunk = read({"choices": [{"delta": {}, "finish_reason": "stop", "index": 0}], "model": "m"})
    assert chunk == Chunk("", "stop", None, blocked=False)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"outputs": []},
        {"outputs": None},
        {"outputs": [None]},
        {"choices": []},
        {"choices": None},
        {"choices": "x"},
        {"choices": [{}]},
        {"choices": [{"delta": None, "finish_reason": None}]},
        {"choices": [{"delta": {"role": "assistant"}}]},
        text_chunk(None),
        message_chunk(None),
        delta_chunk(None, reason=5),
        delta_chunk([], reason=""),
        delta_chunk({"text": "x"}),
        {"amazon-bedrock-invocationMetrics": None, "usage": None},
        {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 1}},
        {"amazon-bedrock-invocationMetrics": {"inputTokenCount": True, "outputTokenCount": 2}},
        {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 1, "outputTokenCount": "2"}},
    ],
)
def test_what_is_empty_null_or_of_another_type_counts_as_absent(fields: object) -> None:
    assert read(fields) == Chunk("", None, None, blocked=False)


def test_bedrock_counts_cached_tokens_apart_and_openai_among_the_others() -> None:
    metrics = {"inputTokenCount": 9, "outputTokenCount": 3, "cacheReadInputTokenCount": 90}
    metrics["cacheWriteInputTokenCount"] = 5
    assert read({"amazon-bedrock-invocationMetrics": metrics}).usage == Usage(104, 3, None, None, 90)
    details = {"prompt_tokens": 99, "completion_tokens": 3, "prompt_tokens_details": {"cached_tokens": 90}}
    assert read({"usage": details}).usage == Usage(99, 3, None, None, 90)
    assert read({"usage": details | {"prompt_tokens_details": None}}).usage == Usage(99, 3, None, None)


def test_metrics_are_read_without_a_choice() -> None:
    assert read({"choices": [], "amazon-bedrock-invocationMetrics": METRICS}).usage == USAGE


def test_usage_needs_only_the_counts() -> None:
    metrics = {"inputTokenCount": 9, "outputTokenCount": 0}
    assert read({"amazon-bedrock-invocationMetrics": metrics}).usage == Usage(9, 0, None, None)


def test_the_openai_spelling_of_usage_is_read_where_bedrock_gives_none() -> None:
    usage = {"prompt_tokens": 4, "completion_tokens": 5, "total_tokens": 9}
    assert read({"choices": [], "usage": usage}).usage == Usage(4, 5, None, None)
    both = {"choices": [], "usage": usage, "amazon-bedrock-invocationMetrics": METRICS}
    assert read(both).usage == USAGE


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ([{"type": "text", "text": "Arles"}, {"type": "text", "text": " today"}], "Arles today"),
        (
            [
                {"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]},
                {"type": "text", "text": "Yes"},
            ],
            "Yes",
        ),
        (["plain ", {"text": "and part"}, None, 5, {"text": None}], "plain and part"),
    ],
)
def test_the_text_parts_of_a_list_are_joined(parts: list[Any], text: str) -> None:
    assert read(delta_chunk(parts)).text == text


@every_dialect
@pytest.mark.parametrize(("action", "blocked"), [("INTERVENED", True), ("NONE", False), (None, False)])
def test_a_guardrail_that_intervened_marks_the_chunk(chunk: Any, action: object, blocked: bool) -> None:
    fields = chunk("Sorry.", "stop", **{"amazon-bedrock-guardrailAction": action})
    assert read(fields) == Chunk("Sorry.", "stop", None, blocked=blocked, guardrail=())


def test_half_a_character_is_replaced_so_that_the_text_can_be_shown() -> None:
    assert read_chunk(rb'{"outputs": [{"text": "a\ud83d"}]}').text == "a\ufffd"
    assert read_chunk(rb'{"outputs": [{"text": "\ud83c\udf2c"}]}').text == "🌬"


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'"text"', b"1", b"\xff\xfe", b"[" * 100_000])
def test_bytes_that_are_no_json_object_raise_a_plain_sentence(data: bytes) -> None:
    with pytest.raises(ChunkError, match="not a JSON object"):
        read_chunk(data)


@given(st.binary())
def test_no_bytes_break_the_reader_in_another_way(data: bytes) -> None:
    with suppress(ChunkError):
        assert isinstance(read_chunk(data), Chunk)
