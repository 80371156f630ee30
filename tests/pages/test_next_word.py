"""The page "Next word" where it can and where it cannot ask the embedded model."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock import local_endpoint
from lib.bedrock.problems import refusal
from tests.support.app_page import everything, on_local, run
from tests.support.scripted_endpoint import Endpoint

PAGE = "../../../pages/next_word.py"
pytestmark = pytest.mark.usefixtures("pages_open_fast")


QUESTION = {"number": 1, "text": "The cat", "ids": [], "draw": 0, "replay": []}
QUESTION |= {"temperature": 1, "top_p": 1, "top_k": 50}


def visited(at: AppTest) -> str:
    at.switch_page(PAGE)
    return everything(run(at))


def test_on_aws_it_says_who_answers_and_why(aws: AppTest) -> None:
    shown = visited(aws)
    assert "Amazon Bedrock sends no odds, so this page asks SmolLM2 135M" in shown
    assert "A language model writes word by word." in shown


def test_on_aws_without_the_embedded_model_it_says_how_to_install_it(
    aws: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_endpoint, "_PACKAGES", ("a_package_that_is_not_there",))
    visited(aws)
    assert "The embedded model is not installed on this server." in aws.info[0].value


def test_a_refused_question_is_a_card_whose_retry_asks_it_again(endpoint: Endpoint) -> None:
    at = on_local(endpoint.url)
    visited(at)
    at.session_state["session"].odds_refused = (refusal("busy", detail="one answer"), QUESTION)
    assert "Too many answers arrive at the moment" in everything(run(at))
    at.button(key="next-word-retry").click()
    assert "Too many answers arrive at the moment" not in everything(run(at))
    assert at.session_state["session"].odds_reply["number"] == 1
