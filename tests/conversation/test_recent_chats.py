"""Conversations that a reload of the page finds again: for how long, how many, and for whom."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.conversation import recent_chats
from lib.conversation.tree import Conversation
from tests.support.makers import said
from tests.support.waiting import eventually


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    recent_chats._entries.clear()
    yield
    recent_chats._entries.clear()


def chat(text: str = "Hi.") -> Conversation:
    conversation = Conversation()
    conversation.append(said("Hello?", text))
    return conversation


def test_the_newest_conversation_of_a_session_is_found() -> None:
    first, second = chat(), chat()
    recent_chats.keep("one", first, None)
    recent_chats.keep("one", second, None)
    assert recent_chats.find("one", None) is second
    assert recent_chats.find("another", None) is None


def test_only_its_owner_finds_a_conversation() -> None:
    recent_chats.keep("one", chat(), "somebody")
    assert recent_chats.find("one", "somebody")
    assert recent_chats.find("one", "somebody else") is None
    assert recent_chats.find("one", None) is None


def test_what_was_forgotten_or_is_empty_is_not_found() -> None:
    recent_chats.keep("one", chat(), None)
    recent_chats.keep("two", chat(), None)
    recent_chats.forget("one")
    recent_chats.keep("two", Conversation(), None)
    assert not recent_chats._entries


def test_a_conversation_is_dropped_by_itself_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    if recent_chats._sweeper:
        recent_chats._sweeper.cancel()
    monkeypatch.setattr(recent_chats, "_sweeper", None)
    monkeypatch.setattr(recent_chats, "KEPT_S", 0.2)
    recent_chats.keep("one", chat(), None)
    assert recent_chats._entries
    eventually(lambda: not recent_chats._entries)
    eventually(lambda: recent_chats._sweeper is None)


def test_the_oldest_gives_way_where_there_are_too_many_or_too_long_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recent_chats, "MOST", 3)
    for name in ("one", "two", "three", "one", "four"):
        recent_chats.keep(name, chat(), None)
    assert list(recent_chats._entries) == ["three", "one", "four"]
    monkeypatch.setattr(recent_chats, "MOST_CHARACTERS", 100)
    recent_chats.keep("five", chat("x" * 92), None)
    assert list(recent_chats._entries) == ["five"]
    recent_chats.keep("six", chat("x" * 101), None)
    assert not recent_chats._entries
