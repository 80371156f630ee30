"""The recipe behind an answer: its settings, where asked and used differ, and the body that was sent."""

from collections.abc import Callable

import streamlit as st

from lib.bedrock.answer import Answer
from lib.mistral.dialects import body
from lib.mistral.explanation import differences, settings
from lib.mistral.recipe import NUMBERS, Recipe
from lib.ui.app.widgets import button

_SHORT_BODY = 1200  # characters that fit without scrolling


def show_recipe(answer: Answer, key: str, on_reuse: Callable[[Recipe], None]) -> None:
    """Draw the recipe. Its button calls `on_reuse` with the recipe before the next run.

    `key`: tells this recipe's widgets from those of others.
    """
    recipe = answer.recipe
    _show_settings(recipe)
    for line in service(answer):
        st.text(line)
    if said := differences(recipe):
        with st.container(gap="xsmall"):
            st.markdown("**Asked and used**")
            for sentence in said:
                st.text(sentence)
    label, hint = "Use these settings again", "Moves the model and every slider to what made this answer."
    button(label, "tune", on_reuse, recipe, key=f"{key}-reuse", type="secondary", help=hint)
    _show_request(answer)


def _show_settings(recipe: Recipe) -> None:
    """Draw them as plain text: a model id, a stop sequence and a system text may contain any character."""
    with st.container(gap="xsmall"):
        for name, value in settings(recipe).items():
            with st.container(horizontal=True, gap="small"):
                with st.container(width=110):
                    st.markdown(f"**{_LABELS[name]}**")
                with st.container():
                    st.text(value)


_LABELS = {
    "model": "Model",
    **{name: number.label for name, number in NUMBERS.items()},
    "stop": "Stop sequences",
    "system": "System text",
}


def _show_request(answer: Answer) -> None:
    sent = body(answer.recipe).decode()
    st.markdown("**The request**")
    reached = answer.request_id or answer.timeline
    st.caption(f"The body of the call, exactly as it was {'sent' if reached else 'to be sent'}.")
    with st.container(height="content" if len(sent) <= _SHORT_BODY else 240, border=False):
        # No language: the colours of the highlighter are too pale on a light page.
        st.code(sent, language=None, wrap_lines=True)
    st.text("\n".join(times(answer)))


def service(answer: Answer) -> list[str]:
    """What a guardrail said and which service tier answered, one line each; no line where there was none."""
    lines = []
    if answer.guardrail is not None:
        lines.append(f"Guardrail: {_verdict(answer)}")
    if answer.tier:
        price, line = answer.recipe.model.price, f"Service tier: {answer.tier}"
        if price and price.tier == answer.tier:
            line += f", {price}"
        lines.append(line)
    return lines


def _verdict(answer: Answer) -> str:
    stepped_in = answer.problem is not None and answer.problem.kind == "blocked"
    found = "; ".join(answer.guardrail or ())
    if stepped_in:
        return f"it stepped in ({found})." if found else "it stepped in and gave no reason."
    return f"it let the answer pass ({found})." if found else "it found nothing."


def times(answer: Answer) -> list[str]:
    """Request id, times and price, as far as they are known, one line each."""
    lines = [f"Request id: {answer.request_id or 'none was given'}"]
    if answer.first_token_ms is not None:
        lines.append(
            f"First {'text' if answer.thought else 'token'} after {answer.first_token_ms / 1000:.2f} s"
        )
    ended = "So far" if answer.status == "running" else "Ended after"
    lines.append(f"{ended} {answer.duration_ms / 1000:.2f} s")
    if answer.usage and answer.usage.latency_ms is not None:
        lines.append(f"The service says {answer.usage.latency_ms / 1000:.2f} s")
    if (price := answer.recipe.model.price) and price.tier != answer.tier:
        lines.append(f"Price: {price}")
    return lines
