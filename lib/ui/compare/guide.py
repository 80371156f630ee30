"""A short explanation of temperature, with prompts that show its effect on the backend in use."""

from collections.abc import Callable

import streamlit as st

from lib.bedrock.backend import Backend
from lib.ui.app import session
from lib.ui.app.acts import once
from lib.ui.app.widgets import button

# Prompts that the local model was seen to answer the same way at 0 and in many ways at 1.
_LOCAL = {
    "A haiku": ("waves", "Write a haiku about the sea."),
    "A name for a pet": ("pets", "Suggest a name for a puppy."),
    "A fact": ("lightbulb", "In one sentence, what is a volcano?"),
}
_AWS = {
    "A haiku": ("waves", "Write a haiku about the sea."),
    "A name for a pet": ("pets", "Suggest one name for a grey kitten. Answer with the name only."),
    "A fact": ("lightbulb", "What is the capital of Australia? Answer in one word."),
}
_WHAT = (
    "A model chooses each next word at random. Temperature sets how random the choice is: at 0 the model "
    "takes the likeliest word, at higher values it takes less likely words more often. The answer to a "
    "question about a fact hardly changes, a haiku does. A click on one of these "
    "prompts runs it at several temperatures, three times each."
)
_ZERO = {
    "local": "Here, at 0 the same prompt gives the same answer every time.",
    "aws": (
        "On Bedrock answers can vary a little even at 0: your request shares the hardware with others, so "
        "sums are rounded in another order, and of two words that are almost equally likely the other one "
        "can be chosen."
    ),
}


def show_guide(here: Backend, begin: Callable[[Backend, str], None]) -> None:
    """Draw the guide until it is closed in this session. Its text is drawn only while there is no run.

    `begin` runs one of its prompts.
    """
    if session.current().guide_closed:
        return
    prompts = _LOCAL if here.kind == "local" else _AWS
    with st.container(gap="xsmall", key="compare-guide"):
        told = st.empty()  # a place of its own, so that what is below keeps its place without the text
        if session.current().comparisons.shown is None:
            with told.container(gap="xsmall"):
                st.markdown(_WHAT)
                st.caption(_ZERO[here.kind])
        with st.container(horizontal=True, gap="xsmall"):
            for name, (icon, prompt) in prompts.items():
                key = f"compare-try-{name}"
                button(name, icon, once(begin), here, prompt, key=key, type="secondary", help=prompt)
            button("Close", "close", _close, key="compare-guide-close")


def _close() -> None:
    session.current().guide_closed = True
