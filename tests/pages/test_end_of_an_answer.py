"""The end of an answer is drawn into the page that stands there, whatever happens at just that moment."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lib.conversation.tree import Turn
from lib.ui.chat import turns
from tests.support.app_page import answers, ask, button, lines, run
from tests.support.browser_tab import Browser
from tests.support.live_page import LivePage
from tests.support.page_tab import Tab

pytestmark = pytest.mark.usefixtures("pages_open_fast")
PROMPT = "chunks=5 rate=20"


@pytest.fixture
def just_then(monkeypatch: pytest.MonkeyPatch) -> list[Callable[[], object]]:
    """What happens just before the foot of an answer is drawn that has been followed, each once."""
    acts: list[Callable[[], object]] = []
    draw = turns.show_foot

    def show_foot(turn: Turn, newest: bool) -> None:
        if newest and not turn.variant.settled and acts:
            acts.pop()()
        draw(turn, newest)

    monkeypatch.setattr(turns, "show_foot", show_foot)
    return acts


def end_in(at: AppTest, live: LivePage, prompt: str = PROMPT) -> None:
    """Send the prompt and wait until the script rests."""
    at.chat_input[0].set_value(prompt)
    with live.running(at):
        live.wait_until_the_script_has_ended()


def kept(at: AppTest, browser: Browser) -> list[str]:
    """How the answers ended that the browser would bring back after a reload."""
    tab = Tab(browser)
    tab.take(at)
    records = [json.loads(text) for text in tab.kept(tab.data["chat"]).values() if "parts" in text]
    return [record["parts"][-1]["status"] for record in records]


def test_one_run_draws_the_answer_its_foot_and_the_box_as_the_next_run_draws_them(
    aws: AppTest, live: LivePage, node_browser: Browser
) -> None:
    end_in(aws, live)
    assert live.runs == 1
    shown = answers(aws), lines(aws), [(each.label, each.disabled) for each in aws.button]
    assert shown[0] == ["w1 w2 w3 w4 w5"]
    assert ("Again", False) in shown[2]
    assert "Stop" not in [label for label, _ in shown[2]]
    assert kept(aws, node_browser) == ["complete"]
    run(aws)
    assert (answers(aws), lines(aws), [(each.label, each.disabled) for each in aws.button]) == shown


def test_the_run_that_followed_an_answer_says_where_the_later_turns_are(aws: AppTest, live: LivePage) -> None:
    for _ in range(2):
        ask(aws, "chunks=2 rate=0")
    at = button(aws, "Edit").click().run()
    at.text_area[0].set_value(PROMPT)
    button(at, "Ask again from here").click()
    before = live.runs
    with live.running(at):
        live.wait_until_the_script_has_ended()
    assert live.runs == before + 1
    assert answers(at) == ["w1 w2 w3 w4 w5"]
    assert "Variant 1 is followed by 1 later turn." in [each.value for each in at.caption]


def test_a_run_that_is_asked_for_just_then_draws_all_of_it(
    aws: AppTest, live: LivePage, node_browser: Browser, just_then: list[Callable[[], object]]
) -> None:
    just_then.append(live.ask)
    end_in(aws, live)
    assert answers(aws) == ["w1 w2 w3 w4 w5"]
    assert "finished" in lines(aws)[0]
    assert not button(aws, "Again").disabled
    assert kept(aws, node_browser) == ["complete"]


def test_an_edit_of_an_earlier_prompt_opens_just_then(
    aws: AppTest, live: LivePage, just_then: list[Callable[[], object]]
) -> None:
    at = ask(aws, "chunks=2 rate=0")
    just_then.append(lambda: live.ask(button(at, "Edit")))
    end_in(at, live)
    assert button(at, "Cancel")
    assert answers(at) == ["w1 w2", "w1 w2 w3 w4 w5"]


def test_what_the_browser_keeps_is_told_before_a_reload_that_comes_just_then(
    aws: AppTest, live: LivePage, node_browser: Browser, just_then: list[Callable[[], object]]
) -> None:
    just_then.append(live.stop)
    end_in(aws, live)
    assert kept(aws, node_browser) == ["complete"]


def test_another_page_that_is_opened_just_then_is_shown_and_the_answer_is_there_at_the_return(
    aws: AppTest, live: LivePage, just_then: list[Callable[[], object]]
) -> None:
    just_then.append(lambda: live.ask(page="compare"))
    end_in(aws, live)
    assert not aws.chat_message
    at = run(aws.switch_page("../../../pages/chat.py"))
    assert answers(at) == ["w1 w2 w3 w4 w5"]
    assert "finished" in lines(at)[0]


def test_an_answer_that_fails_has_its_card_and_the_browser_keeps_it(
    aws: AppTest, live: LivePage, node_browser: Browser
) -> None:
    end_in(aws, live, "chunks=9 rate=50 fail=3")
    assert answers(aws)[0].startswith("w1 w2 w3")
    assert button(aws, "Retry")
    assert kept(aws, node_browser) == ["broken"]


def test_definitions_of_links_and_of_footnotes_are_found_in_an_answer() -> None:
    assert turns._DEFINITION.search("See [here][1].\n\n[1]: https://example.com")
    assert turns._DEFINITION.search("So it is.[^1]\n\n[^1]: A note.")
    assert not turns._DEFINITION.search("See [here](https://example.com): it is there.")
