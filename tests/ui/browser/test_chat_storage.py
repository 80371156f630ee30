"""What the server tells the browser, run by run, and what it makes of what comes back."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lib.bedrock import live_replies
from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation, Turn, Variant, new_id
from lib.conversation.undo import Undo
from lib.records import chat_records
from tests.support.broken_json import NASTY, mutated
from tests.support.browser_tab import Browser
from tests.support.makers import LARGE, asked, made, recipe, replied, rich, stored, tree
from tests.support.page_tab import Tab, hears, streaming

pytestmark = pytest.mark.usefixtures("pages_open_fast")


@pytest.fixture
def endless() -> Iterator[Reply]:
    """An answer that is on its way until it is closed."""
    stream = streaming("Hello?")
    yield stream
    stream.close()


def test_the_browser_has_what_the_server_has_after_every_act(node_browser: Browser) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    asked(chat, "One?", "un")
    asked(chat, "Two?", "deux")
    asked(chat, "Three?", "trois")
    assert tab.run().has(chat)
    turn = chat.turns()[1]
    turn.add(made("Two!", "zwei", chat.before(turn), LARGE, temperature=0.1))
    assert tab.run().has(chat)
    asked(chat, "Drei?", "drei")
    assert tab.run().has(chat)
    turn.step(-1)
    assert tab.run().has(chat)
    removed, parent = chat.turns()[1], chat.turns()[0].variant
    chat.remove(removed)
    assert [turn.variant.prompt for turn in tab.run().chat.turns()] == ["One?", "Three?"]
    copy = chat_records.restore(chat.id, tab.kept(chat.id), live_replies.find).conversation
    assert [turn.variant.prompt for turn in copy.turns()] == ["One?", "Three?"]
    removed.variant.next, parent.next = parent.next, removed
    assert tab.run().has(chat)


def test_many_random_acts_are_kept(node_browser: Browser) -> None:
    chance = random.Random(3)
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    for number in range(60):
        turns = chat.turns()
        turn: Turn | None = chance.choice(turns) if turns else None
        act = chance.randrange(5) if turn else 0
        if act == 0 or turn is None:
            asked(chat, f"Ask {number}", f"Answer {number}")
        elif act == 1:
            turn.add(made(f"Edit {number}", f"Edited {number}", chat.before(turn), LARGE))
        elif act in (2, 3):
            turn.step(chance.choice((-1, 1)))
        else:
            chat.remove(turn)
        tab.step(lost=True) if chance.random() < 0.3 else tab.run()
    back = chat_records.restore(chat.id, tab.run().kept(chat.id), live_replies.find)
    assert shape(back.conversation) == shape(chat)


def shape(chat: Conversation) -> list[Any]:
    rows = [(variant.id, place, variant.answer.text) for variant, place in chat_records.places(chat)]
    return sorted(rows, key=str)


def test_what_is_sent_does_not_grow_with_the_conversation(node_browser: Browser) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    sizes = []
    for number in range(100):
        asked(chat, f"Question {number:03}?", f"Answer {number:03}.")
        tab.run()
        sizes.append(tab.sent)
    assert max(sizes[5:]) <= max(sizes[:5]) + 100
    assert tab.has(chat)


def test_a_message_that_was_overtaken_is_sent_again(node_browser: Browser) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    asked(chat, "One?", "un")
    tab.step(lost=True)
    asked(chat, "Two?", "deux")
    tab.step(lost=True)
    asked(chat, "Three?", "trois")
    assert tab.run().has(chat)
    assert tab.told == []


def test_a_browser_that_missed_too_much_gets_everything_again(node_browser: Browser) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    for number in range(5):
        asked(chat, f"Question {number}?", f"Answer {number}.")
        tab.step(lost=True)
    asked(chat, "And?", "et")
    tab.step()
    assert not tab.has(chat)
    assert tab.run().has(chat)
    assert tab.told == [("gap", 0)]


def test_start_and_end_of_an_answer_are_said_once_each(node_browser: Browser, endless: Reply) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    chat.append(Variant("Hello?", [endless]))
    for _ in range(3):
        tab.run()
    assert tab.spoken == ["The model answers."]
    assert tab.data["live"] == [chat.id, f"{chat.turns()[0].variant.id}/live"]
    endless.close()
    for _ in range(3):
        tab.run()
    assert tab.spoken == ["The model answers.", "The answer was stopped."]
    assert tab.data["live"] is None
    assert tab.has(chat)


def test_what_is_shown_of_an_answer_that_goes_on_is_noted_under_another_name_until_it_ends(
    node_browser: Browser, endless: Reply
) -> None:
    chat = Conversation()
    variant = asked(chat, "Hello?", "un")
    tab = Tab(node_browser, chat).run()
    variant.parts.append(endless)
    tab.run()
    assert tab.data["live"] == [chat.id, f"{variant.id}/on"]
    tab.add("div", "un deux", **{"class": "st-key-live-answer"})
    node_browser.move(1000)
    assert tab.kept(chat.id)[f"{variant.id}/on"] == "un deux"
    endless.close()
    tab.run()
    assert f"{variant.id}/on" not in tab.kept(chat.id)


def test_a_reload_brings_the_conversation_back_and_says_nothing(node_browser: Browser) -> None:
    chat = rich()
    tab = Tab.that_had(node_browser, chat).step()
    assert not tab.data["loaded"]
    tab.run()
    assert tab.data["loaded"]
    assert tree(tab.chat) == tree(chat)
    assert tab.data["operations"] == []
    assert tab.data["chat"] == chat.id
    assert tab.spoken == []
    asked(tab.chat, "More?", "plus")
    assert tab.run().has(tab.chat)
    now = tab.chat
    assert tree(tab.reload().run().chat) == tree(now)
    assert tab.spoken == []


def test_a_running_answer_is_found_again_by_its_id(node_browser: Browser, endless: Reply) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    chat.append(Variant("Hello?", [endless]))
    tab.run().reload().run()
    assert tab.chat is not chat
    assert tab.chat.running()
    assert tab.chat.turns()[0].variant.parts == [endless]
    endless.close()
    answer = tab.reload().run().chat.turns()[0].variant.answer
    assert (answer.status, answer.problem) == ("stopped", None)  # by the visitor
    live_replies.forget([chat.turns()[0].variant.id])


def test_a_reloaded_page_follows_the_answer_in_place_of_the_tab_that_is_gone(
    node_browser: Browser, endless: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    followed: list[Callable[[], bool]] = []
    monkeypatch.setattr(live_replies, "follow", lambda _, gone, _outage: followed.append(gone))
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    chat.append(Variant("Hello?", [endless]))
    tab.run().reload().run()
    assert len(followed) == 1
    assert not followed[0]()
    live_replies.forget([chat.turns()[0].variant.id])


@pytest.mark.parametrize("came_back", ["while it ran", "too late"])
def test_an_answer_that_was_left_is_marked_whenever_the_page_came_back(
    node_browser: Browser, endless: Reply, came_back: str
) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    chat.append(Variant("Hello?", [endless]))
    tab.run()
    if came_back == "too late":
        endless.leave()
    tab.reload().run()
    endless.leave()
    answer = tab.run().chat.turns()[0].variant.answer
    assert answer.status == "failed"
    assert answer.problem
    assert answer.problem.title == "The answer was cut"
    assert tab.has(tab.chat)
    again = chat_records.restore(chat.id, tab.kept(chat.id), lambda _: None).conversation
    assert again.turns()[0].variant.answer.problem == answer.problem
    live_replies.forget([chat.turns()[0].variant.id])


def test_what_was_asked_before_the_browser_had_answered_stays(node_browser: Browser) -> None:
    chat, late = rich(), Conversation()
    tab = Tab.that_had(node_browser, chat)
    tab.chat = late
    tab.step()
    asked(late, "Already?", "oui")
    tab.run()
    assert [name for name, _ in tab.told] == ["saved"]
    assert tab.chat is late
    tab.chat = Conversation()
    assert tab.run().at.session_state["shown"] == ("", True)
    tab.step(("bring_back",))
    assert tab.data["operations"][-1][1:] == ["load", chat.id]
    assert tree(tab.run().chat) == tree(chat)
    assert tab.told[0][1]["asked"] is True


def test_a_conversation_that_another_tab_has_goes_on_as_a_copy(node_browser: Browser) -> None:
    chat = rich()
    first = Tab.that_had(node_browser, chat).run()
    before = first.kept(chat.id)
    tab = first.duplicate().run()
    assert tree(tab.chat) == tree(chat)
    node_browser.move(500)  # the first tab might have released it until then
    assert tab.run().told == [("taken", chat.id)]
    assert tab.chat.id != chat.id
    assert tab.data["chat"] == tab.chat.id
    assert tab.has(tab.chat)
    assert first.kept(chat.id) == before
    assert tab.spoken == []
    assert first.run().told == []
    assert first.chat.id == chat.id


def test_a_new_chat_and_its_undo_are_kept(node_browser: Browser) -> None:
    chat = rich()
    tab = Tab(node_browser, chat).run()
    tab.held.undo = Undo("New chat.", chat)
    tab.chat = Conversation()
    assert tab.run().data["chat"] == tab.chat.id
    tab.chat = chat
    assert tab.run().has(chat)


def test_the_end_of_an_answer_left_behind_by_a_new_chat_is_kept(
    node_browser: Browser, endless: Reply
) -> None:
    chat = Conversation()
    tab = Tab(node_browser, chat).run()
    chat.append(Variant("Hello?", [endless]))
    tab.run()
    tab.held.undo = Undo("New chat.", chat)
    tab.chat = Conversation()
    endless.close()
    tab.run()
    live_replies.forget([chat.turns()[0].variant.id])  # only what the browser has counts
    assert tab.has(chat)


def test_a_chat_that_is_brought_back_takes_the_place_of_another_and_can_be_undone(
    node_browser: Browser,
) -> None:
    late, chat = Conversation(), rich()
    tab = Tab(node_browser, late).run()
    asked(late, "Already?", "oui")
    tab.run(hears(chat.id, stored(chat), asked=True))
    assert tree(tab.chat) == tree(chat)
    assert tab.held.undo
    assert tab.held.undo.conversation is late
    assert tab.has(late)


def test_forget_everything_leaves_nothing_anywhere(node_browser: Browser, endless: Reply) -> None:
    chat = rich()
    tab = Tab(node_browser, chat).run()
    chat.append(Variant("Hello?", [endless]))
    variant = chat.turns()[-1].variant
    tab.run()
    tab.held.undo = Undo("New chat.", chat)
    assert live_replies.find(variant.id)
    tab.run(("forget",))
    assert node_browser.local == tab.session == {}
    assert live_replies.find(variant.id) is None
    assert endless.ended
    assert tab.chat.root is None
    assert tab.data["chat"] != chat.id
    assert tab.held.undo is None
    assert "Seven" not in json.dumps(tab.data)
    asked(tab.chat, "Anew?", "oui")
    assert tab.run().has(tab.chat)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (("saved", {"version": 1, "other": True}), "another version"),
        (("saved", {"version": 2, "records": {}}), "another version"),
        (("saved", "nonsense"), "another version"),
        (("saved", {"version": 1, "chat": "x", "records": "nonsense"}), "could not be read"),
        (("saved", {"version": 1, "chat": "x", "records": {"0" * 16: "{"}}), "1 saved answer could not"),
        (("saved", {"version": 1, "unavailable": True}), "does not let pages store"),
        (("trouble", "full"), "storage is full"),
    ],
)
def test_what_was_ignored_is_one_sentence(
    node_browser: Browser, told: tuple[str, Any], sentence: str
) -> None:
    tab = Tab(node_browser).run().run(("hear", *told)).run(("hear", *told))
    note, _ = tab.at.session_state["shown"]
    assert sentence in note
    assert note.count(".") == 1
    tab.run(("dismiss_note",))
    assert tab.at.session_state["shown"][0] == ""


def test_whatever_the_browser_says_the_page_opens(node_browser: Browser) -> None:
    chance = random.Random(1)
    valid = stored(rich())
    tab = Tab(node_browser).run()
    heard: list[tuple[Any, ...]] = []
    for _ in range(600):
        records = mutated(valid, chance)
        told = chance.choice(
            [hears(chance.choice([new_id(), *NASTY]), records), hears(new_id(), valid, asked=1)]
        )
        told[2][chance.choice(["version", "chat", "records", "offer", "other", "cut"])] = chance.choice(NASTY)
        heard += [told, ("hear", chance.choice(["taken", "gap", "trouble", "saved"]), chance.choice(NASTY))]
    for at in range(0, len(heard), 20):
        tab.run(*heard[at : at + 20])


def test_a_stream_that_has_ended_is_soon_let_go(endless: Reply, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_replies, "KEPT_S", 0.1)
    monkeypatch.setattr(live_replies, "SWEEP_S", 0.01)
    live_replies.forget([entry.variant_id for entry in live_replies._entries.values() if entry.variant_id])
    wait_until(lambda: live_replies._watcher is None, 5)
    live_replies.keep("0" * 16, endless)
    assert live_replies.find("0" * 16) is endless
    endless.close()
    assert live_replies.find("0" * 16) is endless
    wait_until(lambda: live_replies.find("0" * 16) is None, 5)
    wait_until(lambda: live_replies._watcher is None, 5)


def test_only_so_many_streams_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_replies, "MOST", 3)
    replies = {new_id(): replied(recipe(), "Hi.") for _ in range(5)}
    for one, reply in replies.items():
        live_replies.keep(one, reply)
    assert [live_replies.find(one) for one in replies] == [None, None, *list(replies.values())[2:]]
    live_replies.forget(replies)


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
