"""The quiet line under an answer: what made it, what it took, how it ended."""

from __future__ import annotations

from lib.bedrock.answer import Answer
from lib.ui.conversation import Slot

_ENDINGS = {
    "stopped": "stopped by you",
    "broken": "broken off",
    "failed": "no answer",
    "running": "answering",
}
_LABELS = {"temperature": "t", "max_tokens": "max", "top_p": "top_p", "top_k": "top_k", "stop": "stop"}
_LEAST = 0.0001  # USD; what costs less is only said to
_STOP_REASONS = {"stop": "finished", "length": "cut at max_tokens"}


def answer_line(answer: Answer) -> str:
    """Parts joined by middle dots; a part that is not known is left out, never guessed."""
    recipe, usage = answer.recipe, answer.usage
    parts = [recipe.model.name]
    if recipe.temperature is not None:
        parts.append(f"t {recipe.temperature:g}")
    if usage:
        parts.append(f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out")
    if answer.first_token_ms is not None:
        parts.append(f"first token {answer.first_token_ms / 1000:.2f} s")
    if answer.tokens_per_second:
        parts.append(f"{answer.tokens_per_second:.0f} tok/s")
    parts.append(_ending(answer))
    if cost := _cost(answer):
        parts.append(cost)
    return " · ".join(parts)


def _ending(answer: Answer) -> str:
    if answer.status == "complete":
        return _STOP_REASONS.get(answer.stop_reason or "", f"stop reason {answer.stop_reason}")
    return _ENDINGS[answer.status]


def _cost(answer: Answer) -> str:
    model, cost = answer.recipe.model, answer.cost
    if model.local:
        return "free, local"
    if cost is None or model.price is None:
        return ""
    about = "" if cost < _LEAST else "about "
    return f"{about}{dollars(cost)} (price of {model.price.as_of})"


def dollars(amount: float) -> str:
    """USD with two significant digits below a cent, as Markdown that is not mathematics."""
    if amount < _LEAST:
        return f"under \\${_LEAST}"
    return f"\\${amount:.2f}" if amount >= 0.01 else f"\\${amount:.2g}"


def what_changed(slot: Slot) -> str:
    """How the shown variant differs from the one before: "t 0.2 → 0.9", "other model"; "" for the first."""
    if slot.chosen == 0:
        return ""
    before, now = slot.variants[slot.chosen - 1], slot.variant
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
