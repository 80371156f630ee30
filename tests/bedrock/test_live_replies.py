"""Replies that are followed end when the page that follows them is gone."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lib.bedrock import live_replies
from tests.support.calls import runtime, start
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually


@pytest.fixture
def client(endpoint: Endpoint) -> Any:
    return runtime(endpoint.url)


def watchers() -> int:
    return sum(thread.name == "reply-watcher" for thread in threading.enumerate())


def test_a_reply_is_left_when_its_page_is_gone_and_another_goes_on(client: Any) -> None:
    gone = threading.Event()
    one, other = start(client, "chunks=3000 rate=50"), start(client, "chunks=3000 rate=50")
    live_replies.follow(one, gone.is_set)
    live_replies.follow(other, lambda: False)
    assert not one.wait_ended(3 * live_replies.WATCH_S)
    gone.set()
    assert one.wait_ended(2)
    assert one.answer.problem
    assert one.answer.problem.kind == "left"
    assert not other.ended
    assert live_replies.followed() == [other]
    other.close()


def test_a_reply_waits_for_the_page_that_is_expected_to_ask_for_it(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_replies, "COMING_S", 1.0)
    reply = start(client, "chunks=3000 rate=50")
    live_replies.keep("of-this-test", reply)
    assert live_replies.expect("of-this-test")
    assert not live_replies.expect("another")
    live_replies.follow(reply, lambda: True)
    assert not reply.wait_ended(3 * live_replies.WATCH_S)
    assert reply.wait_ended(3)
    live_replies.forget(["of-this-test"])


def test_a_reply_whose_page_lost_its_connection_says_so(client: Any) -> None:
    reply = start(client, "chunks=3000 rate=50")
    live_replies.follow(reply, lambda: True, lambda: True)
    assert reply.wait_ended(2)
    assert reply.answer.problem
    assert reply.answer.problem.kind == "outage"


def test_the_newest_page_that_follows_a_reply_decides(client: Any) -> None:
    reply = start(client, "chunks=3000 rate=50")
    live_replies.follow(reply, lambda: False)
    live_replies.follow(reply, lambda: True)
    assert reply.wait_ended(2)
    other = start(client, "chunks=3000 rate=50")
    gone = threading.Event()
    live_replies.follow(other, gone.is_set)
    live_replies.follow(other, lambda: False)
    gone.set()
    assert not other.wait_ended(3 * live_replies.WATCH_S)
    other.close()


def test_one_thread_watches_all_replies_and_ends_with_the_last(client: Any) -> None:
    replies = [start(client, "first=60") for _ in range(5)]
    for reply in replies:
        live_replies.follow(reply, lambda: False)
    assert watchers() == 1
    for reply in replies:
        reply.close()
    eventually(lambda: watchers() == 0)
    late = start(client, "first=60")
    live_replies.follow(late, lambda: True)
    assert late.wait_ended(2)
