"""A line above the chat input: what the next prompt takes of the context, and its cost, if they are large."""

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.wording import count, dollars
from lib.conversation.forecast import SHORT, Forecast, forecast
from lib.mistral.cost import USD, rounded_up
from lib.mistral.recipe import RecipeError
from lib.ui.app.session import conversation
from lib.ui.sidebar import settings

FULL = 0.5
"""The line names the share of the context if it is at least this."""
COSTLY = USD // 10
"""The line names the highest cost of a prompt if it is at least this, in micro-dollars."""


def show_before_sending(here: Backend, priced: bool) -> None:
    """Draw the line, or nothing if all is small. `priced`: the page shows the price of a prompt elsewhere."""
    model, chosen = settings.chosen(here)
    try:
        told = forecast(conversation().before(None), model.id, chosen, here.gate.fitted)
    except RecipeError:  # a prompt would get the same error, and the page says it then
        return
    if sentences := _sentences(told, priced):
        st.caption(" ".join(sentences))


def _sentences(told: Forecast, priced: bool) -> list[str]:
    said = []
    if told.left_out:
        turns = count(told.left_out, "earlier turn")
        said.append(f"The context is full: {turns} will not be sent with the next prompt.")
    elif told.share >= FULL:
        said.append(f"With the longest answer, the next prompt fills about {told.share:.0%} of the context.")
    if not priced and told.most is not None and told.most >= COSTLY:
        said.append(f"A prompt of up to {SHORT} characters costs at most {dollars(rounded_up(told.most))}.")
    return said
