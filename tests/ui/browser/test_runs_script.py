"""What runs_storage.js writes, reads and tells."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.browser_tab import RUNS_STORAGE, Browser, BrowserTab, Fired
from tests.ui.browser import chat_server

KEY = "sirocco/1/shelf"


@dataclass
class Server:
    """What a session of the server sends to runs_storage.js of one tab."""

    tab: BrowserTab
    session: str = "1"

    def send(self, number: int, text: str | None) -> Fired:
        self.tab.render(RUNS_STORAGE, {"session": self.session, "number": number, "text": text})
        return self.tab.fired(RUNS_STORAGE)


def test_a_text_is_written_once_for_its_number(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    assert server.send(0, None) == []
    assert node_browser.local == {}
    assert server.send(1, "one") == server.send(1, "one") == server.send(1, None) == []
    assert node_browser.local == {KEY: "one"}
    assert server.send(2, "two") == server.send(1, "one") == []
    assert node_browser.local == {KEY: "two"}
    assert node_browser.writes == 2


def test_a_text_that_was_missed_is_asked_for(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    assert server.send(1, None) == [("gap", 1)]
    assert server.send(1, "one") == []
    assert node_browser.local == {KEY: "one"}


def test_nothing_is_written_over_that_this_tab_has_not_seen(node_browser: Browser) -> None:
    server, other = Server(BrowserTab(node_browser)), Server(BrowserTab(node_browser), session="2")
    server.send(1, "one")
    assert other.send(1, "mine") == [("saved", "one")]
    assert node_browser.local == {KEY: "one"}
    assert other.send(2, "both") == []
    assert server.send(1, None) == [("saved", "both")]


def test_a_reload_reads_what_is_there(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    server.send(1, "one")
    server.tab.ask("reload")
    again = Server(server.tab, session="2")
    assert again.send(0, None) == [("saved", "one")]
    assert again.send(0, None) == []
    assert again.send(1, "two") == []


def test_a_session_of_a_server_that_was_started_again_reads_it_too(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    server.send(7, "one")
    again = Server(server.tab, session="2")
    assert again.send(0, None) == [("saved", "one")]
    assert again.send(1, "two") == []
    assert node_browser.local == {KEY: "two"}


def test_one_character_more_than_the_server_reads_is_sent(node_browser: Browser) -> None:
    node_browser.store({KEY: "x" * 400_000})
    assert Server(BrowserTab(node_browser)).send(0, None) == [("saved", "x" * 300_001)]


def test_a_full_storage_keeps_what_it_has_and_is_told_once(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    server.send(1, "one")
    node_browser.set(room=100)
    assert server.send(2, "x" * 200) == [("full", True)]
    assert server.send(2, "x" * 200) == server.send(3, "y" * 200) == []
    assert node_browser.local == {KEY: "one"}
    assert server.send(4, "short") == []
    assert node_browser.local == {KEY: "short"}


def test_a_browser_without_storage_is_left_alone(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser.set(stores=False)))
    assert server.send(1, "one") == server.send(2, None) == []


@pytest.mark.parametrize("shown", [True, False])
def test_a_page_forgets_with_the_others_at_once_or_when_it_is_shown_again(
    node_browser: Browser, shown: bool
) -> None:
    server = Server(BrowserTab(node_browser))
    server.send(1, "one")
    if not shown:
        server.tab.ask("leave")
    tell_to_forget(node_browser)
    assert server.tab.fired(RUNS_STORAGE) == ([("forgotten", "1")] if shown else [])
    assert server.send(2, "two") == [("forgotten", "1")]
    assert KEY not in node_browser.local
    assert Server(server.tab, session="2").send(1, "anew") == []
    assert node_browser.local[KEY] == "anew"


def test_runs_that_are_not_stored_are_forgotten_too_and_once(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    for _ in range(3):
        assert server.send(0, None) == []
    tell_to_forget(node_browser)
    assert server.tab.fired(RUNS_STORAGE) == [("forgotten", "1")]
    assert server.send(1, "one") == [("forgotten", "1")]
    assert node_browser.local == {}


def test_runs_that_are_gone_are_forgotten_not_written_again(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    server.send(1, "one")
    node_browser.store({KEY: None})
    assert server.send(2, "two") == [("forgotten", "1")]
    assert node_browser.local == {}


def tell_to_forget(browser: Browser) -> None:
    """Another tab forgets everything, with chat_storage.js."""
    chat_server.Server(BrowserTab(browser)).send(("forget",))


def test_the_component_takes_no_place_on_the_page(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    server.send(0, None)
    assert server.tab.ask("style", at='[data-testid="stElementContainer"]') == {"position": "absolute"}
