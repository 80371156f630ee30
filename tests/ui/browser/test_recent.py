"""A page that is loaded anew before the browser has noted what happened last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.bedrock import live_replies
from lib.bedrock.reply import Reply
from lib.conversation import recent_chats
from lib.conversation.tree import Conversation, Variant
from tests.support.browser_tab import Browser
from tests.support.makers import asked, tree
from tests.support.page_tab import SPACE, Tab, streaming

pytestmark = pytest.mark.usefixtures("pages_open_fast")


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    recent_chats._entries.clear()
    yield
    recent_chats._entries.clear()


@pytest.fixture
def endless() -> Iterator[Reply]:
    stream = streaming("Hello?")
    yield stream
    stream.close()


def with_one_turn(browser: Browser) -> Tab:
    tab = Tab(browser, Conversation()).run()
    asked(tab.chat, "One?", "un")
    return tab.run()


def prompts(tab: Tab) -> list[str]:
    return [turn.variant.prompt for turn in tab.chat.turns()]


def test_a_turn_that_was_not_noted_comes_back_and_is_noted(node_browser: Browser) -> None:
    tab = with_one_turn(node_browser)
    chat = tab.chat
    asked(chat, "Two?", "deux")
    tab.step(lost=True)
    back = tab.reload().run().chat
    assert tree(back) == tree(chat)
    assert back is not chat
    assert not {id(turn) for turn in back.turns()} & {id(turn) for turn in chat.turns()}
    assert tab.has(back)
    assert tab.reload().run().has(chat)


def test_so_does_the_first_turn_of_a_conversation(node_browser: Browser) -> None:
    tab = Tab(node_browser, Conversation()).run()
    asked(tab.chat, "One?", "un")
    tab.step(lost=True)
    assert prompts(tab.reload().run()) == ["One?"]
    assert tab.has(tab.chat)


def test_what_was_changed_and_not_noted_is_as_it_was_left(node_browser: Browser) -> None:
    tab = with_one_turn(node_browser)
    asked(tab.chat, "Two?", "deux")
    tab.run()
    tab.chat.remove(tab.chat.turns()[0])
    tab.step(lost=True)
    assert prompts(tab.reload().run()) == ["Two?"]
    assert tab.has(tab.chat)
    assert len(tab.kept(tab.chat.id)) == 2


def test_an_answer_that_was_not_noted_goes_on_in_the_page_that_came_back(
    node_browser: Browser, endless: Reply
) -> None:
    tab = with_one_turn(node_browser)
    tab.chat.append(Variant("Hello?", [endless]))  # and the page goes before it is drawn
    tab.reload().run()
    assert tab.chat.turns()[-1].variant.parts == [endless]
    assert tab.chat.running()
    live_replies.forget([tab.chat.turns()[-1].variant.id])


def test_an_answer_that_ended_unnoted_is_noted_whole(node_browser: Browser, endless: Reply) -> None:
    tab = with_one_turn(node_browser)
    tab.chat.append(Variant("Hello?", [endless]))
    tab.run()
    endless.close()
    tab.step(lost=True)
    tab.reload().run()
    recent_chats._entries.clear()
    live_replies.forget([tab.chat.turns()[-1].variant.id])
    answer = tab.reload().run().chat.turns()[-1].variant.answer
    assert (answer.status, answer.problem) == ("stopped", None)


def test_after_a_while_the_page_has_what_the_browser_had_noted(node_browser: Browser) -> None:
    tab = with_one_turn(node_browser)
    asked(tab.chat, "Two?", "deux")
    tab.step(lost=True)
    recent_chats._entries.clear()
    assert prompts(tab.reload().run()) == ["One?"]


def test_a_duplicated_tab_gets_a_copy(node_browser: Browser) -> None:
    tab = with_one_turn(node_browser)
    copy = tab.duplicate().run()
    node_browser.move(400)
    copy.run()
    assert prompts(copy) == ["One?"]
    assert copy.chat is not tab.chat
    assert copy.chat.id != tab.chat.id


def test_another_tab_does_not_get_it(node_browser: Browser) -> None:
    with_one_turn(node_browser)
    assert prompts(Tab(node_browser).run()) == []


def test_what_was_forgotten_does_not_come_back(node_browser: Browser) -> None:
    tab = with_one_turn(node_browser)
    before = dict(tab.session)
    tab.run(("forget",))
    assert tab.session == {}
    assert prompts(tab.reload().run()) == []
    late = Tab(
        node_browser, session={f"{SPACE}session": before[f"{SPACE}session"]}
    )  # sent by a page from before that
    assert prompts(late.run()) == []


def test_what_another_tab_forgot_while_the_page_was_loaded_anew_does_not_come_back(
    node_browser: Browser,
) -> None:
    tab = with_one_turn(node_browser)
    left = dict(tab.session)
    tab.ask("close")  # it gets no further message
    Tab(node_browser).run(("forget",))
    assert prompts(Tab(node_browser, session=left).run()) == []
