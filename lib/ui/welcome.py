"""What the page says before the first message: where answers come from, and things to try."""

from __future__ import annotations

import streamlit as st

from lib.bedrock.backend import Backend
from lib.mistral.catalog import Model

# The local model is fluent and small: it does definitions, lists and simple Python, and little else.
_LOCAL = {
    ":material/lightbulb: Define a volcano": "In one sentence, what is a volcano?",
    ":material/list: Three fruits": "Name three fruits.",
    ":material/code: A Python function": "Write a Python function that returns the square of a number.",
    ":material/waves: A line about the sea": "Write one sentence about the sea.",
}
_AWS = {
    ":material/waves: A haiku about the sea": "Write a haiku about the sea.",
    ":material/pets: Name a kitten": "Suggest one name for a grey kitten. Answer with the name only.",
    ":material/code: A Python function": "Write a Python function that says whether a word is a palindrome.",
    ":material/translate: A French proverb": "Tell me a French proverb and what it means in English.",
}


def origin(backend: Backend, model: Model) -> str:
    """One sentence: who answers here."""
    where = "a small model on this computer, not Mistral"
    if backend.kind == "aws":
        where = f"{model.name} on Amazon Bedrock ({backend.region or 'no region set'})"
    invitation = "Move the temperature, send the same prompt again, and watch what changes."
    return f"{invitation} Answers come from {where}."


def suggestions(backend: Backend) -> str | None:
    """Prompts to start with; the one that was picked."""
    offered = _LOCAL if backend.kind == "local" else _AWS
    picked = st.pills("Try one of these", list(offered), key="suggestion", label_visibility="collapsed")
    return offered[picked] if picked else None
