"""The card that shows a problem in plain words; every page draws problems with it."""

from collections.abc import Callable

import streamlit as st

from lib.bedrock.problems import Problem
from lib.ui.app.widgets import row

_ICONS = {"error": ":material/error:", "warning": ":material/warning:", "info": ":material/info:"}


def problem_card(
    problem: Problem,
    *,
    note: str = "",
    anonymous: bool = False,
    buttons: Callable[[], None] | None = None,
    key: str | None = None,
) -> None:
    """Draw the card into the current container.

    `note`: Markdown that follows the title. `anonymous` hides the texts, which may name the model. `buttons`
    draws buttons into the card.
    """
    with st.container(border=True, gap="xsmall", key=key):
        if anonymous:
            st.markdown(f"{_ICONS[problem.level]} **Something went wrong here**{note}")
            return
        st.markdown(f"{_ICONS[problem.level]} **{problem.title}**{note}")
        st.text(problem.cause)  # not as Markdown, because it may quote the service
        st.text(problem.fix)
        with row():
            if buttons:
                buttons()
            if problem.request_id:
                st.caption(f"Request id {problem.request_id}")
