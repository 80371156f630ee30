"""The differences between a variant of a turn and the variant before it, in a few words."""

from lib.conversation.tree import Turn

_LABELS = {"temperature": "t", "max_tokens": "max", "top_p": "top_p", "top_k": "top_k", "stop": "stop"}


def what_changed(turn: Turn) -> str:
    """How the shown variant differs from the one before: "t 0.2 → 0.9", "other model"; "" for the first."""
    if turn.chosen == 0:
        return ""
    before, now = turn.variants[turn.chosen - 1], turn.variant
    old, new = before.answer.recipe, now.answer.recipe
    changes = ["other model"] if old.model_id != new.model_id else []
    if before.prompt != now.prompt:
        changes.append("other prompt")
    for name, label in _LABELS.items():
        if getattr(old, name) != getattr(new, name):
            changes.append(f"{label} {_value(getattr(old, name))} → {_value(getattr(new, name))}")
    if old.system != new.system:
        changes.append("other system text")
    return ", ".join(changes) or "same settings"


def _value(value: object) -> str:
    if value in (None, ()):
        return "default"
    return f"{value:g}" if isinstance(value, int | float) else ", ".join(map(repr, value))  # type: ignore[call-overload]
