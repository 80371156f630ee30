"""The card that says why no model is called, when that ends, and what works without one."""

import time
from datetime import UTC, datetime

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.gate import Left
from lib.bedrock.problems import Problem
from lib.bedrock.wording import count
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.ui.app import session, widget_keys
from lib.ui.app.widgets import button, row
from lib.ui.share.gallery import SHARED, show_gallery
from lib.ui.sidebar import settings


def show_empty(here: Backend, left: Left) -> None:
    """Draw the card that says that today's budget, or this visitor's part of it, is used up."""
    whose = (
        "The budget of today is used up"
        if left.day <= left.visitor
        else "Your part of today's budget is used up"
    )
    opens = datetime.fromtimestamp(left.opens_at, UTC)
    _show(here, whose, f"It opens again at {opens:%H:%M} UTC, in {_wait(left.opens_at - time.time())}.")


def show_closed(here: Backend, problem: Problem) -> None:
    """Draw the card that says why no model that costs something is called for this visitor at all."""
    _show(here, problem.title, f"{problem.cause}\n{problem.fix}")


def _show(here: Backend, title: str, says: str) -> None:
    with st.container(border=True, gap="small", key="budget-card"):
        st.markdown(f":material/info: **{title}**")
        st.text(says)
        with row(gap="small"):
            button("Open a shared link or file", "link", _go_to_shared, key="budget-shared", type="secondary")
            local = find(LOCAL_MODEL_ID)
            if here.serves_local:
                label = f"Use {local.name}, which is free"
                button(label, "savings", _use_local, key="budget-local", type="secondary")
        st.caption("Links and files still play the answers recorded in them. Recorded answers to look at:")
        show_gallery()


def _go_to_shared() -> None:
    session.current().go_to = SHARED


def _use_local() -> None:
    model = find(LOCAL_MODEL_ID)
    st.session_state[widget_keys.MODEL] = model.id
    settings.fit(model)


def _wait(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    parts = [count(hours, "hour")] if hours else []
    return " and ".join([*parts, count(rest, "minute")] if rest or not parts else parts)
