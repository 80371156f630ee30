"""The settings that tab_settings.js keeps for a page without settings that is loaded anew."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import PAGE_SCRIPT, Browser, Fired
from tests.support.page_script import ScriptedPage

QUERY = "?temperature=0.9&stop=END"
CHAT = f"https://x.example/{QUERY}"


def fired(tab: ScriptedPage, **state: object) -> Fired:
    tab.run(**state)
    return tab.fired(PAGE_SCRIPT)


def loaded_anew(tab: ScriptedPage, session: str = "2") -> ScriptedPage:
    """Another page of the app, whose address has no settings."""
    return ScriptedPage(tab.browser, session=tab.session, address="https://x.example/shared").reload(session)


def test_a_page_without_settings_tells_those_of_the_page_before_once(node_browser: Browser) -> None:
    chat = ScriptedPage(node_browser, address=CHAT)
    assert fired(chat, system="Be brief.") == []
    shared = loaded_anew(chat)
    assert fired(shared) == [("own", {"query": QUERY, "system": "Be brief."})]
    assert fired(shared) == []
    again = shared.reload("3")
    assert fired(again) == [("own", {"query": QUERY, "system": "Be brief."})]


def test_a_page_without_settings_tells_nothing_if_the_tab_had_none(node_browser: Browser) -> None:
    assert fired(ScriptedPage(node_browser)) == []
    chat = ScriptedPage(node_browser)
    fired(chat, system="")
    assert fired(loaded_anew(chat)) == []


def test_a_page_without_settings_that_follows_in_the_same_session_tells_nothing(
    node_browser: Browser,
) -> None:
    chat = ScriptedPage(node_browser, address=CHAT)
    fired(chat, system="")
    assert fired(chat, system=None) == []


def test_a_system_text_that_was_told_is_not_told_to_the_chat_again(node_browser: Browser) -> None:
    chat = ScriptedPage(node_browser, address=CHAT)
    fired(chat, system="Be.")
    shared = loaded_anew(chat)
    fired(shared)
    assert fired(shared, system="", restored=1) == []  # a link without a system text goes on in the chat
    assert "sirocco/1/system" not in shared.session


def test_another_tab_that_forgets_everything_removes_them(node_browser: Browser) -> None:
    chat = ScriptedPage(node_browser, address=CHAT)
    fired(chat, system="")
    ScriptedPage(node_browser).ask("tell", text="forget")
    assert "sirocco/1/settings" not in chat.session


@pytest.mark.parametrize("system", [None, ""])
def test_without_storage_nothing_is_told(system: str | None, node_browser: Browser) -> None:
    node_browser.set(stores=False)
    assert fired(ScriptedPage(node_browser, address=CHAT), system=system) == []
