"""The recipe: everything that determines an answer. It is validated when it is created, and immutable."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lib.mistral.catalog import Model, UnknownModel, find


@dataclass(frozen=True)
class Number:
    """What a numeric setting is called on the page, and whether it is a whole number."""

    label: str
    whole: bool = False

    @property
    def short(self) -> str:
        """The label inside a line of text."""
        return self.label.lower()


NUMBERS: Mapping[str, Number] = {
    "temperature": Number("Temperature"),
    "top_p": Number("Top p"),
    "top_k": Number("Top k", whole=True),
    "max_tokens": Number("Max tokens", whole=True),
}
"""The numeric settings by the names of Recipe's fields, in the order in which they are listed everywhere."""
SETTINGS = (*NUMBERS, "stop", "system")
"""Everything of a recipe but its model and messages."""


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
    """A request to a model. A field that is None is not sent, so the model's own default applies.

    Messages alternate and begin with the user's. The last one is the user's, too; only a model of the text
    dialect can also get the beginning of its answer as the last message, to continue it. Raises RecipeError
    for the first field that the model does not take or that is out of its range.
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
        _check_messages(self.messages, model)
        _check_text("system", self.system)
        for name in NUMBERS:
            _check_number(model, name, getattr(self, name))
        _check_stop(model, self.stop)

    @property
    def model(self) -> Model:
        """The catalogue's entry for `model_id`."""
        return find(self.model_id)

    @property
    def prompt(self) -> str:
        """The text of the user's last message."""
        return self.messages[len(self.earlier)].text

    @property
    def earlier(self) -> tuple[Message, ...]:
        """The messages before the prompt."""
        return self.messages[: 2 * self.turns_before]

    @property
    def turns_before(self) -> int:
        """How many exchanges of a prompt and an answer come before the prompt."""
        return (len(self.messages) - 1) // 2

    @property
    def settings(self) -> dict[str, Any]:
        """The values of SETTINGS by name."""
        return {name: getattr(self, name) for name in SETTINGS}


def _model(model_id: object) -> Model:
    if not isinstance(model_id, str):
        raise RecipeError("model_id", model_id, "the id of a model")
    try:
        return find(model_id)
    except UnknownModel as error:
        raise RecipeError("model_id", model_id, "the id of a Mistral model on Amazon Bedrock") from error


def _check_messages(messages: object, model: Model) -> None:
    if not isinstance(messages, tuple) or not messages:
        raise RecipeError("messages", messages, "one message or more")
    for index, message in enumerate(messages):
        if not isinstance(message, Message):
            raise RecipeError(f"messages[{index}]", message, "a message with a role and a text")
        expected = ("user", "assistant")[index % 2]
        if message.role != expected:
            raise RecipeError(f"messages[{index}].role", message.role, f"only {expected!r} here")
        _check_text(f"messages[{index}].text", message.text)
        if not message.text.strip():
            raise RecipeError(f"messages[{index}].text", message.text, "no blank text")
    if len(messages) % 2 == 0 and model.dialect != "text":
        field = f"messages[{len(messages) - 1}].role"
        raise RecipeError(field, messages[-1].role, "only 'user' as the last role", by=model.name)


def _check_text(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise RecipeError(field, value, "text")
    try:
        value.encode()
    except UnicodeEncodeError:
        # JSON can contain half a surrogate pair, which cannot be encoded as UTF-8 and sent.
        raise RecipeError(field, value, "whole Unicode characters only") from None


def _check_number(model: Model, name: str, value: object) -> None:
    if value is None:
        return
    if name not in model.parameters:
        raise RecipeError(name, value, f"no {name}", by=model.name)
    wanted: tuple[type, ...] = (int,) if NUMBERS[name].whole else (int, float)
    low, high = model.parameters[name].low, model.parameters[name].high
    # type() and not isinstance(), because True is an instance of int. NaN fails every comparison.
    if type(value) not in wanted or not low <= value <= high:  # type: ignore[operator]
        whole = "whole numbers from " if NUMBERS[name].whole else ""
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


def _shown(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
