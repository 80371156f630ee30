"""What a restless visitor may do, in an order nobody planned: each call is asked for, and no text is lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.app_process import app_on, free_port
from tests.support.chromium_pages import Chat
from tests.support.environment import aws_settings
from tests.support.flaky_link import FlakyLink
from tests.support.restless_visitor import RestlessVisitor
from tests.support.scripted_endpoint import Endpoint, scripted

ACTS = int(os.environ.get("SIROCCO_ACTS", "150"))
SEED = 20261122


@pytest.fixture
def own_endpoint(tmp_path: Path) -> Iterator[Endpoint]:
    """An endpoint that only this test calls."""
    with scripted(tmp_path / "events.jsonl") as endpoint:
        yield endpoint


@pytest.mark.timeout(300 + 3 * ACTS)
def test_the_endpoint_gets_exactly_the_calls_that_were_asked_for_and_no_text_is_lost(
    chat: Chat, own_endpoint: Endpoint
) -> None:
    port = free_port()
    with app_on(port, aws_settings(own_endpoint.url)), FlakyLink(port).running() as link:
        url = f"http://localhost:{link.port}"
        visitor = RestlessVisitor(chat.open(url), url, link, own_endpoint, SEED)
        for _ in range(ACTS):
            visitor.act()
        visitor.at_rest()
        assert visitor.asked > ACTS / 4
