"""Converse and ConverseStream, translated to and from the engine's own request.

A request can have system texts, messages of text, inferenceConfig, and in additionalModelRequestFields the
parameters of the model that inferenceConfig does not have. What a small model cannot do (tools, images,
documents, structured output) is refused with a sentence that says so.
Shapes: botocore 1.44.5's model of bedrock-runtime. Sentences: Bedrock's own where public issues quote them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lib.local import frames, replies
from lib.local.engine import ChatMessage, End, Job, Piece
from lib.local.operations import Operation
from lib.local.requests import (
    addressed,
    invalid,
    json_object,
    make_job,
    malformed,
    quoted,
    refuse_problems,
    setting_problems,
    type_name,
    well_formed,
)

SETTINGS = {
    "maxTokens": "max_tokens",
    "temperature": "temperature",
    "topP": "top_p",
    "stopSequences": "stop",
}
"""Fields of inferenceConfig, and the same setting in the engine's own request."""
REFUSED = {
    "toolConfig": "This local model doesn't support tool use. Try again without toolConfig.",
    "outputConfig": "This local model doesn't support structured output. Try again without outputConfig.",
    "guardrailConfig": "This local endpoint has no guardrails. Try again without guardrailConfig.",
    "promptVariables": "This local endpoint has no prompt management. Try again without promptVariables.",
}
IGNORED = frozenset(
    {
        "additionalModelResponseFieldPaths",
        "performanceConfig",
        "projectIdentifier",
        "requestMetadata",
        "serviceTier",
    }
)
"""Fields that are accepted without effect: they concern price, speed, logs or more fields of the answer."""
STOP_REASONS = {"stop": "end_turn", "length": "max_tokens"}


def read(model_id: str, body: bytes, request_id: str) -> Job:
    """The job that a Converse body asks of a model. Raises WireError: a ValidationException."""
    fields = json_object(body)
    for name, value in fields.items():
        if name in REFUSED and value:
            invalid(REFUSED[name])
    known = {"messages", "system", "inferenceConfig", "additionalModelRequestFields", "modelId"}
    refuse_problems(
        f"#: extraneous key [{quoted(name)}] is not permitted"
        for name in fields.keys() - known - REFUSED.keys() - IGNORED
    )
    system = _texts("system", _list("system", fields.get("system")))
    messages = tuple(
        _message(at, entry) for at, entry in enumerate(_list("messages", fields.get("messages")))
    )
    _check_turns(messages)
    model, _, parameters = addressed(model_id, {})
    settings = _settings(fields)
    refuse_problems(setting_problems(settings, parameters))
    said = (ChatMessage("system", system), *messages) if system else messages
    return make_job(request_id, model, "message", parameters, settings, said)


def _settings(fields: Mapping[str, Any]) -> dict[str, Any]:
    config = _object("inferenceConfig", fields.get("inferenceConfig"))
    refuse_problems(
        f"#/inferenceConfig: extraneous key [{quoted(name)}] is not permitted"
        for name in config.keys() - SETTINGS.keys()
    )
    more = _object("additionalModelRequestFields", fields.get("additionalModelRequestFields"))
    return {**more, **{SETTINGS[name]: value for name, value in config.items() if value is not None}}


def _message(at: int, entry: Any) -> ChatMessage:
    entry = _object(f"messages.{at}", entry)
    role = entry.get("role")
    if role not in ("user", "assistant", "system"):
        malformed(f"#/messages/{at}/role: {json.dumps(role)[:80]} is not a valid enum value")
    where = f"messages.{at}.content"
    blocks = _list(where, entry.get("content"))
    if not blocks:
        invalid(
            f"The content field in the Message object at messages.{at} is empty. Add a ContentBlock object."
        )
    return ChatMessage(role, _texts(where, blocks))


def _texts(where: str, blocks: list[Any]) -> str:
    """The texts of content blocks, a line break between them."""
    texts = []
    for at, entry in enumerate(blocks):
        block = _object(f"{where}.{at}", entry)
        if other := block.keys() - {"text"}:
            invalid(
                f'This local model takes text only, and {where}.{at} has "{quoted(min(other))}". '
                "Try again without tools, images, documents and other content."
            )
        text = block.get("text")
        if not isinstance(text, str):
            malformed(
                f"#/{where.replace('.', '/')}/{at}/text: expected type: String, found: {type_name(text)}"
            )
        if not text.strip():
            invalid(
                f"The text field in the ContentBlock object at {where}.{at} is blank. Add text to the text "
                "field, and try again."
            )
        refuse_problems(well_formed(f"#/{where.replace('.', '/')}/{at}/text", text))
        texts.append(text)
    return "\n".join(texts)


def _check_turns(messages: tuple[ChatMessage, ...]) -> None:
    turns = [message.role for message in messages if message.role != "system"]
    if not turns or turns[0] != "user":
        invalid(
            "A conversation must start with a user message. Try again with a conversation that starts with a "
            "user message."
        )
    if turns[-1] != "user":
        invalid("A conversation must end with a user message. Try again without a last assistant message.")


def _list(where: str, value: Any) -> list[Any]:
    if value is not None and not isinstance(value, list):
        malformed(f"#/{where.replace('.', '/')}: expected type: JSONArray, found: {type_name(value)}")
    return value or []


def _object(where: str, value: Any) -> dict[str, Any]:
    if value is not None and not isinstance(value, dict):
        malformed(f"#/{where.replace('.', '/')}: expected type: JSONObject, found: {type_name(value)}")
    return value or {}


def _events(_: Job, piece: Piece, clock: replies.Clock) -> bytes:
    """The frames of one piece: its text, and with the last piece what ends a stream."""
    sent = b""
    if piece.text or not piece.end:
        sent = _event("contentBlockDelta", {"delta": {"text": piece.text}, "contentBlockIndex": 0})
    if piece.end:
        sent += _event("contentBlockStop", {"contentBlockIndex": 0})
        sent += _event("messageStop", {"stopReason": STOP_REASONS[piece.end.stop_reason]})
        sent += _event("metadata", _counts(piece.end, clock))
    return sent


def _whole(_: Job, text: str, end: End, clock: replies.Clock) -> tuple[bytes, Mapping[str, str]]:
    document = {
        "output": {"message": {"role": "assistant", "content": [{"text": text}]}},
        "stopReason": STOP_REASONS[end.stop_reason],
        **_counts(end, clock),
    }
    return replies.encode(document), {}


def _counts(end: End, clock: replies.Clock) -> dict[str, Any]:
    usage = {
        "inputTokens": end.input_tokens,
        "outputTokens": end.output_tokens,
        "totalTokens": end.input_tokens + end.output_tokens,
    }
    return {"usage": usage, "metrics": {"latencyMs": clock.elapsed_ms()}}


def _event(kind: str, document: Mapping[str, Any]) -> bytes:
    return frames.event(kind, replies.encode(document))


CONVERSE = Operation(
    read=read,
    opening=_event("messageStart", {"role": "assistant"}),
    events=_events,
    whole=_whole,
    stream_headers={},
    exceptions=frozenset(
        {
            "InternalServerException",
            "ModelStreamErrorException",
            "ValidationException",
            "ThrottlingException",
            "ServiceUnavailableException",
        }
    ),
)
"""Converse and ConverseStream; exceptions: ConverseStreamOutput in botocore 1.44.5's model."""
