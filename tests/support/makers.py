"""Recipes, answers, conversations and comparisons that tests are about; random_makers has random ones."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from lib.bedrock.answer import Answer, Beat
from lib.bedrock.problems import broken_off, cut_short
from lib.bedrock.reply import Reply
from lib.comparison import plan
from lib.comparison.run import Run, new
from lib.conversation.request import recipe_for, recipe_to_go_on
from lib.conversation.tree import Conversation, Variant, new_id
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Model, find
from lib.mistral.dialects import Usage
from lib.mistral.recipe import NUMBERS, Message, Recipe
from lib.records import chat_records
from lib.records.links import to_link
from lib.records.shared import Kind, share

DAY = date(2026, 11, 22)
LARGE, SMALL = "mistral.mistral-large-2402-v1:0", "mistral.ministral-3-8b-instruct"


def nothing_runs(_: str) -> None:
    return None


def recipe(prompt: str = "Hello", model_id: str = SAMPLE_MODEL_ID, **more: Any) -> Recipe:
    """One prompt to a model; `more` as Recipe takes it, also another list of messages."""
    return Recipe(**{"model_id": model_id, "messages": (Message("user", prompt),), **more})


def with_every_number(model: Model) -> Recipe:
    """A recipe that sets every number that the model takes to its lowest value, which is no default."""
    lowest = {name: taken.low for name, taken in model.parameters.items() if name in NUMBERS}
    return recipe(model_id=model.id, **lowest)


def answered(made_by: Recipe, text: str, /, **more: Any) -> Answer:
    """A whole answer to a recipe; `more` are other fields of Answer, also another recipe or text."""
    fields: dict[str, Any] = {
        "recipe": made_by,
        "text": text,
        "status": "complete",
        "stop_reason": "stop",
        "usage": Usage(12, len(text), 300, None, 4),
        "timeline": tuple(Beat(100.0 + 10.3 * at, 1) for at in range(len(text))),
        "duration_ms": 123.4,
        "request_id": "0b5a-11",
        "problem": None,
    }
    return Answer(**(fields | more))


def replied(made_by: Recipe, text: str, /, **more: Any) -> Reply:
    """The reply that has ended with that answer."""
    return Reply.of(answered(made_by, text, **more))


def link(*answers: Answer, kind: Kind = "answer") -> str:
    """The `r` of a link that shares these answers."""
    return to_link(share(kind, list(answers), on=DAY))


def run_of(prompt: str, values: Sequence[float], repeats: int = 1, width: int = 4, **more: Any) -> Run:
    """A comparison of temperatures that has not started; `more`: `settings`, and as `run.new` takes it."""
    settings = more.pop("settings", {})
    recipes = plan.recipes(prompt, find(SAMPLE_MODEL_ID), settings, "temperature", values)
    return new(list(recipes), "temperature", repeats, width, **more)


def said(prompt: str, text: str = "", **more: Any) -> Variant:
    """A prompt to the local model, alone, with an answer whose tokens were not counted."""
    return Variant(prompt, [replied(recipe(prompt, LOCAL_MODEL_ID), text, **({"usage": None} | more))])


def asked(chat: Conversation, prompt: str, text: str, model: str = LARGE, **setting: Any) -> Variant:
    """Append a turn to the conversation."""
    earlier = [turn.variant for turn in chat.turns()]
    variant = made(prompt, text, earlier, model, **setting)
    chat.append(variant)
    return variant


def made(prompt: str, text: str, earlier: list[Variant], model: str, **setting: Any) -> Variant:
    """A prompt after earlier ones, with its answer."""
    asked_for, sent, left_out = recipe_for(prompt, earlier, model, setting)
    return Variant(prompt, [replied(asked_for, text)], sent, left_out)


def rich() -> Conversation:
    """Six turns with variants, a branch of its own, a continued, a stopped, a broken and a failed answer."""
    chat = Conversation()
    asked(chat, "One?", " Un — « é » 🌬️", system="Be brief.", temperature=0.2, stop=("END",))
    second = asked(chat, "Two?", "deux", model=SMALL)
    asked(chat, "Three?", "trois", max_tokens=5)
    turn = chat.turns()[1]
    turn.add(made("Two, again?", "zwei", chat.before(turn), LARGE, temperature=0.9, top_p=0.5, top_k=7))
    asked(chat, "Drei?", "drei")
    turn.step(-1)
    stopped = asked(chat, "Four?", "qua")
    first_part = replied(stopped.parts[0].recipe, "qua", status="stopped", stop_reason=None, usage=None)
    stopped.parts = [first_part]
    stopped.parts.append(replied(recipe_to_go_on(stopped), "tre", problem=cut_short(max_tokens=5)))
    broken = asked(chat, "Five?", "cin")
    broken.parts = [replied(broken.parts[0].recipe, "cin", status="broken", problem=broken_off(shown=True))]
    failed = asked(chat, "Six?", "x")
    failed.parts = [replied(failed.parts[0].recipe, "", status="failed", problem=broken_off(shown=False))]
    asked(chat, "Seven?", "sept")
    assert second.next
    return chat


def stored(chat: Conversation) -> dict[str, str]:
    """The records of a conversation as the browser stores them."""
    texts = {}
    for variant, place in chat_records.places(chat):
        texts[variant.id] = json.dumps(chat_records.record(variant))
        texts[f"{variant.id}/at"] = json.dumps(place)
    return texts


def restored(texts: object) -> chat_records.Restored:
    return chat_records.restore(new_id(), texts, nothing_runs)


def tree(chat: Conversation) -> list[Any]:
    """Everything of a conversation that must come back, times to a tenth of a millisecond."""
    rows = []
    for variant, place in chat_records.places(chat):
        parts = variant.answers
        rows.append(
            (variant.id, variant.prompt, variant.sent, variant.left_out, place, [rounded(p) for p in parts])
        )
    return sorted(rows)


def rounded(answer: Answer) -> tuple[Any, ...]:
    """All of an answer, with times to a tenth of a millisecond as records keep them."""
    beats = tuple((round(beat.ms, 1), beat.characters) for beat in answer.timeline)
    rest = {
        name: value
        for name, value in vars(answer).items()
        if name not in ("timeline", "problem", "duration_ms", "origin")
    }
    rest["shared"] = answer.origin == "shared"
    problem = answer.problem and {**vars(answer.problem), "request_id": None}
    return beats, round(answer.duration_ms, 1), rest, problem


def summary(model_id: str, status: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    """One entry of ListFoundationModels; `life` is merged into its modelLifecycle."""
    life = more.pop("life", {})
    return {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{model_id}",
        "modelId": model_id,
        "providerName": "Mistral AI",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": {"status": status, **life},
        **more,
    }


def profile(profile_id: str, model_id: str) -> dict[str, Any]:
    """One entry of ListInferenceProfiles."""
    arn = f"foundation-model/{model_id}"
    return {
        "inferenceProfileName": profile_id,
        "inferenceProfileId": profile_id,
        "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{profile_id}",
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::{arn}"} for region in ("us-east-1", "us-west-2")],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }
