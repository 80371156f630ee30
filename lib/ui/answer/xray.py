"""Stream X-ray: when each piece of an answer arrived, as a chart, in plain words and as raw chunks.

It is about one call: an answer that was continued has one X-ray for each of its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.bedrock.answer import Answer, Beat, Origin
from lib.bedrock.timeline import Gap, Pace, measure, sentences
from lib.bedrock.wording import count, duration

if TYPE_CHECKING:
    import altair as alt

MOST_POINTS = 1500
"""A chart with more points than this is thinned; a phone draws this many without delay."""
MOST_CHUNKS = 200
"""Of a longer stream, the first and the last half of this many raw chunks are shown."""

_WAIT, _TEXT, _GAP = "Wait for the first text", "Text so far", "Longest gap"
_WHAT_IT_IS = (
    "An answer is not sent when it is whole. It is sent in small pieces, called chunks, over one "
    "connection that stays open: an event stream. Each chunk holds a few letters, about a token, and the "
    "page shows it when it arrives. The chart shows when each one did, by this app's clock."
)
_HOW_TO_READ = (
    "Read the chart from left to right: the line rises when text arrives and stays flat while nothing does. "
    "A steep line is a fast model, a long flat part is a pause."
)

_NO_CHUNKS: dict[Origin, str] = {
    "here": "They are not kept for the answers of a comparison.",
    "restored": "Not kept: this answer came back from your browser's storage, without its raw chunks.",
    "shared": "A shared answer does not contain them.",
}


def thinned(count: int, keep: Gap | None, most: int = MOST_POINTS) -> list[int]:
    """Indexes of at most `most` of `count` chunks, evenly spread, always with the first, the last and the two
    ends of the gap `keep`."""
    if count <= most:
        return list(range(count))
    always = {0, count - 1} | ({keep.index - 1, keep.index} if keep else set())
    spread = most - len(always)
    return sorted(always | {i * count // spread for i in range(spread)})


def show_xray(answer: Answer, key: str) -> None:
    """Draw the X-ray into the current container; `key` tells this answer's elements from those of others."""
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
    _show_chunks(answer)


def _nothing(answer: Answer) -> str:
    if answer.status == "running":
        return f"Nothing has arrived yet, {duration(answer.duration_ms)} after the prompt was sent."
    if answer.text:
        return (
            "The sender did not share when each piece of this answer arrived."
            if answer.origin == "shared"
            else "It is not known when each piece of this answer arrived."
        )
    return f"No chunk arrived: the call ended after {duration(answer.duration_ms)}, before any text was sent."


def _ending(answer: Answer) -> str:
    stopped_by = "The sender" if answer.origin == "shared" else "You"
    return {
        "running": "The answer is still arriving; this is its timeline so far.",
        "stopped": f"{stopped_by} stopped this answer, so the timeline ends there.",
        "broken": "The stream broke off: no chunk said that the answer was complete.",
    }.get(answer.status, "")


def _show_chunks(answer: Answer) -> None:
    st.markdown("**The raw chunks**")
    chunks = answer.chunks
    if not chunks:
        st.caption(_NO_CHUNKS[answer.origin])
        return
    st.caption("Each line is one chunk, as it came over the wire: a small JSON document.")
    half = MOST_CHUNKS // 2
    if len(chunks) <= MOST_CHUNKS:
        _show_lines(chunks)
        return
    _show_lines(chunks[:half])
    st.caption(f"{count(len(chunks) - MOST_CHUNKS, 'chunk')} between are not shown.")
    _show_lines(chunks[-half:])


def _show_lines(chunks: Sequence[str]) -> None:
    # A line break in JSON can only stand between its parts, so a space says the same.
    lines = [chunk.replace("\r", " ").replace("\n", " ") for chunk in chunks]
    with st.container(height=240 if len(lines) > 4 else "content", border=False):
        st.code("\n".join(lines), language=None, wrap_lines=True)


def chart(timeline: Sequence[Beat], figures: Pace) -> alt.LayerChart | alt.FacetChart:
    """The characters so far over the ms since the request, with the wait and the longest gap shaded.

    Its colours are those of the theme, which are readable in light and dark; a legend names them.
    """
    import altair as alt  # it takes a third of a second to import, and is needed only for an X-ray

    bands = _bands(figures)
    x = alt.X(
        "ms:Q",
        title="ms since the prompt was sent",
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


def _bands(figures: Pace) -> list[dict[str, Any]]:
    bands = []
    if figures.wait_ms:
        bands.append({"what": _WAIT, "from": 0, "to": figures.wait_ms, "ms": round(figures.wait_ms)})
    if gap := figures.longest_gap:
        bands.append({"what": _GAP, "from": gap.start_ms, "to": gap.end_ms, "ms": round(gap.ms)})
    return bands


_TOOLTIP = {"chunk": "Chunk", "ms": "ms", "characters": "Characters", "total": "So far"}


def _points(timeline: Sequence[Beat], figures: Pace) -> list[dict[str, Any]]:
    kept = set(thinned(len(timeline), figures.longest_gap))
    total, rows = 0, []
    for index, beat in enumerate(timeline):
        total += beat.characters
        if index in kept:
            row = {"what": _TEXT, "chunk": index + 1, "ms": round(beat.ms, 1)}
            rows.append(row | {"characters": beat.characters, "total": total})
    return rows
