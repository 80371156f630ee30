"""The dialog "View code": programs that send the request body of an answer, byte for byte."""

import streamlit as st

from lib.bedrock.answer import Answer
from lib.bedrock.backend import Backend
from lib.snippets.programs import LANGUAGES, Language, Snippet, snippet
from lib.ui.app.widgets import row
from lib.ui.browser import copy_button


def show_code(answer: Answer, here: Backend, key: str) -> None:
    """Draw the choice of a language, the program and its buttons into the current st.dialog."""
    labels = {language: _snippet(language, answer, here).label for language in LANGUAGES}
    picked = st.segmented_control(
        "Language",
        LANGUAGES,
        default=LANGUAGES[0],
        required=True,
        format_func=lambda language: labels[language],
        key=f"{key}-language",
        label_visibility="collapsed",
    )
    made = _snippet(picked or LANGUAGES[0], answer, here)
    st.text(made.note)
    # On a light page the highlighter's colours are too pale to read.
    highlight = made.highlight if st.context.theme.type == "dark" else None
    with st.container(key="whole-lines-code"):
        st.code(made.code, language=highlight, wrap_lines=True)
    with row():
        copy_button.button("Copy the code", made.code, f"{key}-copy")
        st.download_button(
            f"Save {made.file_name}",
            made.code,
            made.file_name,
            "text/plain",
            key=f"{key}-{made.language}",
            icon=":material/download:",
            on_click="ignore",
        )


def _snippet(language: Language, answer: Answer, here: Backend) -> Snippet:
    recipe = answer.recipe
    on_bedrock = here.kind == "aws" and not recipe.model.local
    call_id = here.call_id(recipe.model) if on_bedrock else None
    return snippet(language, recipe, region=here.region, model_id=call_id)
