"""A stranger's recipe on this deployment: what can be run of it here, and what is different."""

from __future__ import annotations

from typing import Any

from lib.bedrock.backend import Backend
from lib.mistral.catalog import Model
from lib.mistral.context import fitting
from lib.mistral.recipe import Recipe

_SETTINGS = ("temperature", "top_p", "top_k", "max_tokens")


def fitted(recipe: Recipe, here: Backend) -> tuple[Recipe, list[str]]:
    """The recipe to run here, and one plain sentence for each thing that differs."""
    offered = {model.id: model for model in here.models}
    model = offered.get(recipe.model.id)
    said = []
    if model is None:
        model = here.default_model
        said.append(f"{recipe.model.name} is not offered here; {model.name} answers instead.")
    elif recipe.model.local:
        said.append("The model runs on this computer, so words may differ from the sender's.")
    settings: dict[str, Any] = {}
    for name in _SETTINGS:
        settings[name], sentence = _number(model, name, getattr(recipe, name))
        said += [sentence] if sentence else []
    most = int(model.parameters["stop"].high) if "stop" in model.parameters else 0
    if len(recipe.stop) > most:
        said.append(f"{model.name} takes {most} stop sequences; the others are left out.")
    messages = recipe.messages
    if messages[-1].role == "assistant" and model.dialect != "text":
        messages = messages[:-1]
        said.append(f"{model.name} cannot go on inside an answer; it answers anew.")
    kept = fitting(messages, recipe.system, model, settings["max_tokens"])
    if len(kept) < len(messages):
        said.append(f"The oldest {len(messages) - len(kept)} turns do not fit and are not sent.")
    if recipe.system.strip() and recipe.model.system and not model.system:
        said.append(f"{model.name} has no slot for a system text; it goes before the first message.")
    run = Recipe(model_id=model.id, messages=kept, system=recipe.system, stop=recipe.stop[:most], **settings)
    return run, said


def _number(model: Model, name: str, value: float | None) -> tuple[float | None, str]:
    if value is None:
        return None, ""
    taken = model.parameters.get(name)
    if taken is None:
        return None, f"{name} {value:g} is left out: {model.name} does not take it."
    inside = type(value)(min(max(value, taken.low), taken.high))
    if inside == value:
        return value, ""
    return (
        inside,
        f"{name} {value:g} becomes {inside:g}: {model.name} allows {taken.low:g} to {taken.high:g}.",
    )
