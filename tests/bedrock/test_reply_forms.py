"""A reply reads what real services send, over a real connection."""

from __future__ import annotations

import time

import boto3
import pytest
from botocore.config import Config

from lib.bedrock.answer import Answer
from lib.bedrock.reply import LINGER_S
from lib.bedrock.summary import answer_line
from lib.local.shapes import FORMS, THINKING_FORMS, payloads
from tests.support.calls import start
from tests.support.stream_server import sending

THINKING, TEXT = ("Let me ", "think 🙂."), ("The answer ", "is 4.")


def answered(url: str) -> Answer:
    config = Config(retries={"total_max_attempts": 1}, signature_version="v4", proxies={})
    session = boto3.Session("AKIDEXAMPLE", "secret", region_name="us-east-1")
    reply = start(session.client("bedrock-runtime", endpoint_url=url, config=config), "hello")
    assert reply.wait_ended(10)
    return reply.answer


@pytest.mark.parametrize("form", THINKING_FORMS)
def test_thinking_is_part_of_the_answer_and_not_of_its_text(form: str) -> None:
    with sending(payloads(form, THINKING, TEXT), pace_s=0.02) as url:
        answer = answered(url)
    assert (answer.text, answer.thinking) == ("The answer is 4.", "Let me think 🙂.")
    assert (answer.status, answer.problem) == ("complete", None)
    assert answer.thinking_ms is not None
    assert 10 < answer.thinking_ms < answer.duration_ms
    assert answer.tokens_per_second is None
    line = answer_line(answer)
    assert "out including thinking" in line
    assert "thought 15 characters in 0." in line
    assert "tokens/s" not in line


@pytest.mark.parametrize("form", [form for form in FORMS if form not in THINKING_FORMS])
def test_all_text_arrives_however_the_events_were_cut(form: str) -> None:
    with sending(payloads(form, (), TEXT)) as url:
        answer = answered(url)
    assert (answer.text, answer.thinking, answer.status) == ("The answer is 4.", "", "complete")
    assert answer.usage
    assert sum(beat.characters for beat in answer.timeline) == len(answer.text)
    assert len(answer.chunks) == len(answer.timeline)


def test_a_limit_that_was_used_up_by_thinking_has_its_own_problem() -> None:
    with sending(payloads("parts", THINKING, (), "length")) as url:
        answer = answered(url)
    assert answer.problem
    assert (answer.problem.kind, answer.text) == ("still-thinking", "")
    assert "Raise max tokens" in answer.problem.fix
    assert "Continue" not in answer.problem.fix


def test_a_stream_that_stays_open_after_its_end_is_not_waited_for() -> None:
    begun = time.monotonic()
    with sending(payloads("reasoning", (), TEXT), hold_s=20) as url:
        answer = answered(url)
    assert (answer.text, answer.status) == ("The answer is 4.", "complete")
    assert time.monotonic() - begun < LINGER_S + 3


@pytest.mark.parametrize(
    ("kind", "body", "problem", "said"),
    [
        (
            "application/json",
            b'{"message":"Too many requests","__type":"com#ThrottlingException"}',
            "throttled",
            "",
        ),
        ("application/json", b'{"message":"The mill is closed."}', "invalid-request", "The mill is closed."),
        (
            "application/json; charset=utf-8",
            b'{"error":{"code":"AccessDeniedException"}}',
            "access-denied",
            "",
        ),
        ("text/html", b"<html><h1>Welcome to the hotel</h1></html>", "not-bedrock", ""),
        ("text/plain", b"", "not-bedrock", ""),
    ],
)
def test_an_answer_that_is_no_stream_is_explained_with_the_services_message(
    kind: str, body: bytes, problem: str, said: str
) -> None:
    with sending(kind=kind, body=body) as url:
        answer = answered(url)
    assert answer.problem
    assert (answer.status, answer.problem.kind) == ("failed", problem)
    assert said in answer.problem.cause


def test_chunks_that_came_all_at_once_have_no_speed() -> None:
    with sending(payloads("reasoning", (), TEXT)) as url:
        assert answered(url).tokens_per_second is None
