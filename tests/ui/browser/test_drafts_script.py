"""What is typed into a prompt box is kept until the server has it, and nothing writes over it."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import Browser
from tests.support.page_script import BOX, COMPARE, ScriptedPage

LINE = ".sirocco-too-long"


@pytest.fixture
def tab(node_browser: Browser) -> ScriptedPage:
    return ScriptedPage(node_browser).run().draw_box()


def test_a_draft_comes_back_after_a_reload(tab: ScriptedPage) -> None:
    tab.type(BOX, "What is a")
    tab.reload("2").run().draw_box()
    assert tab.box == "What is a"


def test_a_draft_comes_back_after_a_visit_to_another_page(tab: ScriptedPage) -> None:
    tab.type(BOX, "What is a")
    tab.ask("remove", at=".box")
    tab.settle().draw_box()
    assert tab.box == "What is a"


def test_the_box_may_be_drawn_before_the_script_is_there(node_browser: Browser) -> None:
    tab = ScriptedPage(node_browser, session={"sirocco/1/draft/chat": "Hello"}).draw_box()
    assert tab.run().box == "Hello"


def test_a_draft_that_was_deleted_does_not_come_back(tab: ScriptedPage) -> None:
    tab.type(BOX, "What")
    tab.type(BOX, "")
    tab.reload("2").run().draw_box()
    assert tab.box == ""


def test_the_draft_of_compare_is_another_one(tab: ScriptedPage) -> None:
    tab.type(BOX, "chat")
    tab.draw_compare()
    tab.type(".prompt", "compare")
    tab.reload("2").run().draw_box().draw_compare()
    assert (tab.box, tab.value(".prompt")) == ("chat", "compare")


def test_a_draft_that_is_to_be_forgotten_does_not_come_back_into_a_box_that_is_drawn_anew(
    tab: ScriptedPage,
) -> None:
    tab.type(BOX, "a secret")
    tab.add("div", **{"class": "st-key-forget-now"})
    tab.click(".st-key-forget-now")
    tab.ask("remove", at=".box")
    assert tab.settle().draw_box().box == ""


def test_what_the_server_puts_into_the_box_of_compare_stays(tab: ScriptedPage) -> None:
    tab.draw_compare()
    tab.type(".prompt", "old")
    tab.ask("act", at=".prompt", event="focusout")
    tab.settle().ask("remove", at=COMPARE)
    tab.settle().draw_compare("from the server")
    assert tab.value(".prompt") == "from the server"


def test_a_text_that_the_server_has_not_heard_of_stays_when_the_box_is_drawn_anew(tab: ScriptedPage) -> None:
    tab.draw_compare()
    tab.type(".prompt", "typed")
    tab.ask("remove", at=COMPARE)
    tab.settle().draw_compare("the prompt of a stored run")
    assert tab.value(".prompt") == "typed"


def test_what_was_sent_is_kept_until_the_server_confirms_it(tab: ScriptedPage) -> None:
    tab.send("first")
    tab.send("second")
    tab.run(taken=1)
    tab.reload("2").run().draw_box()
    assert tab.box == "second"


def test_what_was_confirmed_does_not_come_back(tab: ScriptedPage) -> None:
    tab.send("first")
    tab.run(taken=1)
    assert tab.kept == {}
    tab.reload("2").run().draw_box()
    assert tab.box == ""


def test_enter_that_sends_nothing_leaves_the_draft(tab: ScriptedPage) -> None:
    tab.type(BOX, "What is a")
    tab.press("Enter", at=BOX)  # within an input method
    tab.settle()
    assert tab.kept == {"chat": "What is a"}


def test_a_waiting_prompt_is_back_in_the_box_after_a_reload(tab: ScriptedPage) -> None:
    tab.send("next")
    tab.run(taken=1, waiting="next")
    tab.type(BOX, "and then")
    tab.reload("2").run().draw_box()
    assert tab.box == "next\n\nand then"


def test_a_prompt_that_waits_no_longer_does_not_come_back(tab: ScriptedPage) -> None:
    tab.send("next")
    tab.run(taken=1, waiting="next")
    tab.run(waiting="")
    tab.reload("2").run().draw_box()
    assert tab.box == ""


def test_what_the_server_gives_back_stands_before_what_was_typed_meanwhile(tab: ScriptedPage) -> None:
    tab.send("first")
    tab.type(BOX, "typed meanwhile")
    tab.run(taken=1, puts=[[1, "first"]])
    assert tab.box == "first\n\ntyped meanwhile"
    assert tab.kept == {"chat": "first\n\ntyped meanwhile"}


def test_a_text_is_put_back_once(tab: ScriptedPage) -> None:
    tab.run(puts=[[1, "one"]])
    tab.run(puts=[[1, "one"], [2, "two"]])
    tab.run(puts=[[1, "one"], [2, "two"]])
    assert tab.box == "two\n\none"


def test_a_text_is_put_back_while_another_page_is_open(tab: ScriptedPage) -> None:
    tab.ask("remove", at=".box")
    tab.settle().run(puts=[[1, "one"]])
    assert tab.draw_box().box == "one"


def test_another_server_gets_what_the_one_before_had_not_done(tab: ScriptedPage) -> None:
    tab.send("lost")
    tab.begin("2")
    assert tab.run().box == "lost"


def outage(tab: ScriptedPage) -> ScriptedPage:
    """The connection is lost for a second."""
    app = '[data-testid="stApp"]'
    for state, ms in (("PINGING_SERVER", 1000), ("CONNECTED", 100)):
        tab.ask("attribute", at=app, name="data-test-connection-state", value=state)
        tab.settle(ms)
    return tab


@pytest.fixture
def connected(tab: ScriptedPage) -> ScriptedPage:
    tab.add("div", **{"data-testid": "stApp", "data-test-connection-state": "CONNECTED"})
    return tab.settle()


def test_after_an_outage_what_was_not_confirmed_is_back_in_the_box(connected: ScriptedPage) -> None:
    outage(connected.send("lost")).settle(2000)
    assert connected.box == "lost"


@pytest.mark.parametrize("taken", [0, 1])
def test_what_is_sent_after_an_outage_is_not_taken_for_lost(connected: ScriptedPage, taken: int) -> None:
    outage(connected.send("before")).send("after")
    connected.run(taken=taken).settle(2000)
    assert connected.box == ("" if taken else "before")


def test_a_text_that_is_too_long_is_kept_and_told_by_how_much(tab: ScriptedPage) -> None:
    tab.type(BOX, "x" * 23)
    assert tab.text(LINE) == "This text has 23 characters, 3 more than the 20 that can be sent."
    assert tab.box == "x" * 23
    tab.type(BOX, "x" * 20)
    assert tab.text(LINE) is None


def test_a_character_outside_the_basic_plane_is_one(tab: ScriptedPage) -> None:
    tab.type(BOX, "\N{CAT FACE}" * 20)
    assert tab.text(LINE) is None


def test_forget_everything_in_another_tab_removes_the_drafts(tab: ScriptedPage) -> None:
    tab.type(BOX, "secret")
    other = ScriptedPage(tab.browser).run()
    other.ask("tell", text="forget")
    assert tab.kept == {}


def test_without_storage_a_draft_survives_a_visit_to_another_page(node_browser: Browser) -> None:
    tab = ScriptedPage(node_browser.set(stores=False)).run().draw_box()
    tab.type(BOX, "What is a")
    tab.ask("remove", at=".box")
    tab.settle().draw_box()
    assert tab.box == "What is a"
