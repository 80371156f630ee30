"""Where system_text.js keeps the system text, and what it removes from the address."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.support.browser_tab import PAGE_SCRIPT, Browser, Fired
from tests.support.page_script import ScriptedPage

KEY = "sirocco/1/system"


@dataclass
class Server:
    """What a session of the server sends to a page with a sidebar."""

    tab: ScriptedPage
    session: str = "1"

    def __post_init__(self) -> None:
        self.tab.begin(self.session)
        limits = {"prompt": 20_000, "system": 2_000}
        self.tab.state |= {"most": limits, "restored": 0}

    def send(self, text: str) -> Fired:
        self.tab.run(system=text)
        return self.tab.fired(PAGE_SCRIPT)


def with_box(tab: ScriptedPage) -> ScriptedPage:
    tab.add("div", **{"class": "st-key-system"})
    tab.add("textarea", inside=".st-key-system")
    return tab


def kept(server: Server) -> str | None:
    return server.tab.session.get(KEY)


def test_what_the_server_knows_is_kept_and_comes_back_after_a_reload(node_browser: Browser) -> None:
    server = Server(ScriptedPage(node_browser))
    assert server.send("") == []
    assert server.send("Be brief.") == []
    assert kept(server) == "Be brief."
    server.tab.ask("reload")
    again = Server(server.tab, session="2")
    assert again.send("") == [("kept", "Be brief.")]
    assert again.send("") == []
    assert kept(again) == "Be brief."


def test_a_text_is_told_again_until_the_server_has_it(node_browser: Browser) -> None:
    server = Server(ScriptedPage(node_browser, session={KEY: "Be brief."}))
    assert server.send("") == [("kept", "Be brief.")]
    server.tab.state |= {"restored": 1}
    assert server.send("") == [("kept", "Be brief.")]  # another message had brought the empty box
    assert kept(server) == "Be brief."
    server.tab.state |= {"restored": 2}
    assert server.send("Be brief.") == []
    server.tab.state |= {"restored": 3}
    assert server.send("") == []
    assert kept(server) is None


@pytest.mark.parametrize("act", ["wait", "click"])
def test_a_text_that_an_earlier_message_has_emptied_is_told_again_and_stays_kept(
    node_browser: Browser, act: str
) -> None:
    server = Server(with_box(ScriptedPage(node_browser, session={KEY: "Be brief."})))
    server.send("")
    server.tab.state |= {"restored": 1}
    assert server.send("Be brief.") == []
    assert server.send("") == [("kept", "Be brief.")]  # a message from before the box was drawn
    assert kept(server) == "Be brief."
    server.tab.ask("draw", at="textarea", text="Be brief.")
    server.tab.state |= {"restored": 2}
    assert server.send("Be brief.") == []
    assert server.send("") == [("kept", "Be brief.")]  # one from before the text was drawn
    server.tab.state |= {"restored": 3}
    assert server.send("Be brief.") == []
    if act == "click":
        server.tab.add("button", **{"class": "reset"})
        server.tab.click(".reset")
    else:
        node_browser.move(5001)
    server.tab.ask("draw", at="textarea", text="")
    assert server.send("") == []  # the settings were reset
    assert kept(server) is None


def test_a_text_that_the_visitor_has_replaced_is_not_told_again(node_browser: Browser) -> None:
    server = Server(with_box(ScriptedPage(node_browser, session={KEY: "Be brief."})))
    server.send("")
    server.tab.ask("type", at="textarea", text="Be kind.")
    server.tab.state |= {"restored": 1}
    assert server.send("") == []
    assert kept(server) == "Be kind."


def test_what_is_typed_is_kept_before_the_server_knows_it(node_browser: Browser) -> None:
    server = Server(with_box(ScriptedPage(node_browser)))
    server.send("")
    server.tab.ask("type", at="textarea", text="Be kind.")
    server.send("")  # a run that began before
    assert kept(server) == "Be kind."
    server.tab.ask("type", at="textarea", text="")
    assert kept(server) is None


def test_other_fields_are_not_kept(node_browser: Browser) -> None:
    server = Server(with_box(ScriptedPage(node_browser)))
    server.tab.add("input")
    server.send("")
    server.tab.ask("type", at="input", text="secret")
    assert kept(server) is None


def test_a_text_that_the_server_removes_is_not_kept(node_browser: Browser) -> None:
    server = Server(ScriptedPage(node_browser))
    server.send("Be brief.")
    server.send("")
    assert kept(server) is None


def test_the_text_of_a_link_wins_over_the_one_that_was_kept(node_browser: Browser) -> None:
    tab = ScriptedPage(node_browser, session={KEY: "Old."}, address="https://x.example/?system=New.&stop=a")
    server = Server(tab)
    assert server.send("New.") == [("left", True)]
    assert kept(server) == "New."
    assert tab.address == "https://x.example/?stop=a"


def test_only_the_text_leaves_the_address(node_browser: Browser) -> None:
    server = Server(ScriptedPage(node_browser, address="https://x.example/?system=a&temperature=0.3#x"))
    assert server.send("a") == [("left", True)]
    assert server.send("a") == []
    assert server.tab.address == "https://x.example/?temperature=0.3#x"


def test_without_storage_the_text_is_still_taken_out_of_the_address(node_browser: Browser) -> None:
    node_browser.set(stores=False)
    server = Server(ScriptedPage(node_browser, address="https://x.example/?system=a"))
    assert server.send("a") == [("left", True)]
    assert server.tab.address == "https://x.example/"


def test_a_page_without_settings_tells_the_text_and_leaves_it_alone(node_browser: Browser) -> None:
    tab = ScriptedPage(node_browser, session={KEY: "Be brief."}, address="https://x.example/shared?system=a")
    tab.run(system=None)
    assert tab.session[KEY] == "Be brief."
    assert tab.fired(PAGE_SCRIPT) == [("own", {"query": "", "system": "Be brief."})]
    assert tab.address == "https://x.example/shared?system=a"
