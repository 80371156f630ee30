"""Settings that were made for one model, brought into the ranges of another."""

from collections.abc import Mapping
from typing import Any

from lib.mistral.catalog import Model


def within(model: Model, name: str, value: float) -> float:
    """The value nearest to `value` that the model, which takes this setting, allows. An int stays an int."""
    taken = model.parameters[name]
    return type(value)(min(max(value, taken.low), taken.high))


def adapted(model: Model, settings: Mapping[str, Any]) -> dict[str, Any]:
    """`settings`, by the names of Recipe's fields, as `model` takes them.

    Numbers are brought into range, and stop sequences beyond the model's number are cut off. What the model
    does not take, or what is left to it (None), is left out. The system text always stays: where a model has
    no place for it, the prompt format puts it before the first message.
    """
    fit: dict[str, Any] = {"system": settings.get("system", "")}
    for name, value in settings.items():
        if name not in model.parameters or value is None:
            continue
        if name == "stop":
            fit[name] = tuple(value[: int(model.parameters[name].high)])
        else:
            fit[name] = within(model, name, value)
    return fit
