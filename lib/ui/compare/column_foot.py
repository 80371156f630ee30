"""The part below the text of a column: its repeats, how it ended, and the buttons for it."""

from contextlib import suppress

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.summary import answer_line
from lib.bedrock.wording import clipped
from lib.comparison import plan
from lib.comparison.blind import PICKS
from lib.comparison.figures import groups
from lib.comparison.run import Column, Run
from lib.markdown.escape import escape
from lib.mistral.recipe import RecipeError
from lib.ui.answer.problem_card import problem_card
from lib.ui.app.acts import once
from lib.ui.app.startup import backend
from lib.ui.app.widgets import button, row
from lib.ui.compare import actions
from lib.ui.compare.price import show_most

_LABEL = 48  # characters of an answer on its card


def show_column_foot(run: Run, index: int) -> None:
    """Draw the whole foot of a column that has ended."""
    _how_it_ended(run, index)
    column = run.columns[index]
    readable = bool(column.answer and column.answer.text.strip())
    with row(gap="xsmall"):
        if run.hidden:
            if run.ended and readable:
                key = f"pick-{run.id}-{index}"
                pick = once(actions.pick)
                button(PICKS[run.question], "favorite", pick, run, index, key=key, type="secondary")
            if column.failed:
                _again(run, index)
            return
        if readable:
            hint, key = "Add this answer to the chat, with its settings", f"use-{run.id}-{index}"
            button("Use this one", "chat", once(actions.use), column, key=key, help=hint)
        _again(run, index)
        _change(run, index)
    _earlier(column)


def show_ending(run: Run, index: int) -> None:
    """Draw how a column has ended while others still run, and the button that runs it again."""
    _how_it_ended(run, index)
    _again(run, index)


def _how_it_ended(run: Run, index: int) -> None:
    column = run.columns[index]
    answer = column.answer
    if answer and not run.hidden:
        st.caption(line(run, answer))
    elif answer is None:
        st.caption("Not sent")
    problems = [answer.problem for answer in column.answers if answer.problem]
    for kind in dict.fromkeys(problem.kind for problem in problems):
        alike = [problem for problem in problems if problem.kind == kind]
        share = f" ({len(alike)} of {len(column.repeats)})" if len(column.repeats) > 1 else ""
        problem_card(alike[0], note=share, anonymous=run.hidden)


def _again(run: Run, index: int) -> None:
    column = run.columns[index]
    button(
        "Retry" if column.failed else "Again",
        "refresh",
        once(actions.again),
        run,
        column,
        key=f"again-{run.id}-{index}",
        type="secondary" if column.failed else "tertiary",
        help="Run this column again and keep the others",
    )
    show_most([column.recipe] * len(column.to_redo()))


def line(run: Run, answer: Answer) -> str:
    """The summary of an answer without the facts that the name of the column contains."""
    return answer_line(answer, ("model", "temperature") if run.subject == "temperature" else ("model",))


def show_repeats(run: Run, index: int) -> None:
    """Draw a button for each group of equal answers. A click shows the answer in full."""
    column = run.columns[index]
    sent = [(number, answer) for number, repeat in enumerate(column.repeats) if (answer := repeat.answer)]
    texts = [answer.shown_text for _, answer in sent]
    alike = groups(texts)
    with st.container(gap="xxsmall", key=f"repeats-{index}"):
        for members in alike:
            numbers = [sent[member][0] for member in members]
            same = " the same" if len(members) > 1 else ""
            count = f"**{len(members)} of {len(column.repeats)}{same}** · "
            st.button(
                count + (escape(clipped(texts[members[0]], _LABEL)) or "no text"),
                key=f"repeat-{run.id}-{index}-{numbers[0]}",
                icon=":material/visibility:" if column.shown in numbers and len(alike) > 1 else None,
                width="stretch",
                on_click=actions.read,
                args=(column, numbers[0]),
            )
        if unsent := len(column.repeats) - len(sent):
            st.caption(f"{unsent} of {len(column.repeats)} not sent")


def _change(run: Run, index: int) -> None:
    """A popover that runs this column with another value."""
    column, key = run.columns[index], f"change-{run.id}-{index}"
    icon, hint = ":material/tune:", "Run this column with another value"
    opened = st.popover("Change", type="tertiary", icon=icon, help=hint, key=f"open-{key}", on_change="rerun")
    if opened.open:
        with opened:
            _widget(run, column, key)
            with suppress(RecipeError):  # the button says what is wrong
                changed = plan.change(column.recipe, run.subject, st.session_state[key])
                show_most([backend().gate.fitted(changed)] * len(column.repeats))
            label, act = "Run this column", once(actions.again_changed)
            button(label, "play_arrow", act, run, column, key, key=f"run-{key}", type="secondary")


def _widget(run: Run, column: Column, key: str) -> None:
    recipe = column.recipe
    if run.subject == "system":
        st.text_area("System text", recipe.system, key=key)
    elif run.subject == "model":
        names = {model.id: model.name for model in backend().models}
        start = list(names).index(recipe.model_id) if recipe.model_id in names else 0
        st.selectbox("Model", list(names), index=start, format_func=names.__getitem__, key=key)
    else:
        offered = plan.choices(recipe.model, run.subject)
        st.select_slider(plan.SUBJECTS[run.subject], offered, getattr(recipe, run.subject), key=key)


def _earlier(column: Column) -> None:
    if not column.earlier:
        return
    count = len(column.earlier)
    label = "An earlier attempt" if count == 1 else f"{count} earlier attempts"
    with st.expander(label, type="compact", icon=":material/history:"):
        for answer in column.earlier:
            st.caption(answer_line(answer))
            st.text(answer.shown_text)
