"""What chat_storage.js stores, offers and removes in one tab, and that it does each operation once."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import CHAT_STORAGE, Browser, BrowserTab
from tests.ui.browser.chat_server import DAY, HOUR, SPACE, Server, chats, greeting, keep, reloaded


def opened(browser: Browser) -> Server:
    return Server(BrowserTab(browser))


def test_what_is_set_and_deleted_is_stored_as_json_and_dated(node_browser: Browser) -> None:
    server = opened(node_browser)
    assert server.send(("set", "mine", "v", {"text": "Mișu 🐈"}), ("set", "mine", "v/at", [None, 0])) == []
    assert node_browser.local == {
        f"{SPACE}mine/v": '{"text":"Mișu 🐈"}',
        f"{SPACE}mine/v/at": "[null,0]",
        f"{SPACE}mine/touched": str(node_browser.now),
    }
    node_browser.move(HOUR)
    server.send(("del", "mine", "v/at"), ("set", "mine", "v", 2))
    assert node_browser.local == {f"{SPACE}mine/v": "2", f"{SPACE}mine/touched": str(node_browser.now)}


def test_a_dropped_conversation_is_gone_and_others_with_a_name_like_it_stay(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "other", "v", 1), ("set", "other2", "v", 1), ("drop", "other"))
    assert chats(node_browser) == ["other2"]
    assert f"{SPACE}tab" not in server.tab.session  # the tab shows neither of them


def test_each_operation_is_done_once_even_when_it_is_sent_again(node_browser: Browser) -> None:
    server = opened(node_browser)
    first = [[1, "set", "mine", "v", "old"], [2, "say", "Hello."]]
    assert server.send_numbered(*first) == []
    assert server.send_numbered(*first, [3, "set", "mine", "v", "new"], [4, "say", "Bye."]) == []
    assert server.send_numbered(*first) == []
    assert node_browser.local[f"{SPACE}mine/v"] == '"new"'
    assert server.tab.spoken == ["Hello.", "Bye."]


def test_a_new_session_counts_its_operations_from_one(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("say", "One."), ("say", "Two."))
    again = Server(server.tab, session="2")  # the page has found a new server and was not loaded anew
    assert greeting(again.send(("say", "Three.")))["before"] == server.session
    assert server.tab.spoken == ["One.", "Two.", "Three."]


def test_a_gap_is_reported_with_the_last_operation_that_was_done(node_browser: Browser) -> None:
    server = opened(node_browser)
    assert server.send_numbered([1, "say", "One."], [2, "say", "Two."]) == []
    assert server.send_numbered([4, "say", "Four."]) == [("gap", 2)]
    assert server.tab.spoken == ["One.", "Two.", "Four."]
    assert server.send_numbered([4, "say", "Four."], [5, "say", "Five."]) == []


def test_a_session_whose_first_operation_is_missed_is_a_gap(node_browser: Browser) -> None:
    assert opened(node_browser).send_numbered([2, "say", "Two."]) == [("gap", 0)]


def test_a_full_storage_lets_the_oldest_other_chats_go_and_no_more_than_it_must(
    node_browser: Browser,
) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", "old"))
    for chat, hours in (("newest", 1), ("oldest", 9), ("older", 5)):
        keep(node_browser, chat, hours * HOUR, "x" * 1000)
    node_browser.set(room=4000)
    assert server.send(("set", "mine", "w", "y" * 2000)) == []
    assert chats(node_browser) == ["mine", "newest"]
    assert node_browser.local[f"{SPACE}mine/v"] == '"old"'
    assert node_browser.local[f"{SPACE}mine/w"] == f'"{"y" * 2000}"'


def test_operations_are_done_in_turn_even_when_one_must_make_room(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1))
    keep(node_browser, "other", HOUR, "x" * 1000)
    node_browser.set(room=1000)
    assert server.send(("set", "mine", "w", "y" * 500), ("del", "mine", "w")) == []
    assert chats(node_browser) == ["mine"]
    assert f"{SPACE}mine/w" not in node_browser.local


def test_a_full_storage_never_costs_a_chat_that_a_tab_shows(node_browser: Browser) -> None:
    other = Server(BrowserTab(node_browser), chat="other")
    other.send(("set", "other", "v", "x" * 1000))
    node_browser.move(DAY)
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1))
    node_browser.set(room=1200)
    assert server.send(("set", "mine", "w", "y" * 500)) == [("trouble", "full")]
    assert chats(node_browser) == ["mine", "other"]


def test_a_full_storage_is_told_once_in_a_session(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", "old"))
    node_browser.set(room=100)
    long = "y" * 200
    assert server.send(("set", "mine", "v", long), ("set", "mine", "w", long)) == [("trouble", "full")]
    assert server.send(("set", "mine", "v", long)) == []
    assert node_browser.local[f"{SPACE}mine/v"] == '"old"'
    again = Server(server.tab, session="2")
    assert again.send(("set", "mine", "v", long))[-1] == ("trouble", "full")


def test_a_browser_without_storage_says_so_and_does_the_rest(node_browser: Browser) -> None:
    server = opened(node_browser.set(stores=False))
    told = greeting(server.send())
    assert told["unavailable"] is True
    assert told["records"] == {}
    server.loaded = True
    assert server.send(("set", "mine", "v", 1), ("say", "Hello.")) == [("trouble", "unavailable")]
    assert server.send(("set", "mine", "v", 2), ("del", "mine", "v"), ("drop", "mine")) == []
    server.live = ("mine", "v/live")
    server.tab.add("div", "Words", **{"class": "st-key-live-answer"})
    node_browser.move(1000)
    assert server.send(("list",)) == [("chats", [])]
    assert server.send(("forget",)) == [("gone", {"chats": 0, "runs": 0})]
    server.tab.ask("close")
    assert server.tab.spoken == ["Hello."]


def test_a_browser_that_has_nothing_says_nothing(node_browser: Browser) -> None:
    node_browser.store({"somebody": "else"})
    assert opened(node_browser).send() == []


def test_a_reload_keeps_the_chat_of_the_tab(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1), ("set", "mine", "v/at", [None, 0]))
    told = greeting(reloaded(server).send())
    assert (told["chat"], told["records"]) == ("mine", {"v": "1", "v/at": "[null,0]"})
    assert (told["cut"], told["other"], told["unavailable"]) == (False, False, False)
    assert "offer" not in told


def test_a_page_that_has_not_been_answered_yet_still_reloads_into_its_chat(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1))
    unanswered = reloaded(server)
    greeting(unanswered.send())
    assert greeting(reloaded(unanswered).send())["chat"] == "mine"
    assert chats(node_browser) == ["mine"]


def test_the_chat_that_the_server_restored_is_that_of_the_tab(node_browser: Browser) -> None:
    server = opened(node_browser)
    keep(node_browser, "brought", HOUR)
    greeting(server.send())
    server.loaded, server.chat = True, "brought"
    assert server.send() == []
    assert server.tab.session[f"{SPACE}tab"] == "brought"
    assert greeting(reloaded(server).send())["chat"] == "brought"


def test_a_new_chat_is_empty_after_a_reload(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1))
    server.chat = "another"
    server.send()
    told = greeting(reloaded(server).send())
    assert (told["chat"], told["records"], told["offer"]) == (None, {}, "mine")


@pytest.mark.parametrize(("age", "offered"), [(HOUR, True), (DAY - 1, True), (DAY, False), (29 * DAY, False)])
def test_the_last_chat_is_offered_for_a_day(node_browser: Browser, age: int, offered: bool) -> None:
    keep(node_browser, "last", age)
    keep(node_browser, "before", age + 1)
    fired = opened(node_browser).send()
    assert fired == [] if not offered else greeting(fired)["offer"] == "last"
    assert chats(node_browser) == ["before", "last"]


def test_a_chat_whose_answers_were_all_deleted_is_not_offered(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1), ("del", "mine", "v"))
    server.tab.ask("close")
    assert opened(node_browser).send() == []
    keep(node_browser, "before", HOUR)
    assert greeting(opened(node_browser).send())["offer"] == "before"


def test_a_closed_tab_dates_its_chat_so_that_it_is_offered_from_then_on(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1))
    keep(node_browser, "other", 0)
    node_browser.move(2 * DAY)
    server.tab.ask("close")
    assert greeting(opened(node_browser).send())["offer"] == "mine"


def test_an_empty_chat_leaves_nothing_behind(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send()
    server.tab.ask("close")
    assert node_browser.local == {}


def test_an_offered_chat_is_read_when_the_server_asks(node_browser: Browser) -> None:
    keep(node_browser, "last", HOUR, "text")
    server = opened(node_browser)
    assert greeting(server.send())["records"] == {}
    told = greeting(server.send(("load", "last")))
    assert (told["chat"], told["asked"], told["records"], told["cut"]) == ("last", True, {"x": "text"}, False)


def test_a_page_that_loads_keeps_the_twenty_newest_other_chats(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1))
    node_browser.move(20 * DAY)
    for number in range(22):
        keep(node_browser, f"chat {number:02}", (22 - number) * HOUR)
    greeting(reloaded(server).send())
    assert chats(node_browser) == [f"chat {number:02}" for number in range(2, 22)] + ["mine"]


def test_a_page_that_loads_lets_chats_older_than_thirty_days_go(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send(("set", "mine", "v", 1))
    node_browser.store({f"{SPACE}mine/touched": str(node_browser.now - 40 * DAY)})
    open_elsewhere = Server(BrowserTab(node_browser), chat="open")
    open_elsewhere.send(("set", "open", "v", 1))
    node_browser.store({f"{SPACE}open/touched": str(node_browser.now - 40 * DAY)})
    keep(node_browser, "too old", 30 * DAY + 1)
    keep(node_browser, "old", 30 * DAY)
    third = opened(node_browser)
    third.tab.ask("close")
    Server(BrowserTab(node_browser, {f"{SPACE}tab": "mine"}), chat="new").send()
    assert chats(node_browser) == ["mine", "old", "open"]


def test_what_is_too_much_for_one_message_is_left_out_and_said(node_browser: Browser) -> None:
    # Each of the two is two bytes in a message: one is escaped in JSON, the other is not in ASCII.
    texts = {f"{SPACE}mine/{name}": '"é' * 1_700_000 for name in "abc"}
    node_browser.store({**texts, f"{SPACE}mine/d": "short"})
    tab = BrowserTab(node_browser, {f"{SPACE}tab": "mine"})
    told = greeting(Server(tab).send())
    assert list(told["records"]) == ["a", "b"]
    assert told["cut"] is True


def test_what_another_version_has_saved_is_told_and_left_alone(node_browser: Browser) -> None:
    node_browser.store({"sirocco/2/0123456789abcdef/x": "{}"})
    told = greeting(opened(node_browser).send())
    assert (told["other"], told["records"]) == (True, {})
    assert node_browser.local == {"sirocco/2/0123456789abcdef/x": "{}"}


def test_the_script_goes_on_where_it_was_when_its_page_of_the_app_is_shown_again(
    node_browser: Browser,
) -> None:
    server = opened(node_browser)
    server.send(("say", "One."), ("set", "mine", "v", 1))
    server.tab.ask("leave")
    assert server.send_numbered([1, "say", "One."], [2, "say", "Two."], [3, "say", "Three."]) == []
    assert server.tab.spoken == ["One.", "Three."]


def test_the_component_takes_no_place_on_the_page(node_browser: Browser) -> None:
    server = opened(node_browser)
    server.send()
    assert server.tab.ask("style", at='[data-testid="stElementContainer"]') == {"position": "absolute"}
    assert server.tab.fired(CHAT_STORAGE) == []
