"""What chat_storage.js does between tabs: one tab for each conversation, and all forget when one does."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import CHAT_STORAGE, Browser, BrowserTab, Fired
from tests.ui.browser.chat_server import DAY, HOUR, SPACE, Server, chats, greeting, keep, reloaded

BOTH = pytest.mark.parametrize("secure", [True, False])
"""Browsers have Web Locks at secure addresses only; elsewhere tabs use heartbeats in localStorage."""


def with_chat(browser: Browser, chat: str = "mine") -> Server:
    """A tab that shows this conversation, of which it has stored one record."""
    server = Server(BrowserTab(browser), chat=chat)
    assert server.send(("set", chat, "v", "first")) == []
    return server


def duplicated(server: Server) -> tuple[Server, Fired]:
    """What "Duplicate tab" makes, once its server has restored the conversation; what that fires."""
    tab = BrowserTab(server.tab.browser, server.tab.session)
    copy = Server(tab, session="of the copy", chat="new in the copy")
    assert greeting(copy.send())["records"] == {"v": '"first"'}
    copy.chat, copy.loaded = server.chat, True
    fired = copy.send()
    tab.browser.move(400)
    return copy, fired + tab.fired(CHAT_STORAGE)


@BOTH
def test_the_second_tab_on_a_chat_is_told_that_it_is_taken(node_browser: Browser, secure: bool) -> None:
    server = with_chat(node_browser.set(secure=secure))
    copy, fired = duplicated(server)
    assert fired == [("taken", "mine")]
    assert server.send(("set", "mine", "w", "second")) == []
    node_browser.move(1000)
    assert server.tab.fired(CHAT_STORAGE) == copy.tab.fired(CHAT_STORAGE) == []


def test_a_tab_waits_400_ms_for_a_page_that_was_just_left(node_browser: Browser) -> None:
    server = with_chat(node_browser)
    copy = Server(BrowserTab(node_browser, server.tab.session), loaded=True)
    copy.send()
    node_browser.move(399)
    server.tab.ask("close")
    node_browser.move(1000)
    assert copy.tab.fired(CHAT_STORAGE) == []
    third = Server(BrowserTab(node_browser, copy.tab.session), loaded=True, session="3")
    third.send()
    node_browser.move(399)
    assert third.tab.fired(CHAT_STORAGE) == []
    node_browser.move(1)
    assert third.tab.fired(CHAT_STORAGE) == [("taken", "mine")]


@BOTH
def test_a_tab_changes_nothing_of_a_chat_that_another_has(node_browser: Browser, secure: bool) -> None:
    server = with_chat(node_browser.set(secure=secure))
    before = {key: text for key, text in node_browser.local.items() if not key.endswith("/held")}
    copy, _ = duplicated(server)
    node_browser.move(HOUR)
    copy.live = ("mine", "v/live")
    copy.tab.add("div", "Words", **{"class": "st-key-live-answer"})
    copy.send(("set", "mine", "v", "2"), ("set", "mine", "w", "2"), ("del", "mine", "v"), ("drop", "mine"))
    copy.tab.ask("hide")
    after = {key: text for key, text in node_browser.local.items() if not key.endswith("/held")}
    assert after == before


@BOTH
def test_a_chat_stays_taken_when_a_tab_that_did_not_get_it_is_closed(
    node_browser: Browser, secure: bool
) -> None:
    server = with_chat(node_browser.set(secure=secure))
    copy, _ = duplicated(server)
    node_browser.move(1000)
    copy.tab.ask("close")
    _, fired = duplicated(server)
    assert fired == [("taken", "mine")]


@BOTH
def test_a_copy_of_a_chat_that_is_taken_is_kept_as_its_own(node_browser: Browser, secure: bool) -> None:
    copy, _ = duplicated(with_chat(node_browser.set(secure=secure)))
    copy.chat = "copy"
    assert copy.send(("set", "copy", "v", "copied")) == []
    assert greeting(reloaded(copy).send())["records"] == {"v": '"copied"'}


@BOTH
def test_a_chat_is_free_when_its_tab_shows_another_or_is_closed(node_browser: Browser, secure: bool) -> None:
    server = with_chat(node_browser.set(secure=secure))
    server.chat = "another"
    server.send(("set", "another", "v", "first"))
    node_browser.move(5000)  # without Web Locks it is known by then that no heartbeat comes
    second = Server(BrowserTab(node_browser, {f"{SPACE}tab": "mine"}), loaded=True)
    assert [name for name, _ in second.send()] == ["saved"]
    node_browser.move(400)
    assert second.tab.fired(CHAT_STORAGE) == []
    server.tab.ask("close")
    third = Server(BrowserTab(node_browser, {f"{SPACE}tab": "another"}), chat="another", loaded=True)
    assert [name for name, _ in third.send()] == ["saved"]
    node_browser.move(400)
    assert third.tab.fired(CHAT_STORAGE) == []


@BOTH
def test_a_tab_comes_back_to_its_chat_at_once(node_browser: Browser, secure: bool) -> None:
    server = with_chat(node_browser.set(secure=secure))
    server.chat = "another"
    server.send()
    server.chat = "mine"
    assert server.send(("set", "mine", "w", "second")) == []
    node_browser.move(400)
    assert server.tab.fired(CHAT_STORAGE) == []
    assert node_browser.local[f"{SPACE}mine/w"] == '"second"'


@BOTH
def test_a_chat_that_was_taken_is_written_once_this_tab_has_it(node_browser: Browser, secure: bool) -> None:
    server = with_chat(node_browser.set(secure=secure))
    copy, _ = duplicated(server)
    copy.chat = "copy"
    copy.send()
    server.tab.ask("close")
    copy.chat = "mine"
    assert copy.send(("set", "mine", "v", "second")) == []
    assert node_browser.local[f"{SPACE}mine/v"] == '"second"'


def test_a_tab_that_crashed_lets_its_chat_go(node_browser: Browser) -> None:
    with_chat(node_browser).tab.ask("crash")
    second = Server(BrowserTab(node_browser, {f"{SPACE}tab": "mine"}), loaded=True)
    assert [name for name, _ in second.send()] == ["saved"]
    node_browser.move(400)
    assert second.tab.fired(CHAT_STORAGE) == []


@pytest.mark.parametrize(("ms", "taken"), [(4999, True), (5000, False)])
def test_without_locks_a_tab_is_alive_for_five_seconds(node_browser: Browser, ms: int, taken: bool) -> None:
    server = with_chat(node_browser.set(secure=False))
    node_browser.move(60_000)
    server.tab.ask("crash")
    node_browser.move(ms)
    second = Server(BrowserTab(node_browser, {f"{SPACE}tab": "mine"}), loaded=True)
    assert (("taken", "mine") in second.send()) is taken


@BOTH
def test_a_reload_finds_its_own_chat_free(node_browser: Browser, secure: bool) -> None:
    server = reloaded(with_chat(node_browser.set(secure=secure)))
    greeting(server.send())
    server.chat, server.loaded = "mine", True
    assert server.send(("set", "mine", "w", "second")) == []
    node_browser.move(1000)
    assert server.tab.fired(CHAT_STORAGE) == []
    assert node_browser.local[f"{SPACE}mine/w"] == '"second"'


@BOTH
def test_a_chat_that_a_tab_shows_is_not_offered(node_browser: Browser, secure: bool) -> None:
    server = with_chat(node_browser.set(secure=secure))
    assert Server(BrowserTab(node_browser), chat="new").send() == []
    server.tab.ask("close")
    assert greeting(Server(BrowserTab(node_browser), chat="new").send())["offer"] == "mine"


@BOTH
def test_forget_wipes_everything_of_ours_in_every_tab(node_browser: Browser, secure: bool) -> None:
    node_browser.set(secure=secure)
    server = Server(BrowserTab(node_browser, {"somebody": "else"}))
    other = with_chat(node_browser, "other")
    server.send(("set", "mine", "v", 1))
    node_browser.store({"somebody": "else", "sirocco/0/x": "older"})
    node_browser.store({f"{SPACE}shelf": '{"runs":[{},{},{}]}'})
    server.chat = "new"
    assert server.send(("forget",)) == [("gone", {"chats": 2, "runs": 3})]
    assert other.tab.fired(CHAT_STORAGE) == [("forgotten", True)]
    assert server.tab.session == {"somebody": "else"}
    assert other.tab.session == {}
    assert node_browser.local == {"somebody": "else"}
    node_browser.move(1000)
    assert "other" not in chats(node_browser)


def test_forget_needs_no_other_tab(node_browser: Browser) -> None:
    server = with_chat(node_browser)
    assert server.send(("forget",)) == [("gone", {"chats": 1, "runs": 0})]
    assert node_browser.local == server.tab.session == {}


def test_nothing_of_a_forgotten_chat_comes_back_from_another_tab(node_browser: Browser) -> None:
    server, other = with_chat(node_browser), with_chat(node_browser, "other")
    other.live = ("other", "v/live")
    other.tab.add("div", "Words", **{"class": "st-key-live-answer"})
    other.send()
    server.send(("forget",))
    node_browser.move(1000)
    other.tab.fired(CHAT_STORAGE)
    other.send(("set", "other", "v", "late"))
    other.tab.ask("hide")
    assert chats(node_browser) == []
    other.chat, other.live = "anew", None
    assert other.send(("set", "anew", "v", "new")) == []
    assert chats(node_browser) == ["anew"]


def test_a_tab_on_another_page_of_the_app_is_told_to_forget_when_it_comes_back(node_browser: Browser) -> None:
    server, other = with_chat(node_browser), with_chat(node_browser, "other")
    other.tab.ask("leave")
    server.send(("forget",))
    assert other.tab.fired(CHAT_STORAGE) == []
    assert other.send() == [("forgotten", True)]
    other.chat = "anew"
    assert other.send() == []


def test_a_page_whose_server_was_started_again_listens_once(node_browser: Browser) -> None:
    server, other = with_chat(node_browser), with_chat(node_browser, "other")
    Server(other.tab, chat="other", session="2", loaded=True).send()
    other.tab.fired(CHAT_STORAGE)
    server.send(("forget",))
    assert other.tab.fired(CHAT_STORAGE) == [("forgotten", True)]


def test_chats_that_are_dropped_for_their_number_are_none_that_tabs_show(node_browser: Browser) -> None:
    with_chat(node_browser, "open")
    node_browser.move(DAY)
    for number in range(21):
        keep(node_browser, f"chat {number:02}", (21 - number) * HOUR)
    greeting(Server(BrowserTab(node_browser), chat="new").send())
    assert chats(node_browser) == [f"chat {number:02}" for number in range(1, 21)] + ["open"]
