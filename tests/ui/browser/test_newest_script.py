"""What is asked scrolls into view, and a button leads back to the newest text."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import Browser
from tests.support.page_script import ScriptedPage

SCROLLER = '[data-testid="stAppScrollToBottomContainer"]'
BUTTON = '[aria-label="To the newest text"]'


class LongPage(ScriptedPage):
    """A chat of 3,000 pixels in a window that shows 800."""

    def draw_turns(self) -> LongPage:
        self.add("div", **{"data-testid": "stApp"})
        self.add("div", **{"data-testid": "stAppScrollToBottomContainer"})
        self.add("summary", inside=SCROLLER)
        self.add("div", inside=SCROLLER, **{"data-testid": "stChatMessage"})
        self.add("div", **{"data-testid": "stBottom"})
        self.size(scrollHeight=3000, offsetHeight=800, scrollTop=0)
        self.settle()
        return self

    def size(self, **properties: float) -> None:
        for name, value in properties.items():
            self.ask("property", at=SCROLLER, name=name, value=value)

    @property
    def at(self) -> float:
        return float(self.ask("read", at=SCROLLER, name="scrollTop"))

    @property
    def way_back(self) -> bool:
        return not self.ask("read", at=BUTTON, name="hidden")

    def grow(self) -> LongPage:
        self.size(scrollHeight=4000)
        self.add("p", inside=SCROLLER)
        self.settle()
        return self


@pytest.fixture
def tab(node_browser: Browser) -> LongPage:
    tab = LongPage(node_browser)
    tab.run(asked=3)
    return tab.draw_turns()


def test_what_is_asked_scrolls_into_view(tab: LongPage) -> None:
    tab.run(asked=4)
    assert tab.at == 3000
    assert tab.grow().at == 4000


def test_a_run_in_which_nothing_was_asked_leaves_the_page_where_it_is(tab: LongPage) -> None:
    tab.run(asked=3)
    assert tab.grow().at == 0


def test_a_page_that_was_loaded_anew_is_not_moved(tab: LongPage) -> None:
    tab.begin("2")
    tab.run(asked=5)
    assert tab.at == 0


@pytest.mark.parametrize("event", ["wheel", "touchmove", "pointerdown"])
def test_a_visitor_who_moves_the_page_is_not_taken_back(tab: LongPage, event: str) -> None:
    tab.run(asked=4)
    tab.ask("act", at="summary", event=event)
    assert tab.grow().at == 3000


def test_the_next_question_can_be_typed_while_the_page_follows(tab: LongPage) -> None:
    tab.add("textarea", inside='[data-testid="stBottom"]', **{"class": "box"})
    tab.run(asked=4)
    tab.press(" ", at=".box")
    assert tab.grow().at == 4000
    tab.press("PageUp", at="summary")
    tab.size(scrollTop=0)
    assert tab.grow().at == 0


def test_the_way_back_is_shown_far_from_the_end_only(tab: LongPage) -> None:
    assert tab.way_back
    tab.size(scrollTop=2100)
    tab.ask("act", at=SCROLLER, event="scroll")
    assert not tab.way_back


def test_the_way_back_leads_to_the_end(tab: LongPage) -> None:
    tab.ask("click", at=BUTTON)
    assert tab.at == 3000


def test_an_answers_line_at_the_end_is_opened_once_the_end_is_let_go(tab: LongPage) -> None:
    tab.size(scrollTop=2200)
    tab.ask("act", at="summary", event="click")
    assert tab.at == 2198
    assert tab.ask("clicks", at="summary") == 0
    tab.settle(150)
    assert tab.ask("clicks", at="summary") == 1


def test_the_end_is_let_go_once_more_if_a_wheel_has_brought_the_page_back_to_it(tab: LongPage) -> None:
    tab.size(scrollTop=2200)
    tab.ask("act", at="summary", event="click")
    tab.size(scrollTop=2200)
    tab.settle(150)
    assert (tab.at, tab.ask("clicks", at="summary")) == (2198, 0)
    tab.settle(150)
    assert tab.ask("clicks", at="summary") == 1


@pytest.mark.parametrize("event", ["pointerover", "focusin"])
def test_the_end_is_let_go_before_an_answers_line_is_opened(tab: LongPage, event: str) -> None:
    tab.size(scrollTop=2200)
    tab.ask("act", at="summary", event=event)
    assert tab.at == 2198


def test_the_end_is_held_while_an_answer_arrives(tab: LongPage) -> None:
    tab.size(scrollTop=2200)
    tab.add("div", inside=SCROLLER, **{"class": "st-key-live-answer"})
    tab.ask("act", at="summary", event="pointerover")
    assert tab.at == 2200


def test_the_end_is_let_go_once_the_answer_that_arrived_has_its_foot(tab: LongPage) -> None:
    tab.size(scrollTop=2200)
    tab.add("div", inside=SCROLLER, **{"data-testid": "stChatMessage"})
    tab.add("div", inside='[data-testid="stChatMessage"]', **{"class": "st-key-live-answer"})
    tab.ask("act", at="summary", event="pointerover")
    assert tab.at == 2200
    tab.add("div", inside='[data-testid="stChatMessage"]', **{"class": "st-key-foot-v"})
    tab.ask("act", at="summary", event="pointerover")
    assert tab.at == 2198
