"""What a comparison compares: recipes that differ in one setting, and the names of their columns."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from lib.bedrock.wording import clipped
from lib.mistral.adapt import adapted
from lib.mistral.catalog import Model, find
from lib.mistral.recipe import Message, Recipe

Subject = Literal["temperature", "top_p", "model", "system"]
SUBJECTS: Mapping[Subject, str] = {
    "temperature": "Temperature",
    "top_p": "Top p",
    "model": "Model",
    "system": "System text",
}
FEWEST, MOST, REPEATS = 2, 5, 10
"""The fewest and the most columns, and the most repeats of each."""
STEP = 0.05
"""Between two values of temperature or top p that are offered."""
_START: Mapping[str, tuple[float, ...]] = {"temperature": (0, 0.3, 0.7, 1.0), "top_p": (0.1, 0.5, 0.9, 1.0)}
_LONGEST_LABEL = 48  # characters of a system text


def recipes(
    prompt: str, model: Model, settings: Mapping[str, Any], subject: Subject, values: Sequence[Any]
) -> tuple[Recipe, ...]:
    """One recipe for each of the `values` of `subject`; a value of "model" is an id. Raises RecipeError.

    `settings`: by the names of Recipe's fields.
    """
    messages = (Message("user", prompt),)
    if subject == "model":
        fits = [(value, adapted(find(value), settings)) for value in values]
    else:
        fits = [(model.id, {**settings, subject: value}) for value in values]
    return tuple(Recipe(model_id=model_id, messages=messages, **fit) for model_id, fit in fits)


def choices(model: Model, name: str) -> list[float]:
    """The values offered for temperature or top_p, in steps over the range of the model; none if it does not
    take the setting."""
    taken = model.parameters.get(name)
    if taken is None:
        return []
    steps = round((taken.high - taken.low) / STEP)
    return [round(taken.low + step * STEP, 2) for step in range(steps + 1)]


def start(model: Model, name: str) -> list[float]:
    """The values that are selected first."""
    return [value for value in _START[name] if value in choices(model, name)]


def change(recipe: Recipe, subject: Subject, value: Any) -> Recipe:
    """The recipe with another value of the compared setting. Raises RecipeError."""
    return recipes(recipe.prompt, recipe.model, recipe.settings, subject, [value])[0]


def value_of(recipe: Recipe, subject: Subject) -> Any:
    """The recipe's value of the compared setting; None if it has none."""
    return getattr(recipe, "model_id" if subject == "model" else subject)


def subject_of(chosen: Sequence[Recipe]) -> Subject | None:
    """The setting in which each of these recipes differs from every other; None if there is none."""
    for subject in SUBJECTS:
        values = {value_of(recipe, subject) for recipe in chosen}
        if len(values) == len(chosen) and None not in values:
            return subject
    return None


def label(recipe: Recipe, subject: Subject, number: int) -> str:
    """The name of a column; `number`, from 1, tells system texts apart."""
    if subject == "model":
        return recipe.model.name
    if subject == "system":
        return f"{number}: {clipped(recipe.system, _LONGEST_LABEL) or 'no system text'}"
    return f"{SUBJECTS[subject]} {getattr(recipe, subject):g}"
