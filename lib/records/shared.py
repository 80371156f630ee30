"""What a link or a file holds: recipes, the answers recorded for them, and what the sender left out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from lib.bedrock.answer import Answer, Beat
from lib.comparison.blind import Question
from lib.mistral.recipe import Recipe

Kind = Literal["answer", "conversation", "comparison"]
Part = Literal["system", "turns", "answers", "times", "thinking"]
"""What a sender can leave out: the system text, the turns before the last prompt, the recorded answers, or
only when their pieces arrived or what the model thought before it answered."""

KINDS: tuple[Kind, ...] = get_args(Kind)
PARTS: tuple[Part, ...] = get_args(Part)
UNASKED: tuple[Part, ...] = ("thinking",)
"""What is left out unless the sender wants it in."""
LEFT_OUT: dict[Part, str] = {
    "system": "the system text",
    "turns": "the turns before the last prompt",
    "answers": "the answers",
    "times": "when each piece arrived",
    "thinking": "the thinking",
}
"""What a reader is told about a part that the sender left out."""


class LinkError(ValueError):
    """A link or file that cannot be opened or made. `sentence` says why; it holds nothing out of the link."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TooLong(LinkError):  # noqa: N818  (the name says what is wrong)
    """More than a link, a QR code or a file takes: `length` where `limit` is allowed, in the same unit."""

    def __init__(self, sentence: str, length: int, limit: int) -> None:
        super().__init__(sentence)
        self.length = length
        self.limit = limit


@dataclass(frozen=True)
class Entry:
    """One recipe, with the answer that was recorded for it unless that was left out."""

    recipe: Recipe
    answer: Answer | None = None


@dataclass(frozen=True)
class Shared:
    """What one person shares with another.

    `date`: the day on which the newest of the answers was made. `left_out` is in the order of `PARTS`.
    `question`: what the reader is asked before the settings are shown (lib/records/tasting.py); None where
    they are shown at once.

    An answer has one entry, a comparison one for each answer, a conversation one for each turn. Make it with
    `share`, which brings answers into the form that a link keeps exactly. Raises ValueError for no entry, and
    for several of an answer.
    """

    kind: Kind
    date: date
    entries: tuple[Entry, ...]
    left_out: tuple[Part, ...] = ()
    question: Question | None = None

    def __post_init__(self) -> None:
        if not self.entries or (self.kind == "answer" and len(self.entries) > 1):
            raise ValueError(f"{self.kind}: {len(self.entries)} entries")


def share(kind: Kind, answers: Sequence[Answer], *, on: date, without: Collection[Part] = UNASKED) -> Shared:
    """What a sender shares of `answers` (at least one), without the parts to be left out.

    An answer keeps the day on which it was made; `on` is the day of one that does not say. Request ids,
    problems and raw chunks are never shared.
    """
    thought = any(answer.thinking for answer in answers)
    left_out = tuple(part for part in PARTS if part in without and (part != "thinking" or thought))
    if kind == "conversation" and ({"turns", "answers"} & set(without)):
        # One prompt without what came before; or all prompts, which the last recipe holds anyway.
        answers = answers[-1:]
    recorded = [_recorded(answer, without, on) for answer in answers]
    entries = [Entry(answer.recipe, None if "answers" in without else answer) for answer in recorded]
    newest = max(answer.made_on or on for answer in recorded)
    return Shared(kind, newest, tuple(entries), left_out)


def _recipe(recipe: Recipe, without: Collection[Part]) -> Recipe:
    if "system" in without:
        recipe = replace(recipe, system="")
    if "turns" in without:
        # An answer that the model is to go on with keeps the prompt it belongs to.
        recipe = replace(recipe, messages=recipe.messages[len(recipe.earlier) :])
    return recipe


def _recorded(answer: Answer, without: Collection[Part], on: date) -> Answer:
    return replace(
        answer,
        recipe=_recipe(answer.recipe, without),
        # What still runs is shared as far as it came.
        status="stopped" if answer.status == "running" else answer.status,
        timeline=() if "times" in without else rounded(answer),
        thinking="" if "thinking" in without else answer.thinking,
        thinking_ms=None if answer.thinking_ms is None else float(round(answer.thinking_ms)),
        duration_ms=float(round(answer.duration_ms)),
        request_id=None,
        problem=None,
        origin="shared",
        made_on=answer.made_on or on,
        chunks=(),
    )


def rounded(answer: Answer) -> tuple[Beat, ...]:
    """The timeline in whole milliseconds; empty where it does not account for every character."""
    beats = tuple(Beat(float(max(0, round(beat.ms))), beat.characters) for beat in answer.timeline)
    whole = sum(beat.characters for beat in beats) == len(answer.text)
    in_order = all(first.ms <= second.ms for first, second in pairwise(beats))
    return beats if whole and in_order else ()
