"""The line under an answer: its model and settings, its tokens, times and cost, and how it ended."""

from __future__ import annotations

from lib.bedrock.answer import Answer

_ENDINGS = {
    "stopped": "stopped by you",
    "broken": "broken off",
    "failed": "no answer",
    "running": "answering",
}
_LEAST = 0.0001  # USD; a smaller amount is shown as "under" this one
_STOP_REASONS = {"stop": "finished", "length": "cut at max_tokens"}


def answer_line(answer: Answer) -> str:
    """The line: its parts joined by middle dots. A part that is not known is left out."""
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
    """An amount in USD, with two significant digits below a cent. The dollar sign is escaped, because
    Streamlit's Markdown would start a formula at it."""
    if amount < _LEAST:
        return f"under \\${_LEAST}"
    return f"\\${amount:.2f}" if amount >= 0.01 else f"\\${amount:.2g}"
