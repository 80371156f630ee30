"""A recipe in words: its settings, and which of them have no effect, are rewritten or are not sent."""

import json

from lib.mistral.prompt import neutralise
from lib.mistral.recipe import NUMBERS, Recipe


def settings(recipe: Recipe) -> dict[str, str]:
    """Name and value, in plain text, of everything but the messages. Settings that were not sent say so."""
    listed = {"model": f"{recipe.model.name} ({recipe.model_id})"}
    for name in NUMBERS:
        value = getattr(recipe, name)
        listed[name] = _left_out(recipe, name) if value is None else f"{value:,}"
    listed["stop"] = ", ".join(json.dumps(text, ensure_ascii=False) for text in recipe.stop) or "none"
    listed["system"] = recipe.system.strip() or "none"
    return listed


def on_one_line(recipe: Recipe) -> str:
    """Model and settings, without the texts: "Mistral Large · temperature 0.7 · max tokens 200"."""
    numbers = {name: getattr(recipe, name) for name in NUMBERS}
    told = [f"{NUMBERS[name].short} {value:g}" for name, value in numbers.items() if value is not None]
    return " · ".join([recipe.model.name, *told])


def _left_out(recipe: Recipe, name: str) -> str:
    taken = recipe.model.parameters.get(name)
    if taken is None:
        return "not taken by this model"
    if recipe.model.dialect == "delta":
        # AWS documents no defaults for it; the catalogue's number is our choice
        return "left to the model (its default is not documented)"
    if taken.default is None:
        return "left to the model (off by default)"
    return f"left to the model (default {taken.default:,})"


def differences(recipe: Recipe) -> list[str]:
    """One sentence for each setting or text that has no effect, was rewritten or was not sent."""
    return [*_without_effect(recipe), *_rewritten(recipe), *_defaults(recipe)]


def _without_effect(recipe: Recipe) -> list[str]:
    shares = [name for name in ("top_p", "top_k") if getattr(recipe, name) is not None]
    if recipe.temperature == 0 and shares:
        asked = " and ".join(f"{name} {getattr(recipe, name):g}" for name in shares)
        verb = "changes" if len(shares) == 1 else "change"
        return [f"{asked} {verb} nothing at temperature 0: the likeliest word is taken every time."]
    if recipe.top_k == 1 and recipe.temperature != 0:
        return ["top_k 1 leaves only the likeliest word to choose from, so the temperature changes nothing."]
    return []


def _rewritten(recipe: Recipe) -> list[str]:
    if recipe.model.system:
        return []
    said = []
    if recipe.system.strip():
        said.append(
            f"{recipe.model.name} has no slot for a system text: it was put before your first message."
        )
    texts = [recipe.system, *(turn.text for turn in recipe.messages)]
    if any(neutralise(text) != text for text in texts):
        said.append(
            "Control words of the prompt format, such as [INST], were spaced out in your texts, "
            "so that the model reads them as text."
        )
    return said


def _defaults(recipe: Recipe) -> list[str]:
    left = [name for name in recipe.model.parameters if name in NUMBERS and getattr(recipe, name) is None]
    if not left:
        return []
    names = ", ".join(left)
    return [f"Not sent, so the model's own default counts: {names}."]
