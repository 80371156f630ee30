"""Figures computed from the timeline of one call, and sentences about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from lib.bedrock.answer import Answer, Beat
from lib.bedrock.wording import count, duration


@dataclass(frozen=True)
class Gap:
    """The time between two neighbouring chunks; its start and end as in `Beat`."""

    start_ms: float
    end_ms: float
    index: int  # of the chunk that ends it

    @property
    def ms(self) -> float:
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class Pace:
    """Figures of one call. Times are in ms; None if there is nothing to measure or to compare."""

    wait_ms: float | None  # until the first chunk with text
    end_ms: float | None  # until the last chunk
    chunks: int
    without_text: int
    characters: int
    typical_gap_ms: float | None  # median
    longest_gap: Gap | None
    service_ms: int | None  # the whole answer, as the service measured it
    service_first_ms: int | None  # its first byte
    elsewhere_ms: float | None  # end_ms beyond service_ms: network and app
    elsewhere_first_ms: float | None  # wait_ms beyond service_first_ms
    held_back: bool  # the service streamed, but all chunks arrived nearly at once


def measure(answer: Answer) -> Pace:
    """The figures of an answer, finished or not."""
    beats, usage = answer.timeline, answer.usage
    end = beats[-1].ms if beats else None
    service = usage.latency_ms if usage else None
    service_first = usage.first_byte_ms if usage else None
    gaps = [Gap(beats[i - 1].ms, beats[i].ms, i) for i in range(1, len(beats))]
    return Pace(
        wait_ms=answer.first_token_ms,
        end_ms=end,
        chunks=len(beats),
        without_text=sum(not beat.characters for beat in beats),
        characters=sum(beat.characters for beat in beats),
        typical_gap_ms=median(gap.ms for gap in gaps) if gaps else None,
        longest_gap=max(gaps, key=lambda gap: gap.ms) if gaps else None,
        service_ms=service,
        service_first_ms=service_first,
        elsewhere_ms=_beyond(end, service),
        # The service's first byte is that of the thinking, if the model thought.
        elsewhere_first_ms=None if answer.thought else _beyond(answer.first_token_ms, service_first),
        held_back=_held_back(beats, service, service_first),
    )


def _beyond(ours: float | None, theirs: int | None) -> float | None:
    """Our time minus the service's. None if one is unknown, or if the service reports a longer time than was
    measured here: then the two cannot be compared."""
    return ours - theirs if ours is not None and theirs is not None and ours >= theirs else None


def _held_back(beats: Sequence[Beat], service: int | None, service_first: int | None) -> bool:
    if len(beats) < 5 or service is None or service_first is None:
        return False
    streamed = service - service_first
    return streamed >= 500 and beats[-1].ms - beats[0].ms < streamed / 5


def sentences(figures: Pace) -> list[str]:
    """The figures in plain words, one sentence each."""
    said = []
    if figures.wait_ms is not None:
        said.append(f"The first text came {duration(figures.wait_ms)} after the prompt was sent.")
    if figures.chunks == 1:
        said.append(f"Everything came in one chunk: {count(figures.characters, 'character')}.")
    else:
        empty = f", {figures.without_text:,} of them without text," if figures.without_text else ""
        said.append(
            f"{figures.chunks:,} chunks{empty} brought {count(figures.characters, 'character')}; "
            f"the last came after {duration(figures.end_ms)}."
        )
    if figures.longest_gap and figures.typical_gap_ms is not None:
        gap = figures.longest_gap
        said.append(
            f"From one chunk to the next it took {duration(figures.typical_gap_ms)} as a rule, "
            f"and {duration(gap.ms)} at most, before chunk {gap.index + 1:,}."
        )
    return said + _service(figures)


def _service(figures: Pace) -> list[str]:
    said = []
    if figures.service_ms is None:
        said.append(
            "The service did not say how long it took, so its time cannot be told from the network's."
        )
    elif figures.elsewhere_ms is None:
        said.append(f"The service says it took {duration(figures.service_ms)}, more than passed here.")
    else:
        said.append(
            f"The service says it took {duration(figures.service_ms)}; the other "
            f"{duration(figures.elsewhere_ms)} went to the network and this app."
        )
    if figures.service_first_ms is not None and figures.elsewhere_first_ms is not None:
        said.append(
            f"Of the wait, {duration(figures.service_first_ms)} were the service's own and "
            f"{duration(figures.elsewhere_first_ms)} the network's and this app's."
        )
    if figures.held_back:
        said.append(
            "The chunks came nearly all at once although the service sent them over a longer time: something "
            "between, such as a proxy, holds the stream back."
        )
    return said
