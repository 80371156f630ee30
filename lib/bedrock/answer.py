"""The result of one call so far: its text and what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate
from typing import Literal, NamedTuple

from lib.bedrock.problems import Problem
from lib.mistral.cost import real_cost, worst_cost
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Recipe

Status = Literal["running", "complete", "stopped", "broken", "failed"]
"""`complete`: a chunk contained a stop reason. `stopped`: the reader closed the stream. `broken`: the stream
ended with an error, or without a stop reason, after text had arrived. `failed`: the same before any text."""

Origin = Literal["here", "restored", "shared"]
"""`here`: made in this session. `restored`: read back from this browser's storage. `shared`: out of a link or
a file, so it is what somebody else says that a model wrote."""


_AT_ONCE_MS = 50.0
"""If all chunks arrive within less time than this, they came at once, and no speed is computed from them."""


class Beat(NamedTuple):
    """The arrival of one chunk: the time and how many characters of text it added."""

    ms: float  # since the reply began, so waiting for the permit and for a new attempt counts
    characters: int


@dataclass(frozen=True)
class Answer:
    """The text of one call and everything measured about it. `text` is exactly what the service sent."""

    recipe: Recipe
    text: str
    status: Status
    stop_reason: str | None = None
    usage: Usage | None = None
    timeline: tuple[Beat, ...] = ()
    duration_ms: float = 0.0  # from the beginning of the reply to its end, or until now
    request_id: str | None = None
    problem: Problem | None = None
    origin: Origin = "here"
    made_on: date | None = None
    chunks: tuple[str, ...] = ()  # as received, one JSON text for each beat; never leaves the process
    parts: tuple[Answer, ...] = ()  # of an answer that was continued; never leaves the process
    thinking: str = ""  # what the model wrote before its answer; never sent back to it
    guardrail: tuple[str, ...] | None = None  # what a guardrail found; None if none checked the call
    tier: str | None = None  # the service tier that served the call, as far as it is known
    thinking_ms: float | None = None  # from its first thinking to its first text, or to the end

    @property
    def shown_text(self) -> str:
        """The text as displayed: Mistral 7B's first token starts with a space (recorded stream, 2024)."""
        return self.text.removeprefix(" ")

    @property
    def thought(self) -> bool:
        """Whether the model thought before it answered, even if the text of its thinking was left out."""
        return bool(self.thinking) or self.thinking_ms is not None

    @property
    def first_token_ms(self) -> float | None:
        """Time to the first text, measured here: the first token, unless the model thought before it.

        The service's own measurement is `usage.first_byte_ms`.
        """
        return next((beat.ms for beat in self.timeline if beat.characters), None)

    @property
    def tokens_per_second(self) -> float | None:
        """Output tokens after the first, divided by the seconds they took; None if it cannot be computed.

        The service counts the tokens of the thinking together with those of the text, and chunks that came
        all at once have no speed. An answer that was continued has the speed of its parts that were measured.
        """
        measured = [found for part in self.parts or (self,) if (found := part._measured())]
        ms = sum(lasted for _, lasted in measured)
        return sum(tokens for tokens, _ in measured) * 1000 / ms if ms else None

    def _measured(self) -> tuple[int, float] | None:
        """The output tokens after the first, and the milliseconds that they took; None if not measured."""
        first = self.first_token_ms
        if self.usage is None or first is None or self.usage.output_tokens < 2 or self.thought:
            return None
        lasted = max(beat.ms for beat in self.timeline if beat.characters) - first
        return (self.usage.output_tokens - 1, lasted) if lasted >= _AT_ONCE_MS else None

    @property
    def least_usage(self) -> Usage | None:
        """The tokens of the parts that were counted; None if none was. Those of an answer that was not
        continued are its `usage`."""
        return self.usage or _sum([part.usage for part in self.parts if part.usage])

    @property
    def cost(self) -> int | None:
        """Estimate in micro-dollars from the price of the model; None if price or usage are unknown."""
        return real_cost(self.recipe.model, self.usage) if self.usage else None

    @property
    def highest_cost(self) -> int | None:
        """The most that it can have cost, in micro-dollars; None if the price is unknown."""
        if self.usage:
            return self.cost
        costs = [part.highest_cost for part in self.parts] or [worst_cost(self.recipe)]
        known = [cost for cost in costs if cost is not None]
        return sum(known) if len(known) == len(costs) else None


def joined(parts: Sequence[Answer]) -> Answer:
    """One Answer made of an answer and its continuations.

    Texts and times follow one another, and tokens are summed. The recipe is that of the first part; status,
    stop reason and problem are those of the last part.
    """
    if len(parts) == 1:
        return parts[0]
    starts = [0.0, *accumulate(part.duration_ms for part in parts)]
    beats = [
        Beat(beat.ms + at, beat.characters)
        for at, part in zip(starts, parts, strict=False)
        for beat in part.timeline
    ]
    text, status = "".join(part.text for part in parts), parts[-1].status
    return replace(
        parts[-1],
        recipe=parts[0].recipe,
        text=text,
        status="broken" if status == "failed" and text else status,
        usage=_sum([part.usage for part in parts]),
        timeline=tuple(beats),
        duration_ms=starts[-1],
        origin="shared" if any(part.origin == "shared" for part in parts) else parts[-1].origin,
        chunks=tuple(chunk for part in parts for chunk in part.chunks),
        parts=tuple(parts),
        guardrail=_found([part.guardrail for part in parts]),
        thinking="\n\n".join(part.thinking for part in parts if part.thinking),
        thinking_ms=sum(known)
        if (known := [part.thinking_ms for part in parts if part.thinking_ms])
        else None,
    )


def _found(each: Sequence[tuple[str, ...] | None]) -> tuple[str, ...] | None:
    known = [found for found in each if found is not None]
    return tuple(dict.fromkeys(what for found in known for what in found)) if known else None


def _sum(usages: Sequence[Usage | None]) -> Usage | None:
    known = [usage for usage in usages if usage]
    if not known or len(known) < len(usages):
        return None
    return Usage(
        sum(usage.input_tokens for usage in known),
        sum(usage.output_tokens for usage in known),
        None,
        None,
        sum(usage.cached_tokens for usage in known),
    )
