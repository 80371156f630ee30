"""Fit a shared recipe to the models of this deployment, and say what changes."""

from collections.abc import Mapping
from typing import Any

from lib.bedrock.backend import Backend
from lib.bedrock.wording import count
from lib.mistral.adapt import adapted
from lib.mistral.catalog import Model
from lib.mistral.context import fitting
from lib.mistral.recipe import NUMBERS, Recipe


def fitted(recipe: Recipe, here: Backend) -> tuple[Recipe, list[str]]:
    """The recipe to run here, and one plain sentence for each thing that differs."""
    offered = {model.id: model for model in here.models}
    model = offered.get(recipe.model.id)
    said = []
    if model is None:
        model = here.default_model
        said.append(f"{recipe.model.name} is not offered here; {model.name} answers instead.")
    elif recipe.model.local:
        said.append("The model runs on the computer of this page, so words may differ from the sender's.")
    settings = adapted(model, recipe.settings)
    changes = (_change(model, name, getattr(recipe, name), settings) for name in NUMBERS)
    said += filter(None, changes)
    if len(recipe.stop) > (most := len(settings.get("stop", ()))):
        said.append(f"{model.name} takes {count(most, 'stop sequence')}; the others are left out.")
    messages = recipe.messages
    if messages[-1].role == "assistant" and model.dialect != "text":
        messages = messages[:-1]
        said.append(f"{model.name} cannot go on inside an answer; it answers anew.")
    kept = fitting(messages, recipe.system, model, settings.get("max_tokens"))
    if len(kept) < len(messages):
        said.append(f"The oldest {len(messages) - len(kept)} messages do not fit and are not sent.")
    if recipe.system.strip() and recipe.model.system and not model.system:
        said.append(f"{model.name} has no slot for a system text; it goes before the first message.")
    return Recipe(model_id=model.id, messages=kept, **settings), said


def _change(model: Model, name: str, asked: float | None, settings: Mapping[str, Any]) -> str:
    """What became of a number that was asked for, as one sentence; "" where it stays as it was."""
    if asked is None or asked == settings.get(name):
        return ""
    if name not in settings:
        return f"{NUMBERS[name].short} {asked:g} is left out: {model.name} does not take it."
    taken = model.parameters[name]
    becomes = f"{NUMBERS[name].short} {asked:g} becomes {settings[name]:g}"
    return f"{becomes}: {model.name} allows {taken.low:g} to {taken.high:g}."
