"""The results of a run: figures for each column, a chart of where its answers part, and files to download."""

from collections.abc import Sequence
from datetime import date
from statistics import median

import altair as alt
import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.wording import clipped
from lib.comparison import blind
from lib.comparison.figures import Figures, compared, figures, how_many, where, words
from lib.comparison.plan import SUBJECTS
from lib.comparison.run import Run
from lib.records import exports, promptfoo
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.widgets import button, row
from lib.ui.compare import actions
from lib.ui.compare.price import show_most
from lib.ui.compare.tree import show_tree
from lib.ui.share import dialog

_HELP = (
    "Different: answers that are not word for word the same. They part after: how many words two answers of "
    "a column share from the beginning before they differ, on average over all pairs; answers that never "
    "part count with their whole length. In brackets the range in which the average over many more answers "
    "lies with 95 % confidence. In a test with the embedded model and ten prompts, 5 repeats showed a "
    "difference between temperature 0 and 0.3 for nine prompts, and between 0.3 and 0.7 for two; 10 repeats "
    "showed the latter for five. Between 0.7 and 1 it took 30 repeats."
)


def show_results(run: Run, here: Backend) -> None:
    """Draw the results. They are not shown as long as the settings of a blind run are hidden."""
    if run.hidden:
        st.caption(f"{blind.ASKED[run.question]} After your pick the settings of all columns are shown.")
        return
    found = [figures([answer.shown_text for answer in column.complete]) for column in run.columns]
    st.table(table(run, found), border="horizontal", hide_index=True)
    if any(found):
        names = [run.name(index) for index in range(len(run.columns))]
        st.caption(" ".join(compared(names, found)) + " " + _chance(here), help=_HELP)
        st.altair_chart(chart(run, found), key=f"chart-{run.id}")
        show_tree(run)
    with st.container(horizontal=True):
        button("Run again", "replay", once(actions.repeat), run, key="compare-repeat", type="secondary")
        show_most([repeat.recipe for repeat in run.repeats])
        if st.button("Share", key="compare-share", icon=":material/share:"):
            _share(run)
        with st.popover("Export", icon=":material/download:", key="compare-export"):
            _downloads(run, here)


@st.dialog("Share", width="large", icon=":material/share:")
def _share(run: Run) -> None:
    answers = [answer for column in run.columns for answer in column.answers]
    dialog.show_share_form({"comparison": answers}, f"share-{run.id}")


def _chance(here: Backend) -> str:
    """A sentence about whether the columns differ by chance, too."""
    if here.kind == "local":
        return "Repeats with the same number use the same random seed in every column."
    return "Amazon Bedrock takes no seed for these models, so the columns differ by chance, too."


def table(run: Run, found: Sequence[Figures | None]) -> list[dict[str, str]]:
    """One row for each column, with medians over its repeats; a figure that is not known is empty."""
    rows = []
    for index, column in enumerate(run.columns):
        answers, measured = column.complete, found[index]
        rates = [rate for answer in answers if (rate := answer.tokens_per_second)]
        firsts = [first / 1000 for answer in answers if (first := answer.first_token_ms) is not None]
        row = {"Column": run.name(index)}
        if any(found):
            row["Different"] = how_many(measured) if measured else ""
            row["They part"] = where(measured) if measured else ""
        row["Words"] = _figure([len(words(answer.shown_text)) for answer in answers], "{:.0f}")
        row["First token"] = _figure(firsts, "{:.2f} s")
        row["Tokens/s"] = _figure(rates, "{:.0f}")
        row["Answers"] = f"{len(answers)} of {len(column.repeats)}"
        rows.append(row)
    return rows


def _figure(values: Sequence[float], form: str) -> str:
    return form.format(median(values)) if values else ""


def chart(run: Run, found: Sequence[Figures | None]) -> alt.LayerChart | alt.FacetChart:
    """A dot for each answer at the number of words that it shares with the others of its column, on average;
    for each column the mean, and its 95 % confidence interval."""
    name = SUBJECTS[run.subject]
    means, points = [], []
    for index, measured in enumerate(found):
        if measured is None:
            continue
        column, place = run.columns[index], {name: run.name(index)}
        low, high = measured.interval or (measured.shared, measured.shared)
        means.append(place | {"words": measured.shared, "low": low, "high": high})
        points += [
            place | {"words": apart, "answer": " ".join(answer.shown_text.split())[:90]}
            for apart, answer in zip(measured.each, column.complete, strict=True)
        ]
    x = alt.X(f"{name}:N", sort=None, title=None).axis(labelAngle=0)
    y = alt.Y("words:Q", title="Words before they part").scale(domainMin=0)
    about = [
        alt.Tooltip("answer:N", title="Answer"),
        alt.Tooltip("words:Q", title="Words shared with the others", format=".1f"),
    ]
    mean = alt.Chart(alt.InlineData(values=means)).encode(x, y)
    dots = alt.Chart(alt.InlineData(values=points)).encode(x, y, tooltip=about)
    return alt.layer(
        dots.mark_circle(size=70, opacity=0.45),
        mean.mark_rule(strokeWidth=2).encode(y=alt.Y("low:Q"), y2="high:Q"),
        mean.mark_point(size=110, filled=True, shape="diamond"),
    ).properties(height=220)


def _downloads(run: Run, here: Backend) -> None:
    stem = f"sirocco-{run.began:%Y%m%d-%H%M%S}"
    for label, name, mime, text in (
        ("JSON, everything", f"{stem}.json", "application/json", lambda: exports.to_json(run)),
        ("CSV, for a spreadsheet", f"{stem}.csv", "text/csv", lambda: "\ufeff" + exports.to_csv(run)),
        (
            "YAML, for promptfoo",
            "promptfooconfig.yaml",
            "application/yaml",
            lambda: promptfoo.to_promptfoo(run, here.region),
        ),
    ):
        st.download_button(label, text, name, mime, key=f"export-{mime}", on_click="ignore", type="tertiary")


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
                st.button("Show", key=f"show-{run.id}", type="tertiary", on_click=actions.show, args=(run,))
                label, key = "Run again", f"rerun-{run.id}"
                st.button(label, key=key, type="tertiary", on_click=once(actions.repeat), args=(run,))
                show_most([repeat.recipe for repeat in run.repeats])


def _summary(run: Run) -> str:
    repeats = max(len(column.repeats) for column in run.columns)
    times = f" × {repeats}" if repeats > 1 else ""
    when = f"{run.began:%H:%M}" if run.began.date() == date.today() else f"{run.began.date()}"
    compared = f"{len(run.columns)} columns by {SUBJECTS[run.subject].lower()}{times}"
    return f"{when} · {clipped(run.prompt, 60)} · {compared}"
