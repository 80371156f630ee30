"""The request for a prompt of a conversation: which earlier messages are sent, and how many do not fit."""

from dataclasses import replace
from typing import Any

from lib.bedrock.answer import Answer
from lib.conversation.tree import Variant
from lib.mistral.context import CHARACTERS_PER_TOKEN, fitting
from lib.mistral.recipe import Message, Recipe

GO_ON = "Go on exactly where your last answer stopped. Repeat nothing of it."
"""The prompt for models that do not accept the beginning of their own answer."""


def recipe_for(
    prompt: str, earlier: list[Variant], model_id: str, settings: dict[str, Any]
) -> tuple[Recipe, tuple[str, ...], int]:
    """The recipe for a prompt that follows the variants `earlier`, oldest first.

    `settings`: by the names of Recipe's fields. Returns the recipe, the ids of the variants that it repeats,
    and the number of variants with an answer that did not fit. A variant without an answer is never repeated,
    so that the roles alternate. Raises RecipeError.
    """
    answered = [variant for variant in earlier if variant.answer.text.strip()]
    messages: list[Message] = []
    for variant in answered:
        messages += [Message("user", variant.prompt), Message("assistant", variant.answer.text)]
    messages.append(Message("user", prompt))
    recipe = Recipe(model_id=model_id, messages=tuple(messages), **settings)
    fitted = _fitted(recipe, messages, [part for variant in answered for part in variant.answers])
    left_out = (len(messages) - len(fitted.messages)) // 2
    return fitted, tuple(variant.id for variant in answered[left_out:]), left_out


def recipe_to_go_on(variant: Variant) -> Recipe:
    """The recipe that continues an unfinished answer, with the settings of the answer."""
    recipe = variant.answer.recipe
    messages = [*recipe.messages, Message("assistant", variant.answer.text)]
    if recipe.model.dialect != "text":  # only in the text dialect can a prompt end inside an answer
        messages.append(Message("user", GO_ON))
    return _fitted(recipe, messages, variant.answers)


def _fitted(recipe: Recipe, messages: list[Message], answers: list[Answer]) -> Recipe:
    """`recipe` with the newest of `messages` that fit into the context of its model."""
    density = characters_per_token(answers)
    kept = fitting(messages, recipe.system, recipe.model, recipe.max_tokens, density)
    return replace(recipe, messages=kept)


def characters_per_token(answers: list[Answer]) -> float:
    """The characters per token of the newest answer that reports its tokens; they depend on the language."""
    for answer in reversed(answers):
        if answer.usage and answer.usage.input_tokens > 50:
            sent = sum(len(message.text) for message in answer.recipe.messages) + len(answer.recipe.system)
            return min(sent / answer.usage.input_tokens, 6.0) or CHARACTERS_PER_TOKEN
    return CHARACTERS_PER_TOKEN
