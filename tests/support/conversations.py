"""Conversations to save, and how they look once saved."""

from __future__ import annotations

import json
from typing import Any

from lib.bedrock.answer import Answer, Beat
from lib.bedrock.problems import broken_off, cut_short
from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation, Variant, new_id, recipe_for, recipe_to_go_on
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Recipe
from lib.records import chat_records

LARGE, SMALL = "mistral.mistral-large-2402-v1:0", "mistral.ministral-3-8b-instruct"


def nothing_runs(_: str) -> None:
    return None


def answered(recipe: Recipe, text: str, **more: Any) -> Answer:
    beats = tuple(Beat(100.0 + 10.3 * at, 1) for at in range(len(text)))
    given: dict[str, Any] = {
        "status": "complete",
        "stop_reason": "stop",
        "usage": Usage(12, len(text), 300, None),
        "timeline": beats,
        "duration_ms": 123.4,
        "request_id": "0b5a-11",
        "problem": None,
    }
    return Answer(recipe=recipe, text=text, **(given | more))


def asked(chat: Conversation, prompt: str, text: str, model: str = LARGE, **setting: Any) -> Variant:
    earlier = [turn.variant for turn in chat.path()]
    variant = made(prompt, text, earlier, model, **setting)
    chat.append(variant)
    return variant


def made(prompt: str, text: str, earlier: list[Variant], model: str, **setting: Any) -> Variant:
    recipe, sent, left_out = recipe_for(prompt, earlier, model, setting)
    return Variant(prompt, [Reply.of(answered(recipe, text))], sent, left_out)


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
    first_part = answered(stopped.parts[0].recipe, "qua", status="stopped", stop_reason=None, usage=None)
    stopped.parts = [Reply.of(first_part)]
    stopped.parts.append(Reply.of(answered(recipe_to_go_on(stopped), "tre", problem=cut_short(max_tokens=5))))
    broken = asked(chat, "Five?", "cin")
    broken.parts = [
        Reply.of(answered(broken.parts[0].recipe, "cin", status="broken", problem=broken_off(shown=True)))
    ]
    failed = asked(chat, "Six?", "x")
    failed.parts = [
        Reply.of(answered(failed.parts[0].recipe, "", status="failed", problem=broken_off(shown=False)))
    ]
    asked(chat, "Seven?", "sept")
    assert second.next
    return chat


def stored(chat: Conversation) -> dict[str, str]:
    """As the browser has it."""
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
    beats = tuple((round(beat.ms, 1), beat.characters) for beat in answer.timeline)
    rest = {
        name: value
        for name, value in vars(answer).items()
        if name not in ("timeline", "problem", "duration_ms", "origin")
    }
    rest["shared"] = answer.origin == "shared"
    problem = answer.problem and {**vars(answer.problem), "request_id": None}
    return beats, round(answer.duration_ms, 1), rest, problem
