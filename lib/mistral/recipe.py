"""The recipe: everything that makes an answer, checked once and then never changed."""

import json
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from lib.mistral.catalog import Model, UnknownModel, find

VERSION = 1

_NUMBERS = ("temperature", "top_p", "top_k", "max_tokens")
_WHOLE = ("top_k", "max_tokens")


class RecipeError(ValueError):
    """One field of a recipe is not allowed: `field`, its `value`, and what is `allowed` instead."""

    def __init__(self, field: str, value: object, allowed: str, by: str = "a recipe") -> None:
        super().__init__(f"{field} is {_shown(value)}; {by} allows {allowed}.")
        self.field = field
        self.value = value
        self.allowed = allowed


@dataclass(frozen=True)
class Message:
    """One message of the conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A request to a model. None means: not sent, so the model's own default applies.

    Turns alternate and begin with the user's. They end with the user's, too, except that a model of the
    text dialect can be handed the beginning of its answer to go on with. Raises RecipeError at the first
    field that the model does not take or that is out of its range.
    """

    model_id: str
    messages: tuple[Message, ...]
    system: str = ""
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        model = _model(self.model_id)
        _check_turns(self.messages, model)
        _check_text("system", self.system)
        for name in _NUMBERS:
            _check_number(model, name, getattr(self, name))
        _check_stop(model, self.stop)

    @property
    def model(self) -> Model:
        """The catalogue's entry for `model_id`."""
        return find(self.model_id)

    def to_json(self) -> str:
        """One line of JSON with the version of its format; what is not set is left out."""
        fields: dict[str, object] = {
            "version": VERSION,
            "model_id": self.model_id,
            "turns": [{"role": turn.role, "text": turn.text} for turn in self.messages],
            "system": self.system,
            **{name: getattr(self, name) for name in _NUMBERS},
            "stop": list(self.stop),
        }
        kept = {name: value for name, value in fields.items() if value not in (None, "", [])}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Recipe":
        """The recipe that `to_json` wrote. Raises RecipeError for anything that is not one."""
        fields = _object(text)
        version = fields.pop("version", None)
        if type(version) is not int or version != VERSION:
            raise RecipeError("version", version, str(VERSION), by="this app")
        _refuse_unknown(fields, ("model_id", "turns", "system", *_NUMBERS, "stop"))
        fields["model_id"] = fields.get("model_id")
        said = enumerate(_list(fields, "turns"))
        fields.pop("turns", None)
        fields["messages"] = tuple(_turn(index, turn) for index, turn in said)
        fields["stop"] = tuple(_list(fields, "stop"))
        return cls(**fields)


def _model(model_id: object) -> Model:
    if not isinstance(model_id, str):
        raise RecipeError("model_id", model_id, "the id of a model")
    try:
        return find(model_id)
    except UnknownModel as error:
        raise RecipeError("model_id", model_id, "the id of a Mistral model on Amazon Bedrock") from error


def _check_turns(messages: object, model: Model) -> None:
    if not isinstance(messages, tuple) or not messages:
        raise RecipeError("turns", messages, "one turn or more")
    for index, turn in enumerate(messages):
        if not isinstance(turn, Message):
            raise RecipeError(f"turns[{index}]", turn, "a turn with a role and a text")
        expected = ("user", "assistant")[index % 2]
        if turn.role != expected:
            raise RecipeError(f"turns[{index}].role", turn.role, f"only {expected!r} here")
        _check_text(f"turns[{index}].text", turn.text)
        if not turn.text.strip():
            raise RecipeError(f"turns[{index}].text", turn.text, "no blank text")
    if len(messages) % 2 == 0 and model.dialect != "text":
        field = f"turns[{len(messages) - 1}].role"
        raise RecipeError(field, messages[-1].role, "only 'user' as the last role", by=model.name)


def _check_text(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise RecipeError(field, value, "text")
    try:
        value.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can carry in and nothing can send out.
        raise RecipeError(field, value, "whole Unicode characters only") from None


def _check_number(model: Model, name: str, value: object) -> None:
    if value is None:
        return
    if name not in model.parameters:
        raise RecipeError(name, value, f"no {name}", by=model.name)
    wanted: tuple[type, ...] = (int,) if name in _WHOLE else (int, float)
    low, high = model.parameters[name].low, model.parameters[name].high
    # type() and not isinstance(), for True is an int; NaN fails every comparison.
    if type(value) not in wanted or not low <= value <= high:  # type: ignore[operator]
        whole = "whole numbers from " if name in _WHOLE else ""
        raise RecipeError(name, value, f"{whole}{_shown(low)} to {_shown(high)}", by=model.name)


def _check_stop(model: Model, stop: object) -> None:
    if not isinstance(stop, tuple):
        raise RecipeError("stop", stop, "a list of texts")
    most = model.parameters["stop"].high if "stop" in model.parameters else 0
    if len(stop) > most:
        raise RecipeError("stop", stop, f"at most {_shown(most)} entries", by=model.name)
    for index, entry in enumerate(stop):
        _check_text(f"stop[{index}]", entry)
        if not entry:
            raise RecipeError(f"stop[{index}]", entry, "no empty text")


def _object(text: str) -> dict[str, Any]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise RecipeError("the recipe", text, "one JSON object")
    return fields


def _refuse_unknown(fields: dict[str, Any], allowed: tuple[str, ...], where: str = "") -> None:
    for name in fields:
        if name not in allowed:
            raise RecipeError(f"{where}{name}"[:40], fields[name], "no field of that name")


def _turn(index: int, fields: object) -> Message:
    if not isinstance(fields, dict):
        _refuse_turn(index, fields)
    _refuse_unknown(fields, ("role", "text"), where=f"turns[{index}].")
    if len(fields) != 2:
        _refuse_turn(index, fields)
    return Message(fields["role"], fields["text"])


def _refuse_turn(index: int, value: object) -> NoReturn:
    raise RecipeError(f"turns[{index}]", value, "a role and a text")


def _list(fields: dict[str, Any], name: str) -> list[Any]:
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise RecipeError(name, value, "a list")
    return value


def _shown(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
