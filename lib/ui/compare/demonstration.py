"""What temperature does, on the empty page: one prompt, recorded three times at 0 and three times at 1."""

from itertools import groupby

import streamlit as st

from lib.bedrock.backend import Backend
from lib.comparison import plan
from lib.comparison.comparisons import Prefill
from lib.comparison.run import AT_ONCE, new
from lib.markdown.escape import escape
from lib.mistral.recipe import Recipe, RecipeError
from lib.records.gallery import TEMPERATURE
from lib.records.shared import Shared
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.startup import ROOT, backend
from lib.ui.app.widgets import button, row
from lib.ui.compare import actions, setup
from lib.ui.share.gallery import gallery
from lib.ui.sidebar import settings

COMPARE = ROOT / "pages" / "compare.py"
_REPEATS = 3
_NARROWEST = 130  # px of a column: two stand side by side on a phone


def show_demonstration(here: Backend) -> None:
    """Draw the demonstration into the current container; nothing if the host has removed the recording.

    The answers appear one after the other, once in a session. page.css does that, so that playing and pausing
    cost neither a run nor a message.
    """
    recorded = next((each.shared for each in gallery() if each.name == TEMPERATURE), None)
    if recorded is None:
        return
    playing = _playing()
    first = recorded.entries[0].recipe
    with st.container(border=True, gap="small", key="temperature-plays" if playing else "temperature-shown"):
        with row(key="temperature-prompt"):
            st.markdown(f"**{escape(first.prompt)}**", width="stretch")
            if playing:
                st.toggle("Pause", key="temperature-pause", on_change="ignore")
        columns = st.grid(2, min_column_width=_NARROWEST)
        for temperature, texts in _answers(recorded):
            listed = "\n".join(f"- {escape(' '.join(text.split()))}" for text in texts)
            columns.markdown(f"**Temperature {temperature:g}**, {len(texts)} times\n\n{listed}")
        _offer_live(here, first)


def _playing() -> bool:
    """Whether the answers appear one after the other: true until the visitor leaves the first empty page."""
    held = session.current()
    shown = held.conversation.id
    if held.demonstrated_in is None:
        held.demonstrated_in = shown
    elif held.arrived or held.demonstrated_in != shown:
        held.demonstrated_in = ""
    return held.demonstrated_in == shown


def _answers(recorded: Shared) -> list[tuple[float, list[str]]]:
    """The texts of the recorded answers for each temperature."""
    answers = [entry.answer for entry in recorded.entries if entry.answer]
    return [
        (temperature or 0.0, [answer.shown_text for answer in alike])
        for temperature, alike in groupby(answers, lambda answer: answer.recipe.temperature)
    ]


def _offer_live(here: Backend, recorded: Recipe) -> None:
    """Draw a button that runs the prompt with the chosen model, and what that costs at most."""
    try:
        price = setup.price(_recipes(here, recorded), _REPEATS)
    except RecipeError:  # a setting of the sidebar that the chat input will refuse, too
        return
    with row(gap="small", key="temperature-offer"):
        act = once(_run_live)
        button("Run it live", "play_arrow", act, recorded, key="temperature-live", type="secondary")
        st.caption(f"{price} · above: recorded with {escape(recorded.model.name)}", width="stretch")


def _recipes(here: Backend, recorded: Recipe) -> tuple[Recipe, ...]:
    """The prompt at the lowest and the highest temperature of the chosen model, with the settings of the
    sidebar and answers no longer than the recorded ones could be. Raises RecipeError."""
    model, chosen = settings.chosen(here)
    taken = model.parameters["temperature"]
    longest = min(chosen["max_tokens"], recorded.max_tokens or chosen["max_tokens"])
    short = {**chosen, "max_tokens": longest}
    made = plan.recipes(recorded.prompt, model, short, "temperature", (taken.low, taken.high))
    return tuple(here.gate.fitted(recipe) for recipe in made)


def _run_live(recorded: Recipe) -> None:
    """Run the prompt on the Compare page, whose form gets the same values. A callback."""
    here = backend()
    recipes = _recipes(here, recorded)
    actions.begin(new(list(recipes), "temperature", _REPEATS, AT_ONCE[here.kind]))
    held = session.current()
    values = tuple(recipe.temperature for recipe in recipes)
    held.prefill, held.go_to = Prefill(recorded.prompt, "temperature", values, _REPEATS), COMPARE
