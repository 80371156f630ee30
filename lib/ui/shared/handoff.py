"""Take a shared recipe to the chat or to Compare. Callbacks; the page that runs next goes there."""

from dataclasses import replace
from typing import Any

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.reply import Reply
from lib.comparison.comparisons import Prefill
from lib.comparison.plan import MOST, REPEATS, STEP, subject_of, value_of
from lib.conversation.tree import Conversation, Variant
from lib.conversation.undo import Undo
from lib.mistral.recipe import Recipe
from lib.records import chat_records
from lib.records.kept_chats import KeptChat
from lib.records.shared import Entry, Shared
from lib.ui.app import session, widget_keys
from lib.ui.app.startup import ROOT, backend
from lib.ui.shared.adapt import fitted
from lib.ui.sidebar import settings

CHAT, COMPARE = ROOT / "pages" / "chat.py", ROOT / "pages" / "compare.py"


def to_chat(shared: Shared) -> None:
    """Make the shared turns the conversation of the chat; the one before can be brought back. A prompt whose
    answer was left out is put into the chat input."""
    recipe, _ = fitted(_turns(shared)[-1].recipe, backend())
    chat, prompt = conversation(shared)
    held = session.current()
    held.conversation.stop()
    held.undo = Undo("Shared chat opened.", held.conversation, settings=held.settings)
    held.conversation = chat
    settings.move_to(recipe)
    if prompt:
        st.session_state[widget_keys.PROMPT] = prompt
    held.go_to, held.go_with = CHAT, settings.address(recipe, backend().default_model)


def saved_to_chat(chat: KeptChat) -> None:
    """Open a chat of a file as a new conversation of the chat; the one before can be brought back."""
    held = session.current()
    held.conversation.stop()
    restored = chat_records.restore(None, dict(chat.records), lambda _: None, "shared")
    held.undo = Undo("Chat of a file opened.", held.conversation)
    held.conversation = restored.conversation
    held.chat_storage_state.incomplete |= restored.incomplete
    held.add_note(restored.note)
    held.go_to = CHAT


def to_compare(shared: Shared) -> None:
    """Open the Compare page, whose form gets the shared prompt, settings and values of a comparison."""
    here = backend()
    recipes = [fitted(entry.recipe, here)[0] for entry in shared.entries]
    settings.move_to(recipes[-1])
    session.current().prefill = _prefill(shared, recipes)
    session.current().go_to = COMPARE


def conversation(shared: Shared) -> tuple[Conversation, str]:
    """The turns and answers as a conversation, and the last prompt if it has no answer."""
    chat, prompt = Conversation(), ""
    before: list[Variant] = []
    for entry in _turns(shared):
        answers = [] if before else _earlier(entry.recipe)
        if entry.answer:
            answers.append(_whole(entry.answer))
        for answer in answers:
            chat.append(variant := _variant(answer, before))
            before.append(variant)
        prompt = "" if entry.answer else entry.recipe.prompt
    return chat, prompt


def _turns(shared: Shared) -> tuple[Entry, ...]:
    """The entries that become turns; of a comparison the first one."""
    return shared.entries if shared.kind == "conversation" else shared.entries[:1]


def _variant(answer: Answer, before: list[Variant]) -> Variant:
    """The turn with this answer. A recipe repeats the newest of the turns `before` that have an answer."""
    answered = [variant.id for variant in before if variant.answer.text.strip()]
    repeated = (len(answer.recipe.messages) - 1) // 2
    sent = answered[max(0, len(answered) - repeated) :]
    return Variant(answer.recipe.messages[-1].text, [Reply.of(answer)], tuple(sent))


def _earlier(recipe: Recipe) -> list[Answer]:
    """The answers that a recipe repeats from earlier turns; only their texts are known."""
    answers = []
    for at in range(1, len(recipe.earlier), 2):
        asked = Recipe(model_id=recipe.model_id, messages=recipe.messages[:at], system=recipe.system)
        answers.append(Answer(asked, recipe.messages[at].text, "complete", origin="shared"))
    return answers


def _whole(answer: Answer) -> Answer:
    """The answer with the beginning that the model was given to continue, as one answer to the prompt."""
    recipe = answer.recipe
    if recipe.messages[-1].role == "user":
        return answer
    begun = replace(recipe, messages=recipe.messages[:-1])
    return replace(answer, recipe=begun, text=recipe.messages[-1].text + answer.text, timeline=())


def _prefill(shared: Shared, recipes: list[Recipe]) -> Prefill:
    """The prompt. For a comparison also the setting in which its recipes differ, with the values that the
    page offers."""
    prompt = recipes[-1].prompt
    columns = list(dict.fromkeys(recipes))
    subject = subject_of(columns) if shared.kind == "comparison" else None
    if subject is None or subject == "system":
        return Prefill(prompt)
    repeats = min(REPEATS, len(recipes) // len(columns))
    values: list[Any] = [value_of(recipe, subject) for recipe in columns]
    if subject != "model":
        values = sorted({round(round(float(value) / STEP) * STEP, 2) for value in values})
    return Prefill(prompt, subject, tuple(values[:MOST]), repeats if repeats > 1 else None)
