"""The results of a run: figures for each column, their spread as a chart, and files to download."""

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any

import altair as alt
import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.wording import clipped
from lib.comparison import blind
from lib.comparison.plan import SUBJECTS
from lib.comparison.run import Run
from lib.comparison.spread import Spread, in_words, spread, words
from lib.records import exports
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.widgets import button, row
from lib.ui.compare import actions
from lib.ui.share import dialog

_HELP = (
    "Spread: 0 means all answers of a column are the same, 1 that they have nothing in common. Answers of up "
    "to 12 words count as the same or not: different ones less one, by all less one. For longer ones: how "
    "many words must change to turn one answer into another, as a share of the longer, on average over "
    "all pairs."
)


def show_results(run: Run, here: Backend) -> None:
    """Draw the results. They are left out while nobody may know which column is which."""
    if run.hidden:
        st.caption("Pick the answer you like best to see which is which.")
        return
    found = [spread([answer.shown_text for answer in column.complete]) for column in run.columns]
    st.table(figures(run, found), border="horizontal", hide_index=True)
    if any(found):
        st.caption(_spread_in_words(run, found), help=_HELP)
        st.altair_chart(chart(run, found), key=f"chart-{run.id}")
    with st.container(horizontal=True):
        button("Run again", "replay", once(actions.repeat), run, key="compare-repeat", type="secondary")
        if st.button("Share", key="compare-share", icon=":material/share:"):
            _share(run)
        with st.popover("Export", icon=":material/download:", key="compare-export"):
            _downloads(run, here)


@st.dialog("Share", width="large", icon=":material/share:")
def _share(run: Run) -> None:
    answers = [answer for column in run.columns if (answer := column.answer)]
    dialog.show_share_form({"comparison": answers}, f"share-{run.id}")


def figures(run: Run, found: Sequence[Spread | None]) -> list[dict[str, str]]:
    """One row for each column, with medians over its repeats; a figure that is not known is empty."""
    rows = []
    for index, column in enumerate(run.columns):
        answers, measured = column.complete, found[index]
        rates = [rate for answer in answers if (rate := answer.tokens_per_second)]
        firsts = [first / 1000 for answer in answers if (first := answer.first_token_ms) is not None]
        row = {"Column": run.name(index)}
        if any(found):
            row["Spread"] = f"{measured.value:.2f}" if measured else ""
        row["Words"] = _figure([len(words(answer.shown_text)) for answer in answers], "{:.0f}")
        row["First token"] = _figure(firsts, "{:.2f} s")
        row["Tokens/s"] = _figure(rates, "{:.0f}")
        row["Answers"] = f"{len(answers)} of {len(column.repeats)}"
        rows.append(row)
    return rows


def _figure(values: Sequence[float], form: str) -> str:
    return form.format(median(values)) if values else ""


def _spread_in_words(run: Run, found: Sequence[Spread | None]) -> str:
    told = [f"{run.name(index)}: {in_words(measured)}" for index, measured in enumerate(found) if measured]
    return "Spread. " + ". ".join(told) + "."


def chart(run: Run, found: Sequence[Spread | None]) -> alt.LayerChart | alt.FacetChart:
    """The spread of each column, and each answer as a point at its distance from the other answers."""
    name = SUBJECTS[run.subject]
    number = run.subject in ("temperature", "top_p")
    means, points = [], []
    for index, measured in enumerate(found):
        if measured is None:
            continue
        column = run.columns[index]
        value = getattr(column.recipe, run.subject) if number else None
        place = {name: run.name(index) if value is None else value, "column": run.name(index)}
        means.append(place | {"spread": measured.value})
        points += [
            place | {"spread": apart, "answer": " ".join(answer.shown_text.split())[:90]}
            for apart, answer in zip(measured.each, column.complete, strict=True)
        ]
    x: Any = alt.X(f"{name}:{'Q' if number else 'N'}", sort=None)
    values = [mean[name] for mean in means]
    x = x.scale(domain=[0, 1]).axis(values=values, format="~g") if number else x.axis(labelAngle=0)
    y = alt.Y("spread:Q", title="Spread").scale(domain=[0, 1])
    line = alt.Chart(alt.InlineData(values=means)).encode(x, y)
    about = [alt.Tooltip("answer:N", title="Answer"), alt.Tooltip("spread:Q", format=".2f")]
    dots = alt.Chart(alt.InlineData(values=points)).encode(x, y, tooltip=about)
    lines = [line.mark_line()] if number else []
    diamonds = line.mark_point(size=110, filled=True, shape="diamond")
    return alt.layer(*lines, dots.mark_circle(size=70, opacity=0.45), diamonds).properties(height=220)


def _downloads(run: Run, here: Backend) -> None:
    stem = f"sirocco-{run.began:%Y%m%d-%H%M%S}"
    for label, name, mime, text in (
        ("JSON, everything", f"{stem}.json", "application/json", lambda: exports.to_json(run)),
        ("CSV, for a spreadsheet", f"{stem}.csv", "text/csv", lambda: "\ufeff" + exports.to_csv(run)),
        (
            "YAML, for promptfoo",
            "promptfooconfig.yaml",
            "application/yaml",
            lambda: exports.to_promptfoo(run, here.region),
        ),
    ):
        st.download_button(label, text, name, mime, key=f"export-{mime}", on_click="ignore", type="tertiary")


def show_tally() -> None:
    """Draw what was liked best in the blind rounds of this session, if there were any."""
    if rounds := session.current().comparisons.rounds:
        st.caption(f"Blind taste so far: you prefer {', '.join(blind.tally(rounds))}.")


def show_earlier() -> None:
    """Draw the other runs, each with buttons to show it or to run it again."""
    held = session.current().comparisons
    others = [run for run in held.runs if run is not held.shown]
    if not others:
        return
    with st.expander("Earlier runs", icon=":material/history:", type="compact", key="compare-earlier"):
        for run in others:
            with row():
                st.text(_summary(run), width="stretch")
                st.button("Show", key=f"show-{run.id}", type="tertiary", on_click=held.show, args=(run,))
                label, key = "Run again", f"rerun-{run.id}"
                st.button(label, key=key, type="tertiary", on_click=once(actions.repeat), args=(run,))


def _summary(run: Run) -> str:
    repeats = max(len(column.repeats) for column in run.columns)
    times = f" × {repeats}" if repeats > 1 else ""
    when = f"{run.began:%H:%M}" if run.began.date() == date.today() else f"{run.began.date()}"
    compared = f"{len(run.columns)} columns by {SUBJECTS[run.subject].lower()}{times}"
    return f"{when} · {clipped(run.prompt, 60)} · {compared}"
