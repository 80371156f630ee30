"""What is left of today's budget, above a page that can spend it; a card once nothing is left."""

from collections.abc import Hashable
from typing import Literal

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.gate import Left
from lib.bedrock.problems import Problem
from lib.bedrock.wording import dollars
from lib.conversation.forecast import SHORT, forecast
from lib.hosting.left_today import LeftToday
from lib.mistral.catalog import Model
from lib.mistral.cost import rounded_up, worst_cost
from lib.mistral.recipe import Message, Recipe, RecipeError
from lib.ui.app import session
from lib.ui.app.calls import visitor
from lib.ui.app.widget_keys import MAX_TOKENS
from lib.ui.app.widgets import row
from lib.ui.budget import card
from lib.ui.sidebar import settings

_GAUGE = 120  # px
_left_today = LeftToday()

Drawn = Literal["", "line", "price", "card"]


def show_budget(here: Backend, model: Model, *, prompts: bool) -> Drawn:
    """Draw the line or the card, where a budget is set or nothing may be spent, and nothing for a free model.

    `prompts`: with the price of a prompt to `model`. Returns "card", "price" for a line with the price, ""
    for a free model, and else "line". A run can draw the card only once.
    """
    if model.local:
        return ""
    if problem := here.gate.closed(visitor()):
        card.show_closed(here, problem)
        return "card"
    left = _left_today.ask(here.gate, visitor(), _state())
    if left == "unknown":
        st.caption("What is left of today's budget is not known at the moment.")
    elif isinstance(left, Problem):
        st.caption(
            "The budget cannot be looked up at the moment, so no model that costs something is called."
        )
    elif left and left.unspent < _least(here):
        card.show_empty(here, left)
        return "card"
    elif left:
        price = _price(here, left) if prompts else ""
        _show_line(left, price)
        return "price" if price else "line"
    return "line"


def _show_line(left: Left, price: str) -> None:
    with row(gap="small"):
        st.caption(
            f"{dollars(left.visitor)} of your {dollars(left.visitor_cap)} for today is left. {price}".strip(),
            width="content",
        )
        st.progress(left.visitor / left.visitor_cap, width=_GAUGE)


def _price(here: Backend, left: Left) -> str:
    """What a short prompt with the settings of the sidebar costs at most, in a sentence."""
    model, chosen = settings.chosen(here)
    try:
        most = forecast(session.conversation().before(None), model.id, chosen, here.gate.fitted).most
    except RecipeError:  # a prompt would get the same error, and the page says it then
        return ""
    if most is None:
        return ""
    said = f"A prompt of up to {SHORT} characters costs at most {dollars(rounded_up(most))}."
    if most > left.unspent:
        said += " That is more than is left: set fewer max tokens, or choose a cheaper model."
    return said


def _least(here: Backend) -> int:
    """The least that any model here takes for a short prompt, with the max_tokens that a new tab has."""
    costs = []
    for model in here.models:
        if not model.local:
            most = int(settings.default(model, MAX_TOKENS) or 1)
            recipe = Recipe(model_id=model.id, messages=(Message("user", "?"),), max_tokens=most)
            costs.append(worst_cost(here.gate.fitted(recipe)))
    return min((cost for cost in costs if cost is not None), default=0)


def _state() -> Hashable:
    """A value that changes when an answer of this tab begins or ends, because what is left changes, too."""
    turns, run = session.conversation().turns(), session.current().comparisons.shown
    newest = turns[-1].variant if turns else None
    return (
        newest and (newest.id, len(newest.parts), bool(newest.running)),
        run and (run.id, run.ended),
    )
