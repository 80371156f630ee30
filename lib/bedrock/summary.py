"""The line under an answer: its model and settings, its tokens, times and cost, and how it ended."""

from collections.abc import Collection
from typing import Literal

from lib.bedrock.answer import Answer
from lib.bedrock.wording import count, dollars
from lib.mistral.cost import UNDER
from lib.mistral.recipe import NUMBERS, Recipe

Fact = Literal[
    "origin",
    "model",
    "temperature",
    "settings",
    "tokens",
    "thinking",
    "first token",
    "speed",
    "ending",
    "cost",
]

_ENDINGS = {"broken": "broken off", "failed": "no answer", "running": "answering"}
_STOP_REASONS = {"stop": "finished", "length": "cut at max tokens"}


def facts(answer: Answer) -> dict[Fact, str]:
    """The known facts about the answer, in the order in which they are shown."""
    recipe, first, rate = answer.recipe, answer.first_token_ms, answer.tokens_per_second
    found: dict[Fact, str] = {
        "origin": _origin(answer),
        "model": recipe.model.name,
        "temperature": "" if recipe.temperature is None else f"temperature {recipe.temperature:g}",
        "settings": ", ".join(_settings(recipe)),
        "tokens": _tokens(answer),
        "thinking": _thinking(answer),
        "first token": ""
        if first is None
        else f"first {'text' if answer.thought else 'token'} {first / 1000:.2f} s",
        "speed": f"{rate:.0f} tokens/s" if rate else "",
        "ending": _ending(answer),
        "cost": _cost(answer),
    }
    return {name: said for name, said in found.items() if said}


def answer_line(answer: Answer, without: Collection[str] = ()) -> str:
    """The facts on one line, joined by middle dots."""
    return " · ".join(said for name, said in facts(answer).items() if name not in without)


def _tokens(answer: Answer) -> str:
    """The tokens; those of the counted parts if a part was stopped before the service sent its count."""
    usage, least = answer.least_usage, "" if answer.usage else "at least "
    if usage is None:
        return ""
    counted = " including thinking" if answer.thought else ""
    return f"{least}{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out{counted}"


def _settings(recipe: Recipe) -> list[str]:
    """The settings other than the temperature that are not the model's defaults, in words."""
    said = []
    for name in (name for name in NUMBERS if name != "temperature"):
        value, taken = getattr(recipe, name), recipe.model.parameters.get(name)
        if value is not None and (taken is None or value != taken.default):
            said.append(f"{NUMBERS[name].short} {value:g}")
    if recipe.stop:
        said.append(count(len(recipe.stop), "stop sequence"))
    return said + (["system text"] if recipe.system else [])


def _origin(answer: Answer) -> str:
    if answer.origin != "shared":
        return ""
    day = answer.made_on
    return f"shared, recorded on {day.day} {day:%B %Y}" if day else "shared"


def _thinking(answer: Answer) -> str:
    if not answer.thought:
        return ""
    seconds = "" if answer.thinking_ms is None else f"{answer.thinking_ms / 1000:.1f} s"
    if not answer.thinking:  # the sender of a shared answer left it out
        return f"thought for {seconds}"
    return f"thought {len(answer.thinking):,} characters" + (f" in {seconds}" if seconds else "")


def _ending(answer: Answer) -> str:
    if answer.status == "complete":
        reason = answer.stop_reason  # None for the earlier answers of a shared conversation
        return _STOP_REASONS.get(reason, f"stop reason {reason}") if reason else ""
    if answer.status == "stopped":
        return "stopped by the sender" if answer.origin == "shared" else "stopped by you"
    return _ENDINGS[answer.status]


def _cost(answer: Answer) -> str:
    """The cost of the answer; if its tokens are not known, the most that it can have cost."""
    model = answer.recipe.model
    if model.local:
        return "free, local"
    if model.price is None or answer.status == "failed":
        return ""
    cost, bound = answer.cost, "about"
    if cost is None:
        cost, bound = answer.highest_cost, "at most"
    if cost is None:
        return ""
    about = "" if cost < UNDER else f"{bound} "
    return f"{about}{dollars(cost)}"
