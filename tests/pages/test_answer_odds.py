"""The button "Odds" under an answer: whose answers have it, and what it says when the odds are gone."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app_page import ask, button, on_local, run
from tests.support.scripted_endpoint import Endpoint

pytestmark = pytest.mark.usefixtures("pages_open_fast")


def test_odds_that_are_no_longer_kept_are_told_in_a_sentence(endpoint: Endpoint) -> None:
    at = ask(on_local(endpoint.url), "chunks=3 rate=0")  # the scripted model tells no odds
    button(at, "Odds").click()
    assert "The odds of this answer are gone" in run(at).info[0].value


def test_answers_of_bedrock_have_no_odds(aws: AppTest) -> None:
    at = ask(aws, "chunks=3 rate=0")
    assert "Odds" not in [each.label for each in at.button]


def test_nothing_is_fetched_before_odds_are_asked_for(endpoint: Endpoint) -> None:
    at = ask(on_local(endpoint.url), "chunks=3 rate=0")
    assert at.session_state["session"].answer_odds is None
