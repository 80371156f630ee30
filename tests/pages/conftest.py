"""Each test visits an app of its own set-up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest, app_test

from lib.bedrock import live_replies
from tests.support.app_page import on_aws
from tests.support.live_page import LivePage
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def own_settings(no_aws: None, endpoint: Endpoint) -> Iterator[None]:  # noqa: ARG001
    """No test sees the AWS settings of whoever runs it, nor the settings and calls of another test."""
    yield
    end_answers()
    eventually(lambda: not endpoint.state()["active"], within=30)


def end_answers() -> None:
    """AppTest's tab is never gone, so its answers would run on into the next test."""
    while running := live_replies.followed():  # the end of one may send what waited in the queue
        for stream in running:
            stream.leave()


@pytest.fixture
def aws(endpoint: Endpoint) -> AppTest:
    return on_aws(endpoint.url)


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch, endpoint: Endpoint) -> Iterator[LivePage]:
    """A LivePage that hears every page that the test runs; at the end, answers that still run are stopped."""
    made = LivePage()
    monkeypatch.setattr(app_test, "LocalScriptRunner", made.connect)
    yield made
    end_answers()
    eventually(lambda: not endpoint.state()["active"], within=30)
