"""What is typed into a prompt box is kept until the server has it, and nothing writes over it."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import Browser
from tests.support.page_script import BOX, COMPARE, ScriptedPage

LINE = ".sirocco-too-long"


@pytest.fixture
def page(node_browser: Browser) -> ScriptedPage:
    return ScriptedPage(node_browser).run().draw_box()


def test_a_draft_comes_back_after_a_reload(page: ScriptedPage) -> None:
    page.type(BOX, "What is a")
    page.reload("2").run().draw_box()
    assert page.box == "What is a"


def test_a_draft_comes_back_after_a_visit_to_another_page(page: ScriptedPage) -> None:
    page.type(BOX, "What is a")
    page.ask("remove", at=".box")
    page.settle().draw_box()
    assert page.box == "What is a"


def test_the_box_may_be_drawn_before_the_script_is_there(node_browser: Browser) -> None:
    page = ScriptedPage(node_browser, session={"sirocco/1/draft/chat": "Hello"}).draw_box()
    assert page.run().box == "Hello"


def test_a_draft_that_was_deleted_does_not_come_back(page: ScriptedPage) -> None:
    page.type(BOX, "What")
    page.type(BOX, "")
    page.reload("2").run().draw_box()
    assert page.box == ""


def test_the_draft_of_compare_is_another_one(page: ScriptedPage) -> None:
    page.type(BOX, "chat")
    page.draw_compare()
    page.type(".prompt", "compare")
    page.reload("2").run().draw_box().draw_compare()
    assert (page.box, page.value(".prompt")) == ("chat", "compare")


def test_what_the_server_puts_into_the_box_of_compare_stays(page: ScriptedPage) -> None:
    page.draw_compare()
    page.type(".prompt", "old")
    page.ask("remove", at=COMPARE)
    page.settle().draw_compare("from the server")
    assert page.value(".prompt") == "from the server"


def test_what_was_sent_is_kept_until_the_server_confirms_it(page: ScriptedPage) -> None:
    page.send("first")
    page.send("second")
    page.run(taken=1)
    page.reload("2").run().draw_box()
    assert page.box == "second"


def test_what_was_confirmed_does_not_come_back(page: ScriptedPage) -> None:
    page.send("first")
    page.run(taken=1)
    assert page.kept == {}
    page.reload("2").run().draw_box()
    assert page.box == ""


def test_enter_that_sends_nothing_leaves_the_draft(page: ScriptedPage) -> None:
    page.type(BOX, "What is a")
    page.press("Enter", at=BOX)  # within an input method
    page.settle()
    assert page.kept == {"chat": "What is a"}


def test_a_waiting_prompt_is_back_in_the_box_after_a_reload(page: ScriptedPage) -> None:
    page.send("next")
    page.run(taken=1, waiting="next")
    page.type(BOX, "and then")
    page.reload("2").run().draw_box()
    assert page.box == "next\n\nand then"


def test_a_prompt_that_waits_no_longer_does_not_come_back(page: ScriptedPage) -> None:
    page.send("next")
    page.run(taken=1, waiting="next")
    page.run(waiting="")
    page.reload("2").run().draw_box()
    assert page.box == ""


def test_what_the_server_gives_back_stands_before_what_was_typed_meanwhile(page: ScriptedPage) -> None:
    page.send("first")
    page.type(BOX, "typed meanwhile")
    page.run(taken=1, puts=[[1, "first"]])
    assert page.box == "first\n\ntyped meanwhile"
    assert page.kept == {"chat": "first\n\ntyped meanwhile"}


def test_a_text_is_put_back_once(page: ScriptedPage) -> None:
    page.run(puts=[[1, "one"]])
    page.run(puts=[[1, "one"], [2, "two"]])
    page.run(puts=[[1, "one"], [2, "two"]])
    assert page.box == "two\n\none"


def test_a_text_is_put_back_while_another_page_is_open(page: ScriptedPage) -> None:
    page.ask("remove", at=".box")
    page.settle().run(puts=[[1, "one"]])
    assert page.draw_box().box == "one"


def test_another_server_gets_what_the_one_before_had_not_done(page: ScriptedPage) -> None:
    page.send("lost")
    page.begin("2")
    assert page.run().box == "lost"


def test_after_an_outage_what_was_not_confirmed_is_back_in_the_box(page: ScriptedPage) -> None:
    page.add("div", **{"data-testid": "stApp", "data-test-connection-state": "CONNECTED"})
    page.settle().send("lost")
    page.ask(
        "attribute", at='[data-testid="stApp"]', name="data-test-connection-state", value="PINGING_SERVER"
    )
    page.settle(1000)
    page.ask("attribute", at='[data-testid="stApp"]', name="data-test-connection-state", value="CONNECTED")
    page.settle(2100)
    assert page.box == "lost"


def test_a_text_that_is_too_long_is_kept_and_told_by_how_much(page: ScriptedPage) -> None:
    page.type(BOX, "x" * 23)
    assert page.text(LINE) == "This text has 23 characters, 3 more than the 20 that can be sent."
    assert page.box == "x" * 23
    page.type(BOX, "x" * 20)
    assert page.text(LINE) is None


def test_a_character_outside_the_basic_plane_is_one(page: ScriptedPage) -> None:
    page.type(BOX, "\N{CAT FACE}" * 20)
    assert page.text(LINE) is None


def test_forget_everything_in_another_tab_removes_the_drafts(page: ScriptedPage) -> None:
    page.type(BOX, "secret")
    other = ScriptedPage(page.browser).run()
    other.ask("tell", text="forget")
    assert page.kept == {}


def test_without_storage_a_draft_survives_a_visit_to_another_page(node_browser: Browser) -> None:
    page = ScriptedPage(node_browser.set(stores=False)).run().draw_box()
    page.type(BOX, "What is a")
    page.ask("remove", at=".box")
    page.settle().draw_box()
    assert page.box == "What is a"
