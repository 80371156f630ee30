"""The dialog "Odds" of an answer: its words tinted by how likely they were, and what each could have been."""

from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from lib.bedrock.gate import Refused
from lib.bedrock.local_endpoint import LocalEndpointError
from lib.bedrock.odds import Candidate, NoOddsError, Odds, OddsError
from lib.conversation.answer_odds import AnswerOdds, odds_of
from lib.conversation.tree import Turn, Variant
from lib.ui.answer import live_odds
from lib.ui.answer.problem_card import problem_card
from lib.ui.app import calls, session
from lib.ui.app.acts import once
from lib.ui.app.startup import odds_client
from lib.ui.browser import components
from lib.ui.chat import actions

KEY = "answer-odds"
GONE = (
    "The odds of this answer are gone: the embedded model keeps them for five minutes after an answer, or "
    "less if many answers follow. Ask again to see those of a new answer."
)
ABOUT = (
    "The model wrote this answer word by word, each drawn from the words that it could have been. Choose one "
    "of these, and the answer goes on from there as a new variant."
)

_component = live_odds.component("answer_odds", Path(__file__).with_name("answer_odds.js"))


def has_odds(variant: Variant) -> bool:
    """Whether an answer is of the kind that can have odds: the embedded model's, made in this session."""
    last = variant.parts[-1]
    return last.recipe.model.local and last.answer.request_id is not None and bool(last.answer.text)


@st.dialog(
    "Odds", width="large", icon=":material/casino:", on_dismiss=partial(actions.note_dismissal, "odds")
)
def odds_dialog(turn: Turn) -> None:
    """Draw the dialog. It fetches the odds when it opens, and sends the candidates of a word on a tap."""
    held = session.current()
    if held.dialog is None:  # a branch has begun, so the page has a new answer
        st.rerun()
    try:
        found = _odds(turn.variant)
    except Refused as refused:
        problem_card(refused.problem, key="odds-refused")
        return
    except NoOddsError:
        st.info(GONE, icon=":material/casino:")
        return
    except (OddsError, LocalEndpointError) as error:
        st.error(str(error), icon=":material/casino:")
        return
    st.caption(ABOUT)
    branch = once(actions.branch)

    def hear(name: str, told: Any) -> None:
        asked = read(told, found)
        if asked is None:
            return
        if name == "look":
            held.answer_odds_reply = {"number": told.get("number"), **coming(found.tokens[asked[0]])}
        elif (chosen := found.candidate(*asked)) is not None:
            branch(turn, found.until(asked[0], chosen), chosen.text)

    heard = components.listeners(KEY, hear, ["look", "branch"])
    _component(key=KEY, data=shown(found, held.answer_odds_reply), width="stretch", height="content", **heard)


def _odds(variant: Variant) -> AnswerOdds:
    """The odds of the variant, fetched once. Raises what `odds_of` raises, and gate.Refused."""
    held, client = session.current(), odds_client()
    if held.answer_odds is None or held.answer_odds.variant_id != variant.id:
        with client.permitted(calls.visitor()):
            held.answer_odds, held.answer_odds_reply = odds_of(variant, client), {}
    return held.answer_odds


def read(told: Any, found: AnswerOdds) -> tuple[int, int] | None:
    """The place and the token that the script names; None for anything that it would not send."""
    if not isinstance(told, dict):
        return None
    at, token_id = told.get("at"), told.get("id", -1)
    if type(at) is not int or type(token_id) is not int or not 0 <= at < len(found.tokens):
        return None
    return at, token_id


def shown(found: AnswerOdds, reply: dict[str, Any]) -> dict[str, Any]:
    """The data for the script: words with their probabilities, settings, and the reply to its question."""
    settings = found.settings
    listed = max((len(token.candidates) for token in found.tokens), default=1)
    return {
        "answer": found.variant_id,
        "beginning": found.beginning,
        "words": [_word(token) for token in found.tokens],
        "dial": {
            "temperature": settings["temperature"],
            "top_p": settings["top_p"],
            "top_k": min(int(settings["top_k"]) or listed, listed),
        },
        "listed": listed,
        "min_p": settings["min_p"],
        "reply": reply,
    }


def coming(token: Odds) -> dict[str, Any]:
    """The candidates of one place, for the script."""
    return {"candidates": [_told(each) for each in token.candidates]}


def _word(token: Odds) -> list[Any]:
    drawn = token.drawn
    if drawn is None:
        return [-1, token.text, 1.0, False]
    return [drawn.id, drawn.text if drawn.control else token.text, drawn.probability, drawn.control]


def _told(candidate: Candidate) -> list[Any]:
    return [candidate.id, candidate.text, candidate.probability, candidate.dry, candidate.control]
