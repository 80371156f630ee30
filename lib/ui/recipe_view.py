"""The recipe behind an answer: its settings, where asked and used differ, and the body that was sent."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from lib.bedrock.answer import Answer
from lib.mistral.dialects import body
from lib.mistral.prompt import neutralise
from lib.mistral.recipe import Recipe

_NUMBERS = ("temperature", "top_p", "top_k", "max_tokens")
_SHORT_BODY = 1200  # characters that fit without scrolling


def settings(recipe: Recipe) -> dict[str, str]:
    """Name and value of everything but the turns, in plain text; what was not sent says so."""
    listed = {"model": f"{recipe.model.name} ({recipe.model_id})"}
    for name in _NUMBERS:
        value = getattr(recipe, name)
        listed[name] = _left_out(recipe, name) if value is None else f"{value:,}"
    listed["stop"] = ", ".join(json.dumps(text, ensure_ascii=False) for text in recipe.stop) or "none"
    listed["system"] = recipe.system.strip() or "none"
    return listed


def _left_out(recipe: Recipe, name: str) -> str:
    taken = recipe.model.parameters.get(name)
    if taken is None:
        return "not taken by this model"
    if recipe.model.dialect == "delta":  # no parameter page exists; the catalogue's number is only our own
        return "left to the model (its default is not documented)"
    if taken.default is None:
        return "left to the model (off by default)"
    return f"left to the model (default {taken.default:,})"


def differences(recipe: Recipe) -> list[str]:
    """Where what was asked and what counted differ, one plain sentence each."""
    return [*_without_effect(recipe), *_rewritten(recipe), *_defaults(recipe)]


def _without_effect(recipe: Recipe) -> list[str]:
    shares = [name for name in ("top_p", "top_k") if getattr(recipe, name) is not None]
    if recipe.temperature == 0 and shares:
        asked = " and ".join(f"{name} {getattr(recipe, name):g}" for name in shares)
        verb = "changes" if len(shares) == 1 else "change"
        return [f"{asked} {verb} nothing at temperature 0: the likeliest word is taken every time."]
    if recipe.top_k == 1 and recipe.temperature != 0:
        return ["top_k 1 leaves only the likeliest word to choose from, so the temperature changes nothing."]
    return []


def _rewritten(recipe: Recipe) -> list[str]:
    if recipe.model.system:
        return []
    said = []
    if recipe.system.strip():
        said.append(
            f"{recipe.model.name} has no slot for a system text: it was put before your first message."
        )
    texts = [recipe.system, *(turn.text for turn in recipe.turns)]
    if any(neutralise(text) != text for text in texts):
        said.append(
            "Control words of the prompt format, such as [INST], were spaced out in your texts, "
            "so that the model reads them as text."
        )
    return said


def _defaults(recipe: Recipe) -> list[str]:
    left = [name for name in recipe.model.parameters if name in _NUMBERS and getattr(recipe, name) is None]
    if not left:
        return []
    names = ", ".join(left)
    return [f"Not sent, so the model's own default counts: {names}."]


def show(answer: Answer, key: str, on_reuse: Callable[[Recipe], None]) -> None:
    """Draw it into the current container; the button calls `on_reuse` with the recipe before the next run."""
    recipe = answer.recipe
    _show_settings(recipe)
    if said := differences(recipe):
        with st.container(gap="xsmall"):
            st.markdown("**Asked and used**")
            for sentence in said:
                st.text(sentence)
    st.button(
        "Use these settings again",
        key=f"{key}-reuse",
        icon=":material/tune:",
        help="Moves the model and every slider to what made this answer.",
        on_click=on_reuse,
        args=(recipe,),
    )
    _show_request(answer)


def _show_settings(recipe: Recipe) -> None:
    """As plain text: a model id, a stop text and a system text may hold any character."""
    with st.container(gap="xsmall"):
        for name, value in settings(recipe).items():
            with st.container(horizontal=True, gap="small"):
                with st.container(width=110):
                    st.markdown(f"**{_LABELS[name]}**")
                with st.container():
                    st.text(value)


_LABELS = {
    "model": "Model",
    "temperature": "Temperature",
    "top_p": "Top p",
    "top_k": "Top k",
    "max_tokens": "Max tokens",
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


def times(answer: Answer) -> list[str]:
    """Request id and times, as far as they are known, one line each."""
    lines = [f"Request id: {answer.request_id or 'none was given'}"]
    if answer.first_token_ms is not None:
        lines.append(f"First token after {answer.first_token_ms / 1000:.2f} s")
    ended = "So far" if answer.status == "running" else "Ended after"
    lines.append(f"{ended} {answer.duration_ms / 1000:.2f} s")
    if answer.usage and answer.usage.latency_ms is not None:
        lines.append(f"The service says {answer.usage.latency_ms / 1000:.2f} s")
    return lines
