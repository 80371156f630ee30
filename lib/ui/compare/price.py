"""What calls of a comparison cost at most, worded the same wherever a button sends some."""

from collections.abc import Sequence

import streamlit as st

from lib.bedrock.wording import dollars
from lib.mistral.cost import rounded_up, worst_cost_of_all
from lib.mistral.recipe import Recipe


def most(recipes: Sequence[Recipe]) -> str:
    """What all these calls cost at most together, as Markdown; "" where the models are free."""
    if all(recipe.model.local for recipe in recipes):
        return ""
    cost = worst_cost_of_all(recipes)
    return "price unknown" if cost is None else f"at most {dollars(rounded_up(cost))}"


def show_most(recipes: Sequence[Recipe]) -> None:
    """Draw it beside the button that sends the calls; nothing where the models are free."""
    if said := most(recipes):
        st.caption(said, width="content")
