"""What a person can do on the Compare page. These are callbacks, called before the page is drawn."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.bedrock.gate import Refused, Reservation
from lib.comparison import blind, plan
from lib.comparison.comparisons import prefill
from lib.comparison.run import AT_ONCE, Column, Run
from lib.conversation.tree import Variant
from lib.markdown.escape import escape
from lib.mistral.recipe import Recipe, RecipeError
from lib.ui.app import session
from lib.ui.app.calls import reserve, sender
from lib.ui.app.startup import ROOT, backend
from lib.ui.sidebar import settings

CHAT = ROOT / "pages" / "chat.py"


def begin(run: Run) -> None:
    """Show a new run and send its first calls, if the gate permits all of its calls."""
    reserved = _reserve([repeat.recipe for repeat in run.repeats])
    if reserved is None:
        return
    session.current().comparisons.add(run)
    run.may_send(reserved)
    run.start(sender(run=run))


def again(run: Run, column: Column) -> None:
    """Run the incomplete answers of a column again, or all of them if all are complete."""
    _again(run, column)


def retry_failed(run: Run) -> None:
    """Run all incomplete answers again, of all columns that have ended."""
    reserved = _reserve(run.failed)
    if reserved is None:
        return
    for column in run.columns:
        if column.ended and column.failed:
            column.again()
    run.may_send(reserved)
    run.start(sender(run=run))


def again_changed(run: Run, column: Column, key: str) -> None:
    """Run a column again with the value in the widget `key`."""
    try:
        changed = plan.change(column.recipe, run.subject, st.session_state[key])
    except RecipeError as error:
        session.current().comparison_refused = str(error)
        return
    _again(run, column, backend().gate.fitted(changed))


def repeat(run: Run) -> None:
    """Send the same recipes as a new run."""
    begin(run.again())


def show(run: Run) -> None:
    """Show an earlier run; the form and the sidebar get its values."""
    held = session.current()
    held.comparisons.show(run)
    held.prefill = prefill(run)
    settings.move_to(run.columns[0].recipe)


def read(column: Column, number: int) -> None:
    """Show the repeat with this number, which counts from 0, in full."""
    column.shown = number


def pick(run: Run, index: int) -> None:
    """Note the column that was picked in a blind run; from now on the names are shown.

    If another column has the same answer, the pick is no preference and does not count.
    """
    texts = [column.answer.shown_text if column.answer else "" for column in run.columns]
    recipes = [column.recipe for column in run.columns]
    run.picked = index
    if done := blind.taste(recipes, texts, index, run.name(index), run.question):
        session.current().comparisons.rounds[run.id] = done


def use(column: Column) -> None:
    """Add the shown answer of a column to the chat, take over its settings, and go to the chat."""
    reply = column.reply
    if reply is None:
        return
    session.conversation().append(Variant(reply.recipe.prompt, [reply]))
    settings.move_to(reply.recipe)
    held = session.current()
    held.show_newest, held.go_to = True, CHAT


def _again(run: Run, column: Column, recipe: Recipe | None = None) -> None:
    reserved = _reserve([recipe or column.recipe for _ in column.to_redo(recipe)])
    if reserved is None:
        return
    column.again(recipe)
    run.may_send(reserved)
    run.start(sender(run=run))


def _reserve(recipes: Sequence[Recipe]) -> Reservation | None:
    """Permits for all these calls; None, with the reason on the page, if the gate refuses one of them."""
    try:
        return reserve(recipes, AT_ONCE[backend().kind])
    except Refused as error:
        problem = error.problem
        reason = escape(f"{problem.title}. {problem.cause} {problem.fix}")
        session.current().comparison_refused = reason
        return None


def refused() -> str:
    """Why the last change was not sent; "" if it was, and on the next call."""
    said, session.current().comparison_refused = session.current().comparison_refused, ""
    return said
