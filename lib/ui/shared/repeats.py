"""How much the answers of a shared comparison differ, where it has several for each setting."""

from collections.abc import Callable

import streamlit as st

from lib.comparison.figures import figures, how_many, where
from lib.mistral.recipe import Recipe
from lib.records.shared import Shared


def show_figures(shared: Shared, name: Callable[[Recipe], str]) -> None:
    """Draw one line for each setting. Draw nothing where no setting has two answers."""
    texts: dict[Recipe, list[str]] = {}
    for entry in shared.entries:
        if entry.answer and entry.answer.status == "complete" and entry.answer.text.strip():
            texts.setdefault(entry.recipe, []).append(entry.answer.shown_text)
    found = {recipe: measured for recipe, each in texts.items() if (measured := figures(each))}
    rows = [
        {"Column": name(recipe), "Different": how_many(measured), "They part": where(measured)}
        for recipe, measured in found.items()
    ]
    if rows:
        st.table(rows, border="horizontal", hide_index=True)
