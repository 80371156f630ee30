"""How a run is looked at: the line that says what was asked, and what is marked in the texts."""

from typing import Literal

import streamlit as st

from lib.bedrock.wording import clipped
from lib.comparison.plan import SUBJECTS
from lib.comparison.run import Run
from lib.mistral.recipe import NUMBERS
from lib.ui.answer.text import PLAIN
from lib.ui.app import widget_keys
from lib.ui.app.acts import once
from lib.ui.app.widgets import button, row
from lib.ui.compare import actions
from lib.ui.compare.price import show_most

TextForm = Literal["formatted", "before", "first", "plain"]
"""How the texts are drawn; `before` and `first`: with marks at the words that the column before, or the first
column, does not have."""
MARKS: tuple[TextForm, ...] = ("before", "first", "formatted")
_NAMES = {"before": "The column before", "first": "The first column", "formatted": "Nothing"}
_PROMPT = 200  # characters


def chosen_form() -> TextForm:
    """How the texts are drawn, as the widgets of `show_view` say."""
    if st.session_state.get(widget_keys.COMPARE_PLAIN):
        return "plain"
    found = st.session_state.get(widget_keys.COMPARE_MARK)
    return found if found in MARKS else MARKS[0]


def show_head(run: Run, going: bool) -> None:
    """Draw the prompt and the settings that the columns below answer, with Stop while they arrive."""
    with row(key="compare-head"):
        st.text(clipped(run.prompt, _PROMPT), width="stretch")
        stop = st.empty()
        if going:
            with stop.container():
                button("Stop all", "stop_circle", run.stop, key="compare-stop", type="primary")
    st.caption(_about(run))
    if not going and (failed := run.failed):
        with row(key="compare-failed"):
            act, key = once(actions.retry_failed), "compare-retry-failed"
            button(f"Retry all failed ({len(failed)})", "refresh", act, run, key=key, type="secondary")
            show_most(failed)


def _about(run: Run) -> str:
    """ "4 columns by temperature, 3 repeats each · Mistral Large · top p 0.5"."""
    repeats = max(len(column.repeats) for column in run.columns)
    times = f", {repeats} repeats each" if repeats > 1 else ""
    said = [f"{len(run.columns)} columns by {SUBJECTS[run.subject].lower()}{times}"]
    recipe = run.columns[0].recipe
    if run.subject != "model":
        said.append(recipe.model.name)
    for name, number in NUMBERS.items():
        value, taken = getattr(recipe, name), recipe.model.parameters.get(name)
        if name != run.subject and value is not None and (taken is None or value != taken.default):
            said.append(f"{number.short} {value:g}")
    return " · ".join(said)


def show_view() -> None:
    """Draw the choice of what is marked, and the switch to plain text."""
    with row(gap="medium"):
        st.radio(
            "Mark the words that differ from",
            MARKS,
            horizontal=True,
            format_func=lambda name: _NAMES[name],
            key=widget_keys.COMPARE_MARK,
            persist_state="session",
        )
        st.toggle(
            PLAIN,
            key=widget_keys.COMPARE_PLAIN,
            help="The exact characters of the answers, without formatting and marks",
            persist_state="session",
        )
