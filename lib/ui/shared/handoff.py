"""From a shared recipe on to the other pages. Callbacks; the page then leaves for where they send it."""

from dataclasses import replace
from typing import Any

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.reply import Reply
from lib.comparison.comparisons import Prefill
from lib.comparison.plan import MOST, STEP, Subject
from lib.conversation.tree import Conversation, Variant
from lib.conversation.undo import Undo
from lib.mistral.recipe import Recipe
from lib.records.shared import Shared
from lib.ui.app import session, widget_keys
from lib.ui.app.startup import ROOT, backend
from lib.ui.shared.adapt import fitted
from lib.ui.sidebar import settings

CHAT, COMPARE = ROOT / "pages" / "chat.py", ROOT / "pages" / "compare.py"
_SUBJECTS: tuple[Subject, ...] = ("temperature", "top_p", "model")


def to_chat(shared: Shared) -> None:
    """Its turns and answers become the conversation of the chat; the one before can be brought back. A prompt
    whose answer was left out waits in the input."""
    recipe, _ = fitted(shared.entries[-1].recipe, backend())
    chat, prompt = conversation(shared)
    held = session.current()
    held.conversation.stop()
    held.undo = Undo("Shared chat opened.", held.conversation)
    held.conversation = chat
    settings.move_to(recipe)
    if prompt:
        st.session_state[widget_keys.PROMPT] = prompt
    held.go_to = CHAT


def to_compare(shared: Shared) -> None:
    """Its prompt and settings, and the values of a comparison, into the compare page."""
    here = backend()
    recipes = [fitted(entry.recipe, here)[0] for entry in shared.entries]
    settings.move_to(recipes[-1])
    session.current().prefill = _prefill(shared, recipes)
    session.current().go_to = COMPARE


def conversation(shared: Shared) -> tuple[Conversation, str]:
    """The turns and answers as a conversation, and the last prompt if it has no answer."""
    chat, prompt = Conversation(), ""
    before: list[Variant] = []
    for entry in shared.entries if shared.kind == "conversation" else shared.entries[:1]:
        answers = [] if before else _earlier(entry.recipe)
        if entry.answer:
            answers.append(_whole(entry.answer))
        for answer in answers:
            chat.append(variant := _variant(answer, before))
            before.append(variant)
        prompt = "" if entry.answer else _prompt(entry.recipe)
    return chat, prompt


def _variant(answer: Answer, before: list[Variant]) -> Variant:
    """The turn with this answer. A recipe repeats the newest of the turns `before` that have an answer."""
    answered = [variant.id for variant in before if variant.answer.text.strip()]
    repeated = (len(answer.recipe.messages) - 1) // 2
    sent = answered[max(0, len(answered) - repeated) :]
    return Variant(answer.recipe.messages[-1].text, [Reply.of(answer)], tuple(sent))


def _earlier(recipe: Recipe) -> list[Answer]:
    """The answers that a recipe repeats from earlier turns; only their texts are known."""
    messages = recipe.messages if recipe.messages[-1].role == "user" else recipe.messages[:-1]
    asked = (
        Recipe(model_id=recipe.model_id, messages=messages[:at], system=recipe.system)
        for at in range(1, len(messages) - 1, 2)
    )
    return [
        Answer(made_by, messages[len(made_by.messages)].text, "complete", origin="shared")
        for made_by in asked
    ]


def _whole(answer: Answer) -> Answer:
    """With the beginning that the model was handed, as one answer to the prompt."""
    recipe = answer.recipe
    if recipe.messages[-1].role == "user":
        return answer
    begun = replace(recipe, messages=recipe.messages[:-1])
    return replace(answer, recipe=begun, text=recipe.messages[-1].text + answer.text, timeline=())


def _prompt(recipe: Recipe) -> str:
    return next(message.text for message in reversed(recipe.messages) if message.role == "user")


def _prefill(shared: Shared, recipes: list[Recipe]) -> Prefill:
    """The prompt; of a comparison also the setting in which its recipes differ, and its values, as far as the
    page offers them."""
    prompt = _prompt(recipes[-1])
    for name in _SUBJECTS if shared.kind == "comparison" else ():
        values: list[Any] = [
            recipe.model_id if name == "model" else getattr(recipe, name) for recipe in recipes
        ]
        if len(set(values)) == len(values) and None not in values:
            if name != "model":
                values = sorted({round(round(float(value) / STEP) * STEP, 2) for value in values})
            return Prefill(prompt, name, tuple(values[:MOST]))
    return Prefill(prompt)
