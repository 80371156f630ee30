"""A short word on what to look for, with prompts that show it on the backend in use."""

import streamlit as st

from lib.bedrock.backend import Backend
from lib.ui.app import session
from lib.ui.compare import actions

# The local model is small: these are what it was seen to answer the same way at 0 and in many ways at 1.
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
    "A model picks each next word by chance. Temperature says how much chance: at 0 it takes the "
    "likeliest word, higher it dares more. A fact hardly changes, a haiku does; with a few repeats you "
    "see how much."
)
_ZERO = {
    "local": "Here, at 0 the same prompt gives the same answer every time.",
    "aws": (
        "On Bedrock even 0 can vary a little: your request shares the hardware with others, sums are rounded "
        "in another order, and where two words are almost equally likely the other one can win."
    ),
}


def show_guide(here: Backend) -> None:
    """Until it is closed, for this session; the words go when there is a run to look at."""
    if session.current().guide_closed:
        return
    prompts = _LOCAL if here.kind == "local" else _AWS
    with st.container(gap="xsmall", key="compare-guide"):
        told = st.empty()  # a place of its own, so that nothing below moves up as a ghost
        if session.current().comparisons.shown is None:
            with told.container(gap="xsmall"):
                st.markdown(_WHAT)
                st.caption(_ZERO[here.kind])
        with st.container(horizontal=True, gap="xsmall"):
            for name, (icon, prompt) in prompts.items():
                st.button(
                    name,
                    key=f"compare-try-{name}",
                    icon=f":material/{icon}:",
                    help=prompt,
                    on_click=actions.fill,
                    args=(prompt,),
                )
            st.button(
                "Close",
                key="compare-guide-close",
                icon=":material/close:",
                type="tertiary",
                on_click=_close,
            )


def _close() -> None:
    session.current().guide_closed = True
