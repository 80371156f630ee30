"""The columns on the page: side by side, while their answers arrive and afterwards."""

import threading
import time
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.wording import clipped
from lib.comparison.plan import FEWEST
from lib.comparison.plan import MOST as MOST_COLUMNS
from lib.comparison.run import Column, Repeat, Run
from lib.markdown.escape import escape
from lib.markdown.marks import MOST as MOST_MARKS
from lib.markdown.marks import marked
from lib.markdown.streamlit_markdown import streamlit_markdown
from lib.ui.answer.live import write_live
from lib.ui.answer.text import show_plain, show_text
from lib.ui.answer.thinking import show_thinking
from lib.ui.app.streamlit_quirks import yield_point
from lib.ui.app.widgets import button
from lib.ui.browser import runs_storage
from lib.ui.compare import column_foot
from lib.ui.compare.view import TextForm

_NARROWEST = 170
"""The smallest width of a column in pixels; columns that do not fit go below. Four stand side by side in a
window of 1024 px with the sidebar closed, and of 1280 px; on a phone page.css gives each the whole screen."""
_TICK_S = 0.05
_LAST_TEXT_S = 1.0
_SAVE_S = 3.0
_ENDED = ":material/check: Ended"  # in the place of Stop, so that the text stays where it is
_CARD = 60  # characters
_HEADS = 90  # characters of the names of all columns together


class _Places(NamedTuple):
    """Where a column is drawn apart from its text; `painted` is set when its last text is drawn."""

    stop: DeltaGenerator
    foot: DeltaGenerator
    painted: threading.Event


def show_columns(run: Run, form: TextForm, going: bool) -> None:
    """Draw all columns. While answers arrive, follow them to the end of the run and then run the page again.

    `going`: whether the run was going when the rest of the page was drawn; it may have ended since.
    """
    run.settle()
    bar, grid = st.empty(), _grid(len(run.columns))
    live: dict[int, _Places] = {}
    for index in run.order:
        column = run.columns[index]
        ended = column.ended
        with grid.container(key=f"column-{index}"):
            picked = " · your pick" if run.picked == index else ""
            st.markdown(f"**{escape(_short_name(run, index))}**{picked}")
            stop, streaming, settled, foot = st.empty(), st.empty(), st.empty(), st.empty()
        if ended:
            if going:
                stop.caption(_ENDED)
            with settled.container(key=f"text-{index}"):
                _settled(run, index, form)
            with foot.container(gap="xsmall"):
                column_foot.show_column_foot(run, index)
        else:
            with stop.container():  # without a block around it, Streamlit would keep the button, pale
                button("Stop", "stop_circle", run.stop, column, key=f"stop-{run.id}-{index}")
            live[index] = _Places(stop, foot, threading.Event())
            with streaming.container(key=f"live-{index}"):
                _live(run, column, live[index].painted)
    if going or live:
        _follow(run, bar, dict(live))
        _wait_for([place.painted for place in live.values()])
        st.rerun()


def _grid(count: int) -> DeltaGenerator:
    """A grid; each number of columns has a place of its own, so that no column of a wider run stays, pale."""
    places = {number: st.empty() for number in range(FEWEST, MOST_COLUMNS + 1)}
    with places[count].container():
        return st.grid(count, min_column_width=_NARROWEST, border=True, key="compare-grid")


def _short_name(run: Run, index: int) -> str:
    """The name of a column on one line, so that the texts of all columns begin at the same height."""
    return clipped(run.name(index), _HEADS // len(run.columns) if run.subject == "system" else _HEADS)


def _follow(run: Run, bar: DeltaGenerator, places: dict[int, _Places]) -> None:
    """Until the run has ended, show its progress, and draw the foot of each column that ends."""
    said, saving = "", _Saving(run)
    while not run.ended:
        yield_point()
        saving.tick()
        if (now := _progress(run)) != said:
            said = now
            bar.progress(_ended(run) / len(run.repeats), text=now)
        for index in [index for index in places if run.columns[index].ended]:
            place = places.pop(index)
            place.stop.caption(_ENDED)
            with place.foot.container(gap="xsmall"):
                column_foot.show_ending(run, index)
        run.wait(_TICK_S)


class _Saving:
    """Saves the answers that have ended, some seconds apart, while the script follows a run."""

    def __init__(self, run: Run) -> None:
        self._run, self._place, self._number = run, st.empty(), 0
        self._saved, self._saved_at = _ended(run), time.monotonic()

    def tick(self) -> None:
        """Save if it is time, and if there is something new."""
        if time.monotonic() - self._saved_at < _SAVE_S or (ended := _ended(self._run)) == self._saved:
            return
        self._saved, self._saved_at, self._number = ended, time.monotonic(), self._number + 1
        runs_storage.save_now(self._place, self._number)


def _ended(run: Run) -> int:
    return sum(repeat.ended for repeat in run.repeats)


def _wait_for(painted: list[threading.Event]) -> None:
    """Wait up to 1 s until every column has drawn its last text."""
    latest = time.monotonic() + _LAST_TEXT_S
    while not all(event.is_set() for event in painted) and time.monotonic() < latest:
        yield_point()
        time.sleep(_TICK_S)


def _progress(run: Run) -> str:
    """The text of the progress bar; "" where every call was sent at once."""
    if len(run.repeats) <= run.width:
        return ""
    ended, going = _ended(run), sum(1 for _ in run.running)
    waiting = sum(repeat.waiting for repeat in run.repeats)
    queued = f", {waiting} waiting" if waiting else ""
    return f"{ended} of {len(run.repeats)} answers · {going} streaming{queued}"


@st.fragment(parallel=True)
def _live(run: Run, column: Column, painted: threading.Event) -> None:
    """Draw the answers of one column as they arrive: the newest in full, ended ones as one line each."""
    repeats = column.repeats[:1] if run.hidden else column.repeats
    places = [st.empty() for _ in repeats]
    for number, (place, repeat) in enumerate(zip(places, repeats, strict=True), 1):
        _write(run, repeat, place)
        if number < len(places):
            place.caption(f"{number} · {card(repeat)}")
    painted.set()


def _write(run: Run, repeat: Repeat, place: DeltaGenerator) -> None:
    if repeat.waiting:
        ahead = sum(other.waiting for other in run.repeats[: run.repeats.index(repeat)])
        place.caption(f"Waiting in the queue{f', {ahead} before it' if ahead else ''}")
        while repeat.waiting:
            yield_point()
            time.sleep(_TICK_S)
    if reply := repeat.running:
        write_live(reply, place)
    elif answer := repeat.answer:
        with place:
            show_text(answer)


def card(repeat: Repeat) -> str:
    """The beginning of an answer on one line, escaped for Markdown."""
    return escape(clipped(repeat.answer.shown_text if repeat.answer else "", _CARD)) or "no text"


def _settled(run: Run, index: int, form: TextForm) -> None:
    column = run.columns[index]
    answer = column.answer
    if answer:
        show_thinking(answer)
    if answer and answer.text and form == "plain":
        show_plain(answer.text)
    elif answer and answer.shown_text:
        text, note = streamlit_markdown(answer.shown_text), ""
        if form in ("before", "first") and not run.hidden:
            text, note = _marked(run, index, text, form == "first")
        st.markdown(text, anchors=False)
        if note:
            st.caption(note)
    if len(column.repeats) > 1 and not run.hidden:  # equal repeats would reveal the lowest temperature
        column_foot.show_repeats(run, index)


def _marked(run: Run, index: int, text: str, with_first: bool) -> tuple[str, str]:
    """The text, with those words marked that the column before, or the first one, does not have, and a note.

    The run keeps both, because comparing long texts takes time.
    """
    place = run.order.index(index)
    before = run.columns[run.order[0 if with_first else place - 1]].answer if place else None
    if before is None or not before.shown_text:
        return text, ""
    pair = (before.shown_text, text)
    if pair not in run.memo:
        run.memo[pair] = marked(streamlit_markdown(before.shown_text), text)
    drawn, share = run.memo[pair]
    return drawn, "Nearly all words differ." if share > MOST_MARKS else ""
