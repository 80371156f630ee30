"""What a visitor sees of errors: a card with a way on, and everything that was there before."""

from __future__ import annotations

import logging

import pytest

from tests.support.app_page import answers, ask, bodies, button, everything, lines, on_aws, run
from tests.support.fake_bedrock import FakeBedrock, words

pytestmark = pytest.mark.usefixtures("pages_open_fast")


@pytest.mark.parametrize(
    ("fault", "title", "text", "retry"),
    [
        ("access-iam", "", "", False),
        ("internal", "Bedrock had an internal error", "", True),
        ("no-stop", "The answer broke off", words(3), True),
        ("mid-stream-error", "The model failed during the answer", words(3), True),
        ("reset", "", words(3), True),
        ("guardrail", "A guardrail stepped in", " This topic is blocked.", False),
        ("empty", "The model answered with nothing", "", True),
        ("html-502", "", "", True),
    ],
)
def test_an_error_is_a_card_that_keeps_the_text(
    faults: FakeBedrock, fault: str, title: str, text: str, retry: bool
) -> None:
    at = ask(on_aws(faults.url), f"fault:{fault}")
    shown = at.chat_message[1]
    assert title in "".join(markdown.value for markdown in shown.markdown)
    assert shown.markdown[0].value == text.strip() or not text
    assert len(shown.text) == 2
    assert all(sentence.value.endswith(".") for sentence in shown.text)
    assert ("Retry" in [made.label for made in shown.button]) is retry
    assert "arn:" not in everything(at)
    assert not at.error
    at = ask(at, "fault:healthy")  # the last directive of a conversation counts
    assert answers(at)[-1] == words(8).strip()


def test_retry_sends_the_same_recipe_again_and_shows_the_new_answer() -> None:
    with FakeBedrock() as closed:
        url = closed.url
    at = ask(on_aws(url), "hello")
    assert "no answer" in lines(at)[0]
    button(at, "Retry").click()
    assert "no answer" in lines(run(at))[0]
    with FakeBedrock(port=int(url.rpartition(":")[2])):
        button(at, "Retry").click()
        at = run(at)
        assert answers(at) == [words(8).strip()]
        assert len(at.chat_message) == 2
        assert "Retry" not in [made.label for made in at.button]


def test_a_retry_keeps_the_text_of_the_attempt_before(faults: FakeBedrock) -> None:
    before = faults.state["requests"]
    at = ask(on_aws(faults.url), "fault:no-stop@after=5")
    button(at, "Retry").click()
    at = run(at)
    assert faults.state["requests"] == before + 2
    assert "2/2" in everything(at)
    button(at, "Earlier").click()
    at = run(at)
    assert "1/2" in everything(at)
    assert answers(at) == [words(5).strip()]
    assert "broken off" in lines(at)[0]
    assert faults.state["requests"] == before + 2


def test_an_exchange_without_an_answer_is_not_sent_along(
    faults: FakeBedrock, caplog: pytest.LogCaptureFixture
) -> None:
    at = ask(on_aws(faults.url), "fault:access-iam")
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        ask(at, "hello")
    assert bodies(caplog)[0]["prompt"] == "<s>[INST] hello [/INST]"
