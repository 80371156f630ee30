"""What chats.js tells of the chats that a browser keeps, and how it removes one."""

from __future__ import annotations

import json
from typing import Any

from tests.support.browser_tab import Browser, BrowserTab
from tests.ui.browser.chat_server import HOUR, SPACE, Server, chats


def stored(browser: Browser, chat: str, prompt: str, age_ms: int, **place: Any) -> None:
    """A chat of two turns."""
    first = {"parent": None, "index": 0, "chosen": True, **place}
    record = {"prompt": prompt, "recipe": {"model_id": "mistral.x"}, "parts": []}
    items = {"v": record, "v/at": first, "w": record | {"prompt": "later"}, "w/at": {"parent": "v"}}
    browser.store({f"{SPACE}{chat}/{name}": json.dumps(value) for name, value in items.items()})
    browser.store({f"{SPACE}{chat}/touched": str(browser.now - age_ms)})


def opened(browser: Browser, chat: str = "mine") -> Server:
    """A tab that has told what the browser had when it was opened."""
    server = Server(BrowserTab(browser), chat=chat, loaded=True)
    server.send()
    return server


def listed(server: Server) -> list[dict[str, Any]]:
    ((name, told),) = server.send(("list",))
    assert name == "chats"
    return list(told)


def test_the_list_has_the_first_prompt_the_model_and_the_day_of_each_chat_newest_first(
    node_browser: Browser,
) -> None:
    stored(node_browser, "old", "An old one?", 30 * HOUR)
    stored(node_browser, "new", "x" * 500 + "🐈", HOUR)
    node_browser.store({f"{SPACE}empty/touched": "5", f"{SPACE}shelf": "{}"})
    found = listed(opened(node_browser))
    assert [each["id"] for each in found] == ["new", "old"]
    assert found[1] == {
        "id": "old",
        "day": "2025-12-30",
        "prompt": "An old one?",
        "model": "mistral.x",
        "open": "",
    }
    assert found[0]["prompt"] == "x" * 200


def test_the_list_says_which_tab_shows_a_chat(node_browser: Browser) -> None:
    for chat in ("mine", "other", "free"):
        stored(node_browser, chat, chat, HOUR)
    opened(node_browser, "other")
    found = listed(opened(node_browser))
    assert {each["id"]: each["open"] for each in found} == {"mine": "here", "other": "elsewhere", "free": ""}


def test_of_several_first_turns_the_chosen_one_names_the_chat(node_browser: Browser) -> None:
    stored(node_browser, "one", "not chosen", HOUR, chosen=False)
    node_browser.store(
        {f"{SPACE}one/z": '{"prompt":"chosen"}', f"{SPACE}one/z/at": '{"parent":null,"chosen":true}'}
    )
    assert [each["prompt"] for each in listed(opened(node_browser))] == ["chosen"]


def test_what_is_broken_is_listed_without_a_prompt(node_browser: Browser) -> None:
    node_browser.store({f"{SPACE}one/v": "{", f"{SPACE}one/v/at": "null", f"{SPACE}two/v": "5"})
    now = str(node_browser.now)
    node_browser.store({f"{SPACE}one/touched": now, f"{SPACE}two/touched": now})
    found = listed(opened(node_browser))
    assert {each["id"]: each["prompt"] for each in found} == {"one": "", "two": ""}


def test_the_same_list_is_told_once(node_browser: Browser) -> None:
    stored(node_browser, "one", "?", HOUR)
    server = opened(node_browser)
    assert len(listed(server)) == 1
    assert server.send(("list",)) == []
    stored(node_browser, "two", "?", HOUR)
    assert len(listed(server)) == 2


def test_a_removed_chat_is_gone_from_the_browser_and_can_be_put_back(node_browser: Browser) -> None:
    stored(node_browser, "one", "?", HOUR)
    stored(node_browser, "one2", "?", HOUR)
    before = {name: text for name, text in node_browser.local.items() if name.startswith(f"{SPACE}one")}
    server = opened(node_browser)
    server.send(("remove", "one"))
    assert chats(node_browser) == ["one2"]
    assert server.send(("put_back",)) == []
    assert before.items() <= node_browser.local.items()
    node_browser.store({f"{SPACE}one/v": None})
    server.send(("put_back",))  # once only
    assert f"{SPACE}one/v" not in node_browser.local


def test_a_chat_that_finds_no_room_any_more_is_said_to_be_lost(node_browser: Browser) -> None:
    stored(node_browser, "one", "?" * 500, HOUR)
    server = opened(node_browser)
    server.send(("remove", "one"))
    node_browser.set(room=400)
    assert server.send(("put_back",)) == [("trouble", "full")]


def test_forgetting_takes_the_removed_chat_along(node_browser: Browser) -> None:
    stored(node_browser, "one", "?", HOUR)
    server = opened(node_browser)
    server.send(("remove", "one"), ("forget",), ("put_back",))
    assert chats(node_browser) == []
