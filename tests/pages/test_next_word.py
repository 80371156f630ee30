"""The page "Next word" where it can and where it cannot ask the embedded model."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.bedrock import local_endpoint
from tests.support.app_page import everything, run

PAGE = "../../../pages/next_word.py"
pytestmark = pytest.mark.usefixtures("pages_open_fast")


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
