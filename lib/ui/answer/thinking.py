"""The thinking of a model, in a closed expander above its answer."""

from collections.abc import Callable

import streamlit as st

from lib.bedrock.answer import Answer


def show_thinking(answer: Answer, draw: Callable[[str], object] = st.text) -> None:
    """Draw the expander, whose text `draw` draws; draw nothing if there is no thinking."""
    if answer.thinking:
        with st.expander(title(answer.thinking_ms), type="compact", icon=":material/psychology:"):
            draw(answer.thinking)


def title(thinking_ms: float | None) -> str:
    """The label of the expander: how long the model thought, in whole seconds, if that was measured."""
    if thinking_ms is None:
        return "Thinking"
    return "Thought for less than 1 s" if thinking_ms < 1000 else f"Thought for {thinking_ms / 1000:.0f} s"
