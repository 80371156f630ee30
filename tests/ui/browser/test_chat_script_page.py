"""What chat_storage.js does on the page: notes of a running answer, keys, clicks, announcements."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import Browser, BrowserTab
from tests.ui.browser.chat_server import SPACE, Server, greeting, reloaded

PROMPT = {"data-testid": "stChatInputTextArea"}
LIVE = {"class": "other st-key-live-answer"}
NOTE = f"{SPACE}mine/v/live"


def answering(browser: Browser) -> Server:
    """A page that shows a running answer."""
    server = Server(BrowserTab(browser), live=("mine", "v/live"))
    server.tab.add("div", "Once", **LIVE)
    server.send(("set", "mine", "v", {}))
    return server


def shows(server: Server, text: str) -> None:
    server.tab.ask("remove", at=".st-key-live-answer")
    server.tab.add("div", text, **LIVE)


def test_what_is_shown_of_a_running_answer_is_noted_each_second(node_browser: Browser) -> None:
    server = answering(node_browser)
    node_browser.move(999)
    assert NOTE not in node_browser.local
    node_browser.move(1)
    assert node_browser.local[NOTE] == "Once"
    shows(server, "Once upon")
    node_browser.move(1000)
    assert node_browser.local[NOTE] == "Once upon"
    assert greeting(reloaded(server).send())["records"] == {"v": "{}", "v/live": "Once upon"}


def test_nothing_is_noted_while_no_answer_is_shown(node_browser: Browser) -> None:
    server = answering(node_browser)
    server.tab.ask("remove", at=".st-key-live-answer")
    node_browser.move(1000)
    assert NOTE not in node_browser.local


def test_nothing_is_noted_once_the_server_says_that_the_answer_has_ended(node_browser: Browser) -> None:
    server = answering(node_browser)
    node_browser.move(1000)
    server.live = None
    server.send(("del", "mine", "v/live"))
    node_browser.move(1000)
    server.tab.ask("hide")
    assert NOTE not in node_browser.local


@pytest.mark.parametrize("leaves", ["hide", "close"])
def test_a_page_that_is_hidden_or_left_notes_at_once(node_browser: Browser, leaves: str) -> None:
    server = answering(node_browser)
    server.tab.ask(leaves)
    assert node_browser.local[NOTE] == "Once"


def with_prompt(browser: Browser) -> BrowserTab:
    tab = BrowserTab(browser)
    Server(tab).send()
    tab.add("textarea", **PROMPT)
    return tab


def test_the_slash_key_focuses_the_prompt_and_is_not_typed_there(node_browser: Browser) -> None:
    tab = with_prompt(node_browser)
    tab.add("button")
    assert tab.press("a") is False
    assert tab.focus == {}
    assert tab.press("/", at="button") is True
    assert tab.focus == PROMPT


@pytest.mark.parametrize("held", ["ctrlKey", "metaKey", "altKey"])
def test_a_shortcut_with_the_slash_key_is_left_to_the_browser(node_browser: Browser, held: str) -> None:
    tab = with_prompt(node_browser)
    assert tab.press("/", **{held: True}) is False
    assert tab.focus == {}


@pytest.mark.parametrize(
    ("tag", "attributes"),
    [
        ("input", {}),
        ("textarea", {}),
        ("select", {}),
        ("div", {"contenteditable": "true"}),
        ("div", {"role": "textbox"}),
        ("div", {"role": "dialog"}),
    ],
)
def test_the_slash_key_is_typed_where_somebody_types(
    node_browser: Browser, tag: str, attributes: dict[str, str]
) -> None:
    tab = with_prompt(node_browser)
    tab.add(tag, **attributes, **{"class": "typed-in"})
    tab.add("span", inside=".typed-in")
    for at in (".typed-in", "span"):
        assert tab.press("/", at=at) is False
    assert tab.focus == {}


def test_the_slash_key_is_left_alone_on_a_page_without_a_prompt(node_browser: Browser) -> None:
    tab = BrowserTab(node_browser)
    Server(tab).send()
    assert tab.press("/") is False


def test_the_newest_three_sentences_stand_for_the_screen_reader(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    server.send(*(("say", text) for text in ("One.", "Two.", "Three.", "Four.")))
    assert server.tab.spoken == ["One.", "Two.", "Three.", "Four."]
    assert server.tab.text('[role="status"][aria-live="polite"]') == "Two.Three.Four."
    assert server.tab.text("p") == "Two."


def test_what_is_said_is_out_of_sight(node_browser: Browser) -> None:
    server = Server(BrowserTab(node_browser))
    server.send()
    style = server.tab.ask("style", at='[aria-live="polite"]')["cssText"]
    assert "position:fixed" in style
    assert "clip-path:inset(50%)" in style


AGAIN = ".st-key-again"


@pytest.fixture
def tab(node_browser: Browser) -> BrowserTab:
    """A page that shows "Again"."""
    server = Server(BrowserTab(node_browser))
    server.send()
    server.tab.add("div", **{"class": AGAIN[1:]})
    server.tab.add("div", **{"class": "st-key-step"})
    return server.tab


def test_a_double_click_on_again_is_one_click_also_if_the_page_was_drawn_anew(tab: BrowserTab) -> None:
    assert not tab.click(AGAIN)
    tab.ask("remove", at=AGAIN)
    tab.add("div", **{"class": AGAIN[1:]})
    assert tab.click(AGAIN, number=2)
    assert not tab.click(AGAIN)


def test_quick_clicks_on_other_buttons_are_as_many_clicks(tab: BrowserTab) -> None:
    assert not any(tab.click(".st-key-step", number) for number in (1, 2, 3))


def test_the_shortcut_of_again_counts_once_however_late_the_page_hears_of_it(
    node_browser: Browser, tab: BrowserTab
) -> None:
    assert not tab.press("Enter", altKey=True)
    assert tab.press("Enter", altKey=True)
    node_browser.move(500)
    assert not tab.press("Enter", altKey=True)
    node_browser.move(500)
    assert tab.press("Enter", altKey=True, repeat=True)  # the key is held down


def test_enter_without_alt_stays_as_it_is(tab: BrowserTab) -> None:
    assert not any(tab.press("Enter") for _ in range(2))
