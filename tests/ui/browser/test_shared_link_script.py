"""What shared_link.js reads from the address, writes into it and tells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.support.browser_tab import CHAT_STORAGE, SHARED_LINK, Browser, BrowserTab, Fired
from tests.ui.browser import chat_server

HERE = "https://x.example/demo/shared"
FILE = {"name": "a.recipe.json", "text": "{}"}
RECORDING = {"recording": "sea"}


@dataclass
class Server:
    """What a session of the server sends to the Shared page of one tab."""

    tab: BrowserTab
    session: str = "1"
    shown: str = ""
    closed: int = field(default=0)
    keep: dict[str, Any] | None = None
    """A file or recording that is open, as the browser has to keep it."""

    def send(self) -> Fired:
        data = {"session": self.session, "shown": self.shown, "closed": self.closed, "keep": self.keep}
        data["open"] = bool(self.shown or self.keep)
        self.tab.render(SHARED_LINK, data)
        return self.tab.fired(SHARED_LINK)

    def fragment(self, text: str) -> Fired:
        """Paste another link into the same tab, or go back to one."""
        self.tab.ask("fragment", text=text)
        return self.tab.fired(SHARED_LINK)


def server(browser: Browser, address: str) -> Server:
    return Server(BrowserTab(browser, address=address))


def test_what_stands_behind_the_hash_is_told_once(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r=abc")
    assert page.send() == [("link", "abc")]
    assert page.send() == []
    page.shown = "abc"
    assert page.send() == []
    assert page.tab.address == f"{HERE}#r=abc"


def test_that_there_is_nothing_is_told_too(node_browser: Browser) -> None:
    page = server(node_browser, HERE)
    assert page.send() == [("link", "")]
    assert page.send() == []


@pytest.mark.parametrize("other", ["#heading", "#", "#x=1", "#r"])
def test_other_things_behind_the_hash_are_no_link(other: str, node_browser: Browser) -> None:
    assert server(node_browser, HERE + other).send() == [("link", "")]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("?r=abc", "#r=abc", "abc"),
        ("?r=abc&embed=true", "?embed=true#r=abc", "abc"),
        ("?r=abc&r=def", "#r=def", "def"),
        ("?r=abc#r=def", "#r=abc", "abc"),
        ("?r=%3Cscript%3E", "#r=%3Cscript%3E", "<script>"),
    ],
)
def test_an_old_link_is_moved_behind_the_hash_at_once(
    before: str, after: str, told: str, node_browser: Browser
) -> None:
    page = server(node_browser, HERE + before)
    assert page.send() == [("link", told)]
    assert page.tab.address == HERE + after


def test_an_old_link_that_the_server_has_opened_already_is_not_told_again(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}?r=abc")
    page.shown = "abc"
    assert page.send() == []
    assert page.tab.address == f"{HERE}#r=abc"


def test_a_link_that_is_pasted_into_the_tab_and_the_way_back_are_told(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r=abc")
    page.send()
    assert page.fragment("r=def") == [("link", "def")]
    assert page.fragment("r=abc") == [("link", "abc")]
    assert page.fragment("") == [("link", "")]


def test_one_character_more_than_a_link_has_is_told(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r={'x' * 100_000}")
    assert page.send() == [("link", "x" * 6_001)]
    assert page.send() == []


def test_a_reload_and_a_server_that_was_started_again_get_it_again(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r=abc")
    page.send()
    again = Server(page.tab, session="2")
    assert again.send() == [("link", "abc")]
    page.tab.ask("reload")
    assert Server(page.tab, session="3").send() == [("link", "abc")]


def kept(what: dict[str, str] | None, number: int = 1) -> dict[str, Any]:
    return {"number": number, "what": what}


def reloaded(page: Server, session: str = "2", **more: Any) -> Server:
    page.tab.ask("reload")
    return Server(page.tab, session=session, **more)


@pytest.mark.parametrize("what", [FILE, RECORDING], ids=["file", "recording"])
def test_what_is_no_link_is_kept_and_told_once_after_a_reload(
    what: dict[str, str], node_browser: Browser
) -> None:
    page = server(node_browser, HERE)
    page.send()
    page.closed, page.keep = 1, kept(what)
    assert page.send() == page.send() == []
    again = reloaded(page)
    assert again.send() == [("kept", what)]
    assert again.send() == []
    assert reloaded(page, "3").send() == [("kept", what)]


def test_a_link_that_the_address_has_lost_is_put_back_after_a_reload(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r=abc")
    page.send()
    page.tab.ask("leave")
    page.tab.ask("fragment", text="")  # another page of the app, which was loaded anew
    again = reloaded(page)
    assert again.send() == [("link", "abc")]
    assert page.tab.address == f"{HERE}#r=abc"


def test_a_link_in_the_address_takes_the_place_of_what_was_kept(node_browser: Browser) -> None:
    page = server(node_browser, HERE)
    page.keep = kept(FILE)
    page.send()
    page.fragment("r=abc")
    again = reloaded(page)
    assert again.send() == [("link", "abc")]
    assert again.fragment("") == [("link", "")]
    assert reloaded(page, "3").send() == [("link", "")]


def test_what_the_server_has_opened_is_not_replaced_by_what_was_kept(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r=abc")
    page.send()
    page.tab.ask("leave")
    page.tab.ask("fragment", text="")
    assert reloaded(page, keep=kept(RECORDING)).send() == [("link", "")]
    assert reloaded(page, "3").send() == [("kept", RECORDING)]


def test_what_is_too_long_is_not_kept_and_takes_the_place_of_what_was(node_browser: Browser) -> None:
    page = server(node_browser, HERE)
    page.keep = kept(FILE)
    page.send()
    page.keep = kept(None, number=2)
    page.send()
    assert reloaded(page).send() == [("link", "")]
    page.tab.ask("fragment", text="r=" + "x" * 6_001)
    page.tab.fired(SHARED_LINK)
    page.tab.ask("fragment", text="")
    assert page.tab.fired(SHARED_LINK) == [("link", "")]
    assert reloaded(page, "3").send() == [("link", "")]


@pytest.mark.parametrize("text", ["{", "[]", "null", "7", '{"link": 7}'])
def test_what_was_changed_by_hand_harms_nothing(text: str, node_browser: Browser) -> None:
    tab = BrowserTab(node_browser, session={"sirocco/1/opened": text}, address=HERE)
    assert len(Server(tab).send()) == 1


def test_without_storage_the_link_is_told_all_the_same(node_browser: Browser) -> None:
    node_browser.set(stores=False)
    page = server(node_browser, f"{HERE}#r=abc")
    assert page.send() == [("link", "abc")]
    page.keep = kept(FILE)
    assert page.send() == []


def test_another_tab_that_forgets_everything_removes_what_was_kept(node_browser: Browser) -> None:
    page = server(node_browser, HERE)
    page.keep = kept(FILE)
    page.send()
    chat_server.Server(BrowserTab(node_browser)).send(["forget"])
    assert page.tab.fired(SHARED_LINK) == [("forgotten", True)]
    assert reloaded(page).send() == [("link", "")]


def test_what_is_closed_leaves_the_address_and_is_not_told_again(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}?embed=true#r=abc")
    page.send()
    page.closed = 1
    assert page.send() == page.send() == []
    assert page.tab.address == f"{HERE}?embed=true"
    assert page.fragment("r=abc") == [("link", "abc")]


def test_the_way_back_by_the_navigation_puts_the_link_into_the_address_again(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r=abc")
    page.send()
    page.shown = "abc"
    page.tab.ask("leave")
    page.tab.ask("fragment", text="")
    assert page.send() == []
    assert page.tab.address == f"{HERE}#r=abc"
    page.tab.ask("fragment", text="")  # the visitor removes it
    assert page.send() == [("link", "")]
    assert page.tab.address == HERE


def test_forgetting_in_another_tab_is_told(node_browser: Browser) -> None:
    page = server(node_browser, f"{HERE}#r=abc")
    page.send()
    chat_server.Server(BrowserTab(node_browser)).send(["forget"])
    assert page.tab.fired(SHARED_LINK) == [("forgotten", True)]
    assert page.tab.fired(CHAT_STORAGE) == []
