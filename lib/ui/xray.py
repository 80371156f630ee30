"""Stream X-ray: when each piece of an answer arrived, as a chart, in plain words and as raw chunks.

For one call: an answer with a Continue has one X-ray for each of its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.bedrock.answer import Answer, Beat

if TYPE_CHECKING:
    import altair as alt

MOST_POINTS = 1500
"""A chart with more points than this is thinned; a phone draws this many at once."""
MOST_CHUNKS = 200
"""Of a longer stream, the first and the last half of this many raw chunks are shown."""

_WAIT, _TEXT, _GAP = "Wait for the first token", "Text so far", "Longest gap"
_WHAT_IT_IS = (
    "An answer is not sent when it is whole. It is sent in small pieces, called chunks, over one "
    "connection that stays open: an event stream. Each chunk holds a few letters, about a token, and the "
    "page shows it when it arrives. Below is when each one did, by this app's clock."
)
_HOW_TO_READ = (
    "Read the chart from left to right: the line rises when text arrives and stays flat while nothing does. "
    "A steep line is a fast model, a long flat part is a pause."
)


@dataclass(frozen=True)
class Gap:
    """The time between two neighbouring chunks; ms since the request was sent."""

    start_ms: float
    end_ms: float
    index: int  # of the chunk that ends it

    @property
    def ms(self) -> float:
        return self.end_ms - self.start_ms


@dataclass(frozen=True)
class Figures:
    """What the timeline of one call says. Times in ms; None where there is nothing to measure or compare."""

    wait_ms: float | None  # request sent -> first chunk with text
    end_ms: float | None  # request sent -> last chunk
    chunks: int
    without_text: int
    characters: int
    typical_gap_ms: float | None  # median
    longest_gap: Gap | None
    service_ms: int | None  # the whole answer, as the service measured it
    service_first_ms: int | None  # its first byte
    elsewhere_ms: float | None  # end_ms beyond service_ms: network and app
    elsewhere_first_ms: float | None  # wait_ms beyond service_first_ms
    held_back: bool  # the service says it streamed, and yet all chunks came nearly at once


def measure(answer: Answer) -> Figures:
    """The figures of an answer, finished or not."""
    beats, usage = answer.timeline, answer.usage
    end = beats[-1].ms if beats else None
    service = usage.latency_ms if usage else None
    service_first = usage.first_byte_ms if usage else None
    gaps = [Gap(beats[i - 1].ms, beats[i].ms, i) for i in range(1, len(beats))]
    return Figures(
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
        elsewhere_first_ms=_beyond(answer.first_token_ms, service_first),
        held_back=_held_back(beats, service, service_first),
    )


def _beyond(ours: float | None, theirs: int | None) -> float | None:
    """None also where the service claims more than passed here: then the two cannot be compared."""
    return ours - theirs if ours is not None and theirs is not None and ours >= theirs else None


def _held_back(beats: Sequence[Beat], service: int | None, service_first: int | None) -> bool:
    if len(beats) < 5 or service is None or service_first is None:
        return False
    streamed = service - service_first
    return streamed >= 500 and beats[-1].ms - beats[0].ms < streamed / 5


def thinned(count: int, keep: Gap | None, most: int = MOST_POINTS) -> list[int]:
    """Indexes of at most `most` of `count` chunks, evenly spread; first, last and the gap's ends always."""
    if count <= most:
        return list(range(count))
    always = {0, count - 1} | ({keep.index - 1, keep.index} if keep else set())
    spread = most - len(always)
    return sorted(always | {i * count // spread for i in range(spread)})


def show(answer: Answer, key: str) -> None:
    """Draw it into the current container; `key` tells this answer's elements from those of others."""
    figures = measure(answer)
    if not figures.chunks:
        st.text(_nothing(answer))
        return
    st.markdown(_WHAT_IT_IS)
    st.altair_chart(chart(answer.timeline, figures), key=f"{key}-chart", alt=" ".join(sentences(figures)))
    if figures.chunks > 1:
        st.caption(_HOW_TO_READ)
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences(figures)))
    if note := _ending(answer):
        st.markdown(note)
    _show_chunks(answer.chunks)


def _nothing(answer: Answer) -> str:
    if answer.status == "running":
        return f"Nothing has arrived yet, {_time(answer.duration_ms)} after the request was sent."
    if answer.text:
        return (
            "This answer came back from your browser's storage, which keeps its text but not when each piece "
            "arrived. Answers made since this page was opened have an X-ray."
        )
    return f"No chunk arrived: the call ended after {_time(answer.duration_ms)}, before any text was sent."


def sentences(figures: Figures) -> list[str]:
    """The figures in plain words, one sentence each."""
    said = []
    if figures.wait_ms is not None:
        said.append(f"The first text came {_time(figures.wait_ms)} after the request was sent.")
    if figures.chunks == 1:
        said.append(f"Everything came in one chunk: {_count(figures.characters, 'character')}.")
    else:
        empty = f", {figures.without_text:,} of them without text," if figures.without_text else ""
        said.append(
            f"{figures.chunks:,} chunks{empty} brought {_count(figures.characters, 'character')}; "
            f"the last came after {_time(figures.end_ms)}."
        )
    if figures.longest_gap and figures.typical_gap_ms is not None:
        gap = figures.longest_gap
        said.append(
            f"From one chunk to the next it took {_time(figures.typical_gap_ms)} as a rule, "
            f"and {_time(gap.ms)} at most, before chunk {gap.index + 1:,}."
        )
    return said + _service(figures)


def _service(figures: Figures) -> list[str]:
    said = []
    if figures.service_ms is None:
        said.append(
            "The service did not say how long it took, so its time cannot be told from the network's."
        )
    elif figures.elsewhere_ms is None:
        said.append(f"The service says it took {_time(figures.service_ms)}, more than passed here.")
    else:
        said.append(
            f"The service says it took {_time(figures.service_ms)}; the other {_time(figures.elsewhere_ms)} "
            "went to the network and this app."
        )
    if figures.service_first_ms is not None and figures.elsewhere_first_ms is not None:
        said.append(
            f"Of the wait, {_time(figures.service_first_ms)} were the service's own and "
            f"{_time(figures.elsewhere_first_ms)} the network's and this app's."
        )
    if figures.held_back:
        said.append(
            "The chunks came nearly all at once although the service sent them over a longer time: something "
            "between, such as a proxy, holds the stream back."
        )
    return said


def _ending(answer: Answer) -> str:
    return {
        "running": "The answer is still arriving; this is its timeline so far.",
        "stopped": "You stopped this answer, so the timeline ends where you did.",
        "broken": "The stream broke off: no chunk said that the answer was complete.",
    }.get(answer.status, "")


def _show_chunks(chunks: tuple[str, ...]) -> None:
    st.markdown("**The raw chunks**")
    if not chunks:
        st.caption("Not kept: this answer came back from your browser's storage, without its raw chunks.")
        return
    st.caption("Each line is one chunk, as it came over the wire: a small JSON document.")
    half = MOST_CHUNKS // 2
    if len(chunks) <= MOST_CHUNKS:
        _show_lines(chunks)
        return
    _show_lines(chunks[:half])
    st.caption(f"{_count(len(chunks) - MOST_CHUNKS, 'chunk')} between are not shown.")
    _show_lines(chunks[-half:])


def _show_lines(chunks: Sequence[str]) -> None:
    # A line break in JSON can only stand between its parts, so a space says the same.
    lines = [chunk.replace("\r", " ").replace("\n", " ") for chunk in chunks]
    with st.container(height=240 if len(lines) > 4 else "content", border=False):
        st.code("\n".join(lines), language=None, wrap_lines=True)


def chart(timeline: Sequence[Beat], figures: Figures) -> alt.LayerChart | alt.FacetChart:
    """Characters so far over ms since the request; the wait shaded, the longest gap marked.

    Its colours are the theme's, named in a legend, since only those read well in light and dark alike.
    """
    import altair as alt  # a third of a second to import, and only who opens an X-ray needs it

    bands = _bands(figures)
    x = alt.X(
        "ms:Q",
        title="ms since the request was sent",
        axis=alt.Axis(tickCount=5),
        scale=alt.Scale(domainMin=0, nice=False),
    )
    y = alt.Y("total:Q", title="characters so far", axis=alt.Axis(tickCount=4))
    colour = alt.Color(
        "what:N",
        scale=alt.Scale(domain=[_TEXT, *(band["what"] for band in bands)]),
        legend=alt.Legend(title=None, orient="top", columns=1, rowPadding=0, symbolOpacity=1),
    )
    points = alt.Chart(alt.InlineData(values=_points(timeline, figures))).encode(x=x, y=y, color=colour)
    about = [alt.Tooltip(f"{name}:Q", title=title, format=",") for name, title in _TOOLTIP.items()]
    shaded = (
        alt.Chart(alt.InlineData(values=bands))
        .mark_rect(opacity=0.25)
        .encode(
            x=alt.X("from:Q"),
            x2="to:Q",
            y=alt.value(0),
            y2=alt.value("height"),
            color=colour,
            tooltip=[alt.Tooltip("what:N", title="What"), alt.Tooltip("ms:Q", title="ms", format=",")],
        )
    )
    line = points.mark_line(interpolate="step-after", strokeWidth=1.5)
    dots = points.mark_point(filled=True, size=22, opacity=0.9).encode(tooltip=about)
    return alt.layer(shaded, line, dots, height=320)


def _bands(figures: Figures) -> list[dict[str, Any]]:
    bands = []
    if figures.wait_ms:
        bands.append({"what": _WAIT, "from": 0, "to": figures.wait_ms, "ms": round(figures.wait_ms)})
    if gap := figures.longest_gap:
        bands.append({"what": _GAP, "from": gap.start_ms, "to": gap.end_ms, "ms": round(gap.ms)})
    return bands


_TOOLTIP = {"chunk": "Chunk", "ms": "ms", "characters": "Characters", "total": "So far"}


def _points(timeline: Sequence[Beat], figures: Figures) -> list[dict[str, Any]]:
    kept = set(thinned(len(timeline), figures.longest_gap))
    total, rows = 0, []
    for index, beat in enumerate(timeline):
        total += beat.characters
        if index in kept:
            rows.append(
                {
                    "what": _TEXT,
                    "chunk": index + 1,
                    "ms": round(beat.ms, 1),
                    "characters": beat.characters,
                    "total": total,
                }
            )
    return rows


def _time(ms: float | None) -> str:
    """ms below a second, then seconds."""
    if ms is None:
        return "an unknown time"
    if ms < 10:
        return f"{ms:.1f} ms"
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.2f} s"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
