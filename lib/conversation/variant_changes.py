"""The differences between a variant of a turn and the variant before it, in a few words."""

from lib.conversation.tree import Turn
from lib.mistral.recipe import NUMBERS

_SETTINGS = (*NUMBERS, "stop")


def what_changed(turn: Turn) -> str:
    """How the shown variant differs from the one before: "temperature 0.2 → 0.9", "goes on from “mat”".

    "" for the first variant.
    """
    if turn.chosen == 0:
        return ""
    before, now = turn.variants[turn.chosen - 1], turn.variant
    old, new = before.answer.recipe, now.answer.recipe
    changes = ["other model"] if old.model_id != new.model_id else []
    if now.branch:
        changes.append(f"goes on from “{now.branch}”")
    if before.prompt != now.prompt:
        changes.append("other prompt")
    values = [(name, getattr(old, name), getattr(new, name)) for name in _SETTINGS]
    changes += [f"{name} {_value(was)} → {_value(now_is)}" for name, was, now_is in values if was != now_is]
    if old.system != new.system:
        changes.append("other system text")
    return ", ".join(changes) or "same settings"


def _value(value: object) -> str:
    if value in (None, ()):
        return "default"
    return f"{value:g}" if isinstance(value, int | float) else ", ".join(map(repr, value))  # type: ignore[call-overload]
