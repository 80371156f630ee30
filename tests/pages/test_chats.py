"""The list of chats in the sidebar: what it asks of the browser, and what a click on it does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.conversation.tree import Variant
from lib.records import kept_chats
from lib.ui.app.session import Session
from tests.support.app_page import ask, button, everything, on_aws, run
from tests.support.calls import runtime, start
from tests.support.environment import NOBODY
from tests.support.makers import LARGE
from tests.support.scripted_endpoint import Endpoint

pytestmark = pytest.mark.usefixtures("pages_open_fast")
OTHER = {"id": "0123456789abcdef", "day": "2026-11-22", "prompt": "Other *chat*", "model": LARGE, "open": ""}


def told(at: AppTest, what: str) -> list[Any]:
    """The operations of this kind that the last run has sent to the browser for the first time or again."""
    (proto,) = [
        each.proto for each in at.get("bidi_component") if "chat_storage" in each.proto.component_name
    ]
    return [operation[2:] for operation in json.loads(proto.json)["operations"] if operation[1] == what]


def opened(at: AppTest, *chats: dict[str, Any]) -> AppTest:
    """The page with the list open, as the browser has told it."""
    at.session_state["chats"] = True
    run(at)
    held(at).chat_storage_state.kept = kept_chats.told(list(chats))
    return run(at)


def held(at: AppTest) -> Session:
    found: Session = at.session_state["session"]
    return found


def test_a_closed_list_asks_the_browser_for_nothing() -> None:
    at = run(on_aws(NOBODY))
    assert told(at, "list") == []
    assert told(opened(at), "list") != []


def test_a_click_on_a_title_loads_the_chat_and_stops_the_answer(endpoint: Endpoint) -> None:
    at = opened(ask(on_aws(endpoint.url), "chunks=2 rate=0"), OTHER)
    running = start(runtime(endpoint.url), "chunks=1000 rate=1")
    held(at).conversation.append(Variant("And?", [running]))
    button(at, "Other &#42;chat&#42;  \n:small[22 November 2026 · Mistral Large]").click()
    assert told(run(at), "load") == [[OTHER["id"]]]
    assert running.answer.status == "stopped"


def test_a_deleted_chat_leaves_the_list_at_once_and_can_be_put_back() -> None:
    at = opened(on_aws(NOBODY), OTHER)
    at.button(key=f"remove-chat-{OTHER['id']}").click()
    assert told(run(at), "remove") == [[OTHER["id"]]]
    assert not [each for each in at.button if each.key == f"open-chat-{OTHER['id']}"]
    assert "Deleted: Other &#42;chat&#42;" in everything(at)
    button(at, "Put it back").click()
    assert told(run(at), "put_back") == [[]]
    assert "Deleted" not in everything(at)


def test_a_deleted_chat_that_could_be_brought_back_is_not_stored_again(endpoint: Endpoint) -> None:
    at = ask(on_aws(endpoint.url), "chunks=2 rate=0")
    gone = held(at).conversation.id
    button(at, "New chat").click()
    opened(run(at), OTHER | {"id": gone})
    at.button(key=f"remove-chat-{gone}").click()
    run(at)
    assert held(at).undo is None
    assert [operation for operation in told(run(at), "set") if operation[0] == gone] == []


def test_the_chat_on_the_page_gives_way_to_an_empty_one_when_it_is_deleted(endpoint: Endpoint) -> None:
    at = ask(on_aws(endpoint.url), "chunks=2 rate=0")
    gone = held(at).conversation.id
    opened(at, OTHER | {"id": gone, "open": "here"})
    assert at.button(key=f"open-chat-{gone}").disabled
    at.button(key=f"remove-chat-{gone}").click()
    assert not run(at).chat_message
    assert told(at, "remove") == [[gone]]


def test_a_chat_of_another_tab_can_be_opened_but_not_deleted() -> None:
    at = opened(on_aws(NOBODY), OTHER | {"open": "elsewhere"})
    assert not at.button(key=f"open-chat-{OTHER['id']}").disabled
    assert not [each for each in at.button if each.key == f"remove-chat-{OTHER['id']}"]
