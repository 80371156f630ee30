"""The list of chats and "Forget everything", from the server to the browser's real script and back."""

from __future__ import annotations

import pytest

from lib.conversation.tree import Conversation
from lib.ui.app.session import Session
from tests.support.browser_tab import Browser
from tests.support.makers import asked
from tests.support.page_tab import SPACE, Tab

pytestmark = pytest.mark.usefixtures("pages_open_fast")


def note(tab: Tab) -> str:
    return str(tab.at.session_state["shown"][0])


def two_tabs(browser: Browser) -> tuple[Tab, Tab]:
    """Each with a chat of its own."""
    first, second = Conversation(), Conversation()
    asked(first, "First?", "un")
    asked(second, "Second?", "deux")
    return Tab(browser, first).run(), Tab(browser, second).run()


def test_forgetting_says_how_much_went(node_browser: Browser) -> None:
    tab, _ = two_tabs(node_browser)
    node_browser.store({f"{SPACE}shelf": '{"runs":[{}]}'})
    tab.held.system = "Be brief."
    tab.run(("forget",))
    assert note(tab) == "Forgotten: 2 chats, 1 comparison run, the system text and all settings."
    assert tab.spoken[-1] == note(tab)


def test_forgetting_in_another_tab_is_not_told_as_done_here(node_browser: Browser) -> None:
    tab, other = two_tabs(node_browser)
    tab.run(("forget",))
    assert note(other.run()) == ""


def test_forgetting_where_nothing_was_says_so(node_browser: Browser) -> None:
    tab = Tab(node_browser).run(("forget",))
    assert note(tab) == "Forgotten: all settings."


@pytest.mark.parametrize("wrong", [None, 7, "x", {"chats": "3", "runs": -1}, [3]])
def test_a_browser_that_tells_nonsense_is_not_believed(node_browser: Browser, wrong: object) -> None:
    tab = Tab(node_browser).run(
        ("hear", "gone", wrong), ("hear", "downloaded", wrong), ("hear", "chats", wrong)
    )
    assert note(tab) == "Forgotten: all settings."
    held: Session = tab.held
    assert held.chat_storage_state.kept == []


def test_a_file_without_the_oldest_chats_says_so(node_browser: Browser) -> None:
    tab = Tab(node_browser)
    assert note(tab.run(("hear", "downloaded", [5, 5]))) == ""
    tab.run(("hear", "downloaded", [3, 5]))
    assert note(tab) == "The file has the newest 3 of 5 chats; a larger one does not open here."
