"""What a run shows: figures for each column, spread against what was compared, and files to take away."""

from collections.abc import Sequence
from datetime import date
from statistics import median
from typing import Any

import altair as alt
import streamlit as st

from lib.bedrock.backend import Backend
from lib.comparison import blind
from lib.comparison.plan import SUBJECTS
from lib.comparison.run import Column, Run
from lib.comparison.spread import Spread, in_words, spread, words
from lib.records import exports
from lib.ui.app import session
from lib.ui.compare import actions
from lib.ui.share import dialog

_HELP = (
    "Spread: 0 means all answers of a column are the same, 1 that they have nothing in common. Answers of up "
    "to 12 words count as the same or not: different ones less one, by all less one. For longer ones: how "
    "many words must change to turn one answer into another, as a share of the longer, on average over "
    "all pairs."
)


def show_results(run: Run, here: Backend) -> None:
    """Draw them for a run that has ended; while it is hidden they would give it away."""
    if run.hidden:
        st.caption("Pick the answer you like best to see which is which.")
        return
    found = [spread([answer.shown_text for answer in column.complete]) for column in run.columns]
    st.table(figures(run, found), border="horizontal", hide_index=True)
    if any(found):
        st.caption(_said(run, found), help=_HELP)
        st.altair_chart(chart(run, found), key=f"chart-{run.id}")
    with st.container(horizontal=True):
        st.button(
            "Run again", key="compare-repeat", icon=":material/replay:", on_click=actions.repeat, args=(run,)
        )
        if st.button("Share", key="compare-share", icon=":material/share:"):
            _share(run)
        with st.popover("Export", icon=":material/download:", key="compare-export"):
            _downloads(run, here)


@st.dialog("Share", width="large", icon=":material/share:")
def _share(run: Run) -> None:
    answers = [answer for column in run.columns if (answer := column.answer)]
    dialog.show_share_form({"comparison": answers}, f"share-{run.id}")


def figures(run: Run, found: Sequence[Spread | None]) -> list[dict[str, str]]:
    """One line for each column; medians where there are repeats, and nothing where nothing is known."""
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


def _said(run: Run, found: Sequence[Spread | None]) -> str:
    told = [f"{run.name(index)}: {in_words(measured)}" for index, measured in enumerate(found) if measured]
    return "Spread. " + ". ".join(told) + "."


def chart(run: Run, found: Sequence[Spread | None]) -> alt.LayerChart | alt.FacetChart:
    """A line through the spread of each column; every answer as a point at its distance from the others."""
    name = SUBJECTS[run.subject]
    means, points = [], []
    for index, measured in enumerate(found):
        if measured is None:
            continue
        column = run.columns[index]
        where = {name: _where(run, index, column), "column": run.name(index)}
        means.append(where | {"spread": measured.value})
        points += [
            where | {"spread": apart, "answer": " ".join(answer.shown_text.split())[:90]}
            for apart, answer in zip(measured.each, column.complete, strict=True)
        ]
    number = run.subject in ("temperature", "top_p")
    x: Any = alt.X(f"{name}:{'Q' if number else 'N'}", sort=None)
    values = [where[name] for where in means]
    x = x.scale(domain=[0, 1]).axis(values=values, format="~g") if number else x.axis(labelAngle=0)
    y = alt.Y("spread:Q", title="Spread").scale(domain=[0, 1])
    line = alt.Chart(_rows(means)).encode(x, y)
    dots = alt.Chart(_rows(points)).encode(
        x, y, tooltip=[alt.Tooltip("answer:N", title="Answer"), alt.Tooltip("spread:Q", format=".2f")]
    )
    layers = [
        dots.mark_circle(size=70, opacity=0.45),
        line.mark_point(size=110, filled=True, shape="diamond"),
    ]
    if number:
        layers.insert(0, line.mark_line())
    return alt.layer(*layers).properties(height=220)


def _rows(values: list[dict[str, Any]]) -> Any:
    return alt.InlineData(values=values)


def _where(run: Run, index: int, column: Column) -> float | str:
    value = getattr(column.recipe, run.subject) if run.subject in ("temperature", "top_p") else None
    return run.name(index) if value is None else value


def _downloads(run: Run, here: Backend) -> None:
    stem = f"sirocco-{run.began:%Y%m%d-%H%M%S}"
    for label, name, mime, text in (
        ("JSON, everything", f"{stem}.json", "application/json", lambda: exports.to_json(run)),
        ("CSV, for a spreadsheet", f"{stem}.csv", "text/csv", lambda: "\ufeff" + exports.to_csv(run)),
        ("YAML, for promptfoo", "promptfooconfig.yaml", "application/yaml", lambda: _promptfoo(run, here)),
    ):
        st.download_button(label, text, name, mime, key=f"export-{mime}", on_click="ignore", type="tertiary")


def _promptfoo(run: Run, here: Backend) -> str:
    return exports.to_promptfoo(run, here.region)


def show_tally() -> None:
    """What the blind rounds of this session say, if any were played."""
    if rounds := session.current().comparisons.rounds:
        st.caption(f"Blind taste so far: you prefer {', '.join(blind.tally(rounds))}.")


def show_earlier() -> None:
    """The runs before this one, to look at or to run again."""
    held = session.current().comparisons
    others = [run for run in held.runs if run is not held.shown]
    if not others:
        return
    with st.expander("Earlier runs", icon=":material/history:", type="compact", key="compare-earlier"):
        for run in others:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(_summary(run), width="stretch")
                st.button("Show", key=f"show-{run.id}", type="tertiary", on_click=held.show, args=(run,))
                st.button(
                    "Run again", key=f"rerun-{run.id}", type="tertiary", on_click=actions.repeat, args=(run,)
                )


def _summary(run: Run) -> str:
    prompt = " ".join(run.prompt.split())
    short = prompt if len(prompt) <= 60 else prompt[:59] + "…"
    repeats = max(len(column.repeats) for column in run.columns)
    times = f" × {repeats}" if repeats > 1 else ""
    when = f"{run.began:%H:%M}" if run.began.date() == date.today() else f"{run.began.date()}"
    return f"{when} · {short} · {len(run.columns)} columns by {SUBJECTS[run.subject].lower()}{times}"
