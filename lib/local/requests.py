"""A request body becomes a Job, or the ValidationException that Bedrock would answer.

Bodies: AWS docs, model-parameters-mistral-text-completion and -chat-completion, 2026. The sentences have
the shape of Bedrock's own as public issues quote them ("#: required key [prompt] not found").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Never

from lib.local.engine import ChatMessage, Job, WireError
from lib.mistral.catalog import Dialect, Model, Parameter, UnknownModel, accepted_max_tokens, find
from lib.mistral.prompt import parse
from lib.mistral.recipe import NUMBERS

TWINS = {
    "mistral.mistral-large-2402-v1:0": "mistral.mistral-large-2407-v1:0",
    "mistral.mistral-large-2407-v1:0": "mistral.mistral-large-2402-v1:0",
}
"""Models that take both `prompt` and `messages`; in its second dialect each has the other's parameters."""
MORE_KEYS: Mapping[Dialect, frozenset[str]] = {
    "text": frozenset({"prompt"}),
    "message": frozenset({"messages", "tools", "tool_choice"}),
    "delta": frozenset({"messages", "tools", "tool_choice", "stream"}),
}
"""Keys that a body may have besides the model's parameters."""


def read_job(model_id: str, body: bytes, request_id: str) -> Job:
    """The job that a body asks of a model. Raises WireError: a ValidationException with status 400."""
    fields = json_object(body)
    model, dialect, parameters = addressed(model_id, fields)
    required = "prompt" if dialect == "text" else "messages"
    problems = [] if required in fields else [f"#: required key [{required}] not found"]
    problems += setting_problems(fields, parameters, MORE_KEYS[dialect])
    # Bedrock names missing keys before those it does not know.
    refuse_problems(sorted(problems, key=lambda problem: (not problem.startswith("#: required"), problem)))
    messages = _prompt(fields["prompt"]) if dialect == "text" else _messages(fields["messages"])
    if fields.get("tools"):
        invalid("This local model doesn't support tool use. Try again without tools.")
    settings = {name: value for name, value in fields.items() if name not in MORE_KEYS[dialect]}
    return make_job(request_id, model, dialect, parameters, settings, messages)


def make_job(
    request_id: str,
    model: Model,
    dialect: Dialect,
    parameters: Mapping[str, Parameter],
    settings: Mapping[str, Any],
    messages: tuple[ChatMessage, ...],
) -> Job:
    """The job of messages and settings that have been checked. What is not sent takes the model's default."""

    def value(name: str) -> Any:
        return settings.get(name, parameters[name].default if name in parameters else None)

    return Job(
        request_id=request_id,
        model_id=model.id,
        dialect=dialect,
        messages=messages,
        temperature=float(value("temperature")),
        top_p=value("top_p"),
        top_k=value("top_k"),
        max_tokens=int(value("max_tokens")),
        stop=tuple(settings.get("stop", ())),
    )


def json_object(body: bytes) -> dict[str, Any]:
    """The JSON object of a body. Raises WireError."""
    try:
        fields = json.loads(body, parse_constant=_reject)
    except (ValueError, RecursionError):
        invalid("Malformed input request, please reformat your input and try again.")
    if not isinstance(fields, dict):
        malformed(f"#: expected type: JSONObject, found: {type_name(fields)}")
    return fields


def _reject(constant: str) -> Never:
    raise ValueError(f"{constant} is not JSON")


def addressed(model_id: str, fields: Mapping[str, Any]) -> tuple[Model, Dialect, Mapping[str, Parameter]]:
    """The model of an id, and the dialect and parameters of a body with these fields. Raises WireError."""
    try:
        model = find(model_id)
    except UnknownModel:
        invalid("The provided model identifier is invalid.")
    wanted = "messages" if model.dialect == "text" else "prompt"
    twin = find(TWINS[model.id]) if model.id in TWINS and wanted in fields else model
    high = accepted_max_tokens(twin)
    return (
        model,
        twin.dialect,
        {**twin.parameters, "max_tokens": replace(twin.parameters["max_tokens"], high=high)},
    )


def setting_problems(
    fields: Mapping[str, Any], parameters: Mapping[str, Parameter], more: frozenset[str] = frozenset()
) -> list[str]:
    """What is wrong with fields that may hold the model's parameters and `more` keys."""
    allowed = more | parameters.keys()
    problems = [
        f"#: extraneous key [{quoted(name)}] is not permitted" for name in fields if name not in allowed
    ]
    for name in fields.keys() & allowed:
        problems += CHECKS[name](f"#/{name}", fields[name], parameters.get(name))
    return problems


def quoted(name: str) -> str:
    """A key of a body as it may stand in an error: short, and ASCII."""
    return json.dumps(name[:80])[1:-1]


def refuse_problems(problems: Iterable[str]) -> None:
    """Raises WireError if there are any, with all of them in one sentence."""
    if what := "".join(problems):
        malformed(what)


def well_formed(at: str, text: str) -> list[str]:
    """What is wrong with a text: JSON can hold half a surrogate pair, which is no character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return [f"{at}: holds a lone surrogate, which is not a character"]
    return []


def _number(at: str, value: Any, allowed: Parameter | None) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return [f"{at}: expected type: Number, found: {type_name(value)}"]
    return _range(at, value, allowed)


def _integer(at: str, value: Any, allowed: Parameter | None) -> list[str]:
    if isinstance(value, bool) or not isinstance(value, int):
        return [f"{at}: expected type: Integer, found: {type_name(value)}"]
    return _range(at, value, allowed)


def _range(at: str, value: float, allowed: Parameter | None) -> list[str]:
    if allowed and not value >= allowed.low:
        return [f"{at}: {value} is not greater or equal to {allowed.low:g}"]
    if allowed and not value <= allowed.high:
        return [f"{at}: {value} is not less or equal to {allowed.high:g}"]
    return []


def _stop(at: str, value: Any, allowed: Parameter | None) -> list[str]:
    if not isinstance(value, list):
        return [f"{at}: expected type: JSONArray, found: {type_name(value)}"]
    if allowed and len(value) > allowed.high:
        return [f"{at}: expected maximum item count: {allowed.high:g}, found: {len(value)}"]
    return [problem for index, entry in enumerate(value) for problem in _text(f"{at}/{index}", entry)]


def _text(at: str, value: Any, _: Parameter | None = None) -> list[str]:
    if not isinstance(value, str):
        return [f"{at}: expected type: String, found: {type_name(value)}"]
    return well_formed(at, value) if value else [f"{at}: expected minLength: 1, actual: 0"]


def _list(at: str, value: Any, _: Parameter | None) -> list[str]:
    return [] if isinstance(value, list) else [f"{at}: expected type: JSONArray, found: {type_name(value)}"]


def _flag(at: str, value: Any, _: Parameter | None) -> list[str]:
    return [] if isinstance(value, bool) else [f"{at}: expected type: Boolean, found: {type_name(value)}"]


def _anything(_: str, __: Any, ___: Parameter | None) -> list[str]:
    return []


CHECKS: Mapping[str, Callable[[str, Any, Parameter | None], list[str]]] = {
    "prompt": _text,
    "messages": _list,
    **{name: _integer if number.whole else _number for name, number in NUMBERS.items()},
    "stop": _stop,
    "stream": _flag,
    "tools": _list,
    "tool_choice": _anything,
}


def _prompt(prompt: str) -> tuple[ChatMessage, ...]:
    system, said = parse(prompt)
    told = tuple(ChatMessage(message.role, message.text) for message in said)
    messages = told or (ChatMessage("user", prompt),)
    return (ChatMessage("system", system), *messages) if system else messages


def _messages(entries: list[Any]) -> tuple[ChatMessage, ...]:
    if not entries:
        malformed("#/messages: expected minimum item count: 1, found: 0")
    messages = tuple(_message(f"#/messages/{index}", entry) for index, entry in enumerate(entries))
    if messages[-1].role != "user":
        invalid(f"Expected last role User for serving but got {messages[-1].role}")
    return messages


def _message(at: str, entry: Any) -> ChatMessage:
    if not isinstance(entry, dict):
        malformed(f"{at}: expected type: JSONObject, found: {type_name(entry)}")
    role = entry.get("role")
    if role == "tool" or entry.get("tool_calls"):
        invalid("This local model doesn't support tool use. Try again without tools.")
    if role not in ("system", "user", "assistant"):
        malformed(f"{at}/role: {json.dumps(role)} is not a valid enum value")
    return ChatMessage(role, _content(f"{at}/content", entry.get("content")))


def _content(at: str, content: Any) -> str:
    """A string, or a list of text parts as the newer models take it."""
    if isinstance(content, str):
        refuse_problems(well_formed(at, content))
        return content
    if not isinstance(content, list):
        malformed(f"{at}: expected type: String, found: {type_name(content)}")
    for part in content:
        if not isinstance(part, dict) or not isinstance(part.get("text"), str):
            invalid("This local model takes text only. Try again without images and audio.")
    text = "\n".join(part["text"] for part in content)
    refuse_problems(well_formed(at, text))
    return text


def type_name(value: Any) -> str:
    """The type of a JSON value in the words of Bedrock's errors."""
    names = {
        str: "String",
        bool: "Boolean",
        int: "Integer",
        float: "Double",
        list: "JSONArray",
        dict: "JSONObject",
    }
    return names.get(type(value), "Null")


def malformed(what: str) -> Never:
    """Raises the ValidationException of a body that is not what the model takes."""
    invalid(f"Malformed input request: {what}, please reformat your input and try again.")


def invalid(message: str) -> Never:
    """Raises a ValidationException."""
    raise WireError(400, "ValidationException", message)
