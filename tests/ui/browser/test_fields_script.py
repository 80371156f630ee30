"""What is typed into a setting counts when a shortcut is pressed, and the editor of a prompt has keys."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import Browser
from tests.support.page_script import ScriptedPage


@pytest.fixture
def tab(node_browser: Browser) -> ScriptedPage:
    return ScriptedPage(node_browser).run()


def with_editor(tab: ScriptedPage) -> ScriptedPage:
    tab.add("div", **{"class": "st-key-editor-1"})
    tab.add("textarea", inside=".st-key-editor-1", **{"class": "edited"})
    for name in ("ask-edited", "cancel"):
        tab.add("div", inside=".st-key-editor-1", **{"class": f"st-key-{name}-1"})
        tab.add("button", inside=f".st-key-{name}-1", **{"class": name})
    return tab.settle()


def events(tab: ScriptedPage, at: str) -> list[str]:
    """What has been sent to a field, in order."""
    sent: list[str] = tab.ask("read", at=at, name="sent")
    return sent


def clicks(tab: ScriptedPage) -> tuple[int, int]:
    """How often the editor's "Ask again from here" and "Cancel" were clicked."""
    return tab.ask("clicks", at=".ask-edited"), tab.ask("clicks", at=".cancel")


def test_a_shortcut_hands_over_what_was_typed_into_a_setting(tab: ScriptedPage) -> None:
    tab.add("textarea", **{"class": "setting"})
    tab.press("Enter", at=".setting", altKey=True)
    assert events(tab, ".setting") == ["focusout"]


def test_other_keys_hand_over_nothing(tab: ScriptedPage) -> None:
    tab.add("textarea", **{"class": "setting"})
    tab.press("a", at=".setting")
    tab.press("Alt", at=".setting", altKey=True)
    assert events(tab, ".setting") == []


@pytest.mark.parametrize("by", ["shortcut", "leaving"])
def test_a_stop_sequence_that_was_only_typed_is_entered(tab: ScriptedPage, by: str) -> None:
    tab.add("div", **{"class": "st-key-stop"})
    tab.add("input", inside=".st-key-stop", **{"class": "stop"})
    tab.type(".stop", "END")
    if by == "shortcut":
        tab.press("Enter", at=".stop", altKey=True)
    else:
        tab.ask("act", at=".stop", event="focusout")
    assert "keydown" in events(tab, ".stop")


def test_an_empty_stop_sequence_is_not_entered(tab: ScriptedPage) -> None:
    tab.add("div", **{"class": "st-key-stop"})
    tab.add("input", inside=".st-key-stop", **{"class": "stop"})
    tab.ask("act", at=".stop", event="focusout")
    assert "keydown" not in events(tab, ".stop")


def test_the_editor_gets_the_focus_once(tab: ScriptedPage) -> None:
    with_editor(tab)
    assert tab.focus == {"class": "edited"}
    tab.add("input", **{"class": "other"})
    tab.ask("focus", at=".other")
    tab.settle()
    assert tab.focus == {"class": "other"}


@pytest.mark.parametrize("held", ["ctrlKey", "metaKey"])
def test_ctrl_enter_sends_what_was_edited(tab: ScriptedPage, held: str) -> None:
    with_editor(tab).press("Enter", at=".edited", **{held: True})
    assert clicks(tab) == (1, 0)
    assert events(tab, ".edited") == ["focusout"]


def test_enter_begins_a_line(tab: ScriptedPage) -> None:
    with_editor(tab).press("Enter", at=".edited")
    assert clicks(tab) == (0, 0)


def test_escape_closes_the_editor_but_not_while_an_input_method_has_candidates(tab: ScriptedPage) -> None:
    with_editor(tab).press("Escape", at=".edited", isComposing=True)
    assert clicks(tab) == (0, 0)
    tab.press("Escape", at=".edited")
    assert clicks(tab) == (0, 1)


@pytest.mark.parametrize("marked", [True, False])
def test_a_menu_that_has_the_focus_gives_it_to_its_marked_entry(tab: ScriptedPage, marked: bool) -> None:
    tab.add("div", role="menu", tabindex="-1", **{"class": "menu"})
    tab.ask("focus", at=".menu")
    tab.add("div", inside=".menu", role="menuitem", tabindex="-1", **{"class": "first"})
    more = {"data-focused": "true"} if marked else {}
    tab.add("div", inside=".menu", role="menuitem", tabindex="-1", **{"class": "second", **more})
    tab.settle()
    assert tab.focus["class"] == ("second" if marked else "menu")
