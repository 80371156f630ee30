"""Messages of the browser that arrive together, sent by a visitor without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.replica import replica
from tests.support.scripted_endpoint import scripted
from tests.support.visitor import Visitor


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    """A visitor of an app of its own."""
    with (
        scripted(tmp_path / "events") as endpoint,
        replica(tmp_path / "log", endpoint) as app,
        Visitor(app.url) as visitor,
    ):
        yield visitor


@pytest.mark.slow
def test_a_prompt_is_sent_and_drawn_also_if_another_run_is_asked_for_at_once(tmp_path: Path) -> None:
    with scripted(tmp_path / "events") as endpoint, replica(tmp_path / "log", endpoint) as app:
        for asked in range(1, 17):
            with Visitor(app.url) as visitor:
                visitor.ask("chunks=1 rate=0")
                visitor.touch()
                visitor.wait_for(lambda visitor=visitor: visitor.idle and visitor.words() == ["w1"], 10)
            assert sum(event["event"] == "open" for event in endpoint.log()) == asked


@pytest.mark.slow
@pytest.mark.parametrize("message", ["click", "text"])
def test_a_message_that_crosses_the_click_on_a_link_does_not_lead_back(
    visitor: Visitor, message: str
) -> None:
    visitor.open("compare")
    if message == "click":
        visitor.click("reset", page="")
    else:
        visitor.enter("system", "Be brief.", page="")
    visitor.wait_for(lambda: visitor.idle)
    assert visitor.page == "compare"


@pytest.mark.slow
def test_a_page_is_drawn_whole_after_an_outage_also_if_the_browser_asks_for_nothing(visitor: Visitor) -> None:
    visitor.ask("chunks=1 rate=0")
    visitor.wait_for(lambda: visitor.idle and visitor.words() == ["w1"])
    visitor.open("compare")
    visitor.open("")
    visitor.connect_again()
    visitor.wait_for(lambda: visitor.idle and visitor.words() == ["w1"], 10)


@pytest.mark.slow
def test_a_message_of_a_page_that_was_left_before_it_arrived_is_heard(visitor: Visitor) -> None:
    visitor.open("compare")
    visitor.tell("chat-storage", "saved", {"version": 1, "unavailable": True})
    visitor.open("")
    assert any("does not let pages store anything" in text for text in visitor.drawn.values())
