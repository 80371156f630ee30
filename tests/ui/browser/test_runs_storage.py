"""Comparison runs as the browser keeps them: they come back as they were, and nothing hostile does harm."""

from __future__ import annotations

import base64
import json
import random
import time
import zlib
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lib.bedrock.answer import Beat
from lib.bedrock.reply import Reply
from lib.comparison import live_runs
from lib.comparison.blind import Round
from lib.comparison.run import Repeat, Run
from lib.records import run_records
from lib.records.document import to_document
from lib.records.links import pack, unpacked
from lib.records.shared import Entry, Shared
from lib.ui.app.startup import backend
from lib.ui.compare.results import table
from tests.support.broken_json import NASTY, TEXTS, altered
from tests.support.browser_tab import CHAT_STORAGE, RUNS_STORAGE, Browser
from tests.support.environment import NOBODY
from tests.support.makers import answered, run_of
from tests.support.page_tab import PageTab

TOO_LONG = "x" * (run_records.CHARACTERS + 1)
pytestmark = pytest.mark.usefixtures("pages_open_fast")


@pytest.fixture(autouse=True)
def no_endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is asked here, so no process needs to be started that could answer."""
    monkeypatch.setenv("SIROCCO_BACKEND", "local")
    monkeypatch.setenv("SIROCCO_LOCAL_URL", NOBODY)
    backend.clear()
    yield
    backend.clear()


def compared(prompt: str = "Name a kitten.", repeats: int = 2, **of_run: Any) -> Run:
    """Three columns that have ended; the last repeat of the last was never sent."""
    run = run_of(prompt, [0.0, 0.3, 1.0], repeats, settings={"system": "Be brief."})
    for repeat in run.repeats:
        text = f"Mișu 🐈 at {repeat.recipe.temperature}"
        beats = (Beat(412.4, 0), Beat(440.6, len(text)))
        repeat.reply = Reply.of(
            answered(repeat.recipe, text, timeline=beats, duration_ms=951.7, chunks=("{}", "{}"))
        )
    run.columns[-1].repeats[-1] = Repeat(run.columns[-1].recipe, given_up=True)
    for name, value in of_run.items():
        setattr(run, name, value)
    return run


def text_of(*runs: Run) -> str:
    return run_records.to_text([run_records.record(run) for run in runs])


def test_a_run_comes_back_as_it_was_without_raw_chunks() -> None:
    run = compared(blind=True, order=[2, 0, 1], picked=1)
    back = run_records.restore(text_of(run), 6)
    assert back.note == ""
    (again,) = back.runs
    assert (again.id, again.subject, again.order, again.blind, again.picked, again.width) == (
        *(run.id, "temperature", [2, 0, 1], True, 1, 6),
    )
    assert again.began == run.began.replace(microsecond=0)
    assert again.ended
    assert [[repeat.given_up for repeat in column.repeats] for column in again.columns] == [
        [False] * 2
    ] * 2 + [[False, True]]
    assert [column.recipe for column in again.columns] == [column.recipe for column in run.columns]
    assert [[repeat.seed for repeat in column.repeats] for column in again.columns] == [[1, 2]] * 3
    assert table(again, [None] * 3) == table(run, [None] * 3)
    for repeat, before in zip(again.repeats, run.repeats, strict=True):
        assert (repeat.answer and repeat.answer.text) == (before.answer and before.answer.text)
        assert (repeat.answer and repeat.answer.usage) == (before.answer and before.answer.usage)
        assert repeat.answer is None or repeat.answer.chunks == ()


def test_what_is_restored_is_saved_to_the_letter_so_that_two_tabs_agree() -> None:
    text = text_of(*(compared(f"Number {number}", picked=None) for number in range(3)))
    restored = run_records.restore(text, 4).runs
    assert text_of(*sorted(restored, key=lambda run: text.index(run.id))) == text


def test_the_newest_eight_stay_and_what_has_no_room_does_not_push_them_out() -> None:
    runs = [compared(f"Number {number}", began=datetime(2026, 1, 30 - number)) for number in range(10)]
    assert [run.id for run in run_records.restore(text_of(*runs), 4).runs] == [run.id for run in runs[:8]]
    chance = random.Random(5)
    noise = "".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(200_000))
    long = compared()
    long.columns[0].repeats[0].reply = Reply.of(answered(long.columns[0].recipe, noise))
    assert len(run_records.record(long)) > run_records.CHARACTERS
    text = text_of(long, *runs)
    assert len(text) <= run_records.CHARACTERS
    assert [run.id for run in run_records.restore(text, 4).runs] == [run.id for run in runs[:8]]
    half = compared()
    half.columns[0].repeats[0].reply = Reply.of(answered(half.columns[0].recipe, "half a pair \ud800"))
    assert run_records.record(half) == ""
    assert text_of() == ""


def test_ten_repeats_of_five_long_answers_are_saved_the_longest_without_times() -> None:
    chance = random.Random(5)
    run = run_of("Tell me.", [0.0, 0.25, 0.5, 0.75, 1.0], 10)
    for repeat in run.repeats:
        words = ["".join(chance.choices("etaoinshrdlu", k=5)) + " " for _ in range(700)]
        beats = tuple(Beat(40.0 * at + chance.randrange(30), len(word)) for at, word in enumerate(words))
        repeat.reply = Reply.of(answered(repeat.recipe, "".join(words), timeline=beats))
    (back,) = run_records.restore(text_of(run), 4).runs
    assert [[answer.text for answer in column.answers] for column in back.columns] == [
        [answer.text for answer in column.answers] for column in run.columns
    ]
    assert not any(answer.timeline for column in back.columns for answer in column.answers)


def test_a_run_of_tomorrow_is_of_now() -> None:
    run = compared(began=datetime.now() + timedelta(days=9))
    assert run_records.restore(text_of(run), 4).runs[0].began <= datetime.now()


@pytest.mark.parametrize(
    "told",
    [*NASTY, *TEXTS, '{"version":2,"runs":[]}', '{"version":1,"runs":{}}', TOO_LONG],
)
def test_what_is_no_saved_run_is_one_sentence(told: Any) -> None:
    back = run_records.restore(told, 4)
    assert back == ([], "The saved comparison runs could not be read and were left out.", {})


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "../../x"},
        {"began": "2026-13-01T00:00:00"},
        {"subject": "top_p"},  # which these recipes do not set
        {"subject": "stop"},
        {"subject": []},
        {"order": [0, 1]},
        {"order": [0, 1, True]},
        {"picked": 1},  # of a run that was not blind
        {"blind": True, "picked": 3},
        {"calls": [2, 2]},
        {"calls": [6, 0, 0]},
        {"calls": [1, 3, 2]},  # would mix the recipes of two columns
        {"entries": "AAAA"},
        {"more": 1},
    ],
)
def test_a_run_with_one_wrong_field_is_left_out_and_the_other_stays(wrong: dict[str, Any]) -> None:
    bad, good = json.loads(run_records.record(compared())) | wrong, compared()
    back = run_records.restore(run_records.to_text([json.dumps(bad), run_records.record(good)]), 4)
    assert [run.id for run in back.runs] == [good.id]
    assert back.note == "1 saved comparison run could not be read and was left out."


def test_a_run_of_another_kind_of_link_is_left_out() -> None:
    run = compared(repeats=1)
    entries = tuple(Entry(column.recipe) for column in run.columns)
    for other in (
        Shared("conversation", date(2026, 1, 1), entries),
        Shared("comparison", date(2026, 1, 1), entries, ("answers",)),
    ):
        saved = json.loads(run_records.record(run)) | {"entries": pack(other)}
        assert run_records.restore(run_records.to_text([json.dumps(saved)]), 4).runs == []


@pytest.mark.slow
def test_two_thousand_broken_saves_never_raise_and_say_what_was_ignored() -> None:
    valid = json.loads(text_of(compared("One"), compared("Two", blind=True), compared("Three", picked=None)))
    began, ignored = time.process_time(), 0
    for seed in range(2000):
        text = mutated(valid, random.Random(seed))
        back = run_records.restore(text, 4)
        assert back.note == "" or (back.note.endswith("left out.") and back.note.count(".") == 1)
        assert len({run.id for run in back.runs}) == len(back.runs) <= run_records.RUNS
        for run in back.runs:
            usable(run)
        ignored += bool(back.note)
    assert ignored > 1000
    assert time.process_time() - began < 20


def usable(run: Run) -> None:
    """It can be listed, drawn, run again and stored again."""
    assert run.ended
    assert all(run.name(index) for index in run.order)
    assert table(run, [None] * len(run.columns))
    assert len(run.again().columns) == len(run.columns)
    assert run_records.record(run)


def mutated(valid: dict[str, Any], chance: random.Random) -> str:
    """A save with one to three things wrong: with the text, its fields, or the document packed in a run."""
    text: Any = json.dumps(valid)
    for _ in range(chance.randint(1, 3)):
        match chance.randrange(4):
            case 0:
                at = chance.randrange(len(text) or 1)
                text = text[:at] + chance.choice(["", '"', "9", "}", "\\", "\ud800"]) + text[at + 1 :]
            case 1:
                text = repacked(text, chance)
            case _:
                text = str(altered(text, chance))
    return text


def repacked(text: str, chance: random.Random) -> str:
    """A save in which the document of a run was changed and packed again, so that its checksum fits."""
    try:
        whole = json.loads(text)
        run = chance.choice(whole["runs"])
        document = to_document(unpacked(run["entries"]))
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return text
    wrong = str(altered(json.dumps(document), chance)).encode(errors="surrogatepass")
    run["entries"] = base64.urlsafe_b64encode(zlib.compress(wrong)).rstrip(b"=").decode()
    return json.dumps(whole)


def page() -> None:
    """A page with the storage of runs alone; `acts` happen before it is drawn."""
    import streamlit as st

    from lib.ui.app import session
    from lib.ui.browser import chat_storage, runs_storage

    for room, name, *told in st.session_state.pop("acts", []):
        held = session.current().comparisons  # another one after everything was forgotten
        rooms = {"runs_storage": runs_storage, "chat_storage": chat_storage, "comparisons": held}
        getattr(rooms[room], name)(*told)
    runs_storage.mount()
    st.session_state["seen"] = (
        [run.id for run in session.current().comparisons.runs],
        session.current().save_note,
    )


class Tab(PageTab):
    """A tab with the storage of runs alone."""

    page = page
    component = RUNS_STORAGE
    hear = ("runs_storage", "hear")

    @property
    def ids(self) -> list[str]:
        ids: list[str] = self.at.session_state["seen"][0]
        return ids


STORED = "sirocco/1/shelf"


def test_a_reload_brings_the_runs_back_and_writes_nothing(node_browser: Browser) -> None:
    tab, runs = Tab(node_browser).run(), [compared(), compared()]
    assert node_browser.local == {}
    for run in runs:
        tab.run(("comparisons", "add", run))
    for _ in range(5):
        tab.run()
    assert node_browser.writes == 2
    assert tab.data["text"] is None
    tab.reload().run().run()
    assert set(tab.ids) == {run.id for run in runs}
    assert node_browser.writes == 2
    assert tab.at.session_state["seen"][1] == ""


def test_a_run_that_goes_on_is_saved_as_far_as_it_came(node_browser: Browser) -> None:
    going = compared()
    ended, going.columns[0].repeats[0].reply = going.columns[0].repeats[0].reply, None
    tab = Tab(node_browser).run(("comparisons", "add", going))
    (saved,) = run_records.restore(node_browser.local[STORED], 4).runs
    assert [len(column.answers) for column in saved.columns] == [1, 2, 1]
    assert saved.prompt == going.prompt
    going.columns[0].repeats[0].reply = ended
    tab.run()
    (saved,) = run_records.restore(node_browser.local[STORED], 4).runs
    assert [len(column.answers) for column in saved.columns] == [2, 2, 1]


def test_a_reload_shows_the_run_that_goes_on_and_fills_the_form(node_browser: Browser) -> None:
    going = compared()
    going.columns[0].repeats[0].reply = None
    tab = Tab(node_browser).run(("comparisons", "add", going)).reload().run()
    assert tab.held.comparisons.shown is going
    values = (0.0, 0.3, 1.0)
    assert tab.held.prefill == ("Name a kitten.", "temperature", values, 2, False, "best")


def test_a_prompt_that_was_typed_before_the_stored_run_came_stays(node_browser: Browser) -> None:
    going = compared()
    tab = Tab(node_browser).run(("comparisons", "add", going)).reload()
    tab.at.session_state["compare-prompt"] = "typed meanwhile"
    tab.run()
    assert tab.held.prefill
    assert (tab.held.prefill.prompt, tab.held.prefill.subject) == (None, "temperature")


def test_a_run_of_a_process_that_is_gone_comes_back_as_far_as_it_was_saved(node_browser: Browser) -> None:
    going = compared()
    going.columns[0].repeats[0].reply = None
    tab = Tab(node_browser).run(("comparisons", "add", going))
    live_runs.forget(going.id)
    shown = tab.reload().run().held.comparisons.shown
    assert shown
    assert shown.id == going.id
    assert shown.ended
    assert [len(column.answers) for column in shown.columns] == [1, 2, 1]


def test_the_copy_with_more_answers_is_kept_whichever_comes_first(node_browser: Browser) -> None:
    whole = compared()
    early = text_of(whole)
    whole.columns[0].repeats[0].given_up, kept = True, whole.columns[0].repeats[0].reply
    whole.columns[0].repeats[0].reply = None
    fewer = text_of(whole)
    whole.columns[0].repeats[0].reply = kept
    tab = Tab(node_browser).run(("runs_storage", "hear", "saved", fewer))
    tab.run(("runs_storage", "hear", "saved", early))
    assert [len(column.answers) for column in tab.held.comparisons.runs[0].columns] == [2, 2, 1]
    tab.run(("runs_storage", "hear", "saved", fewer))
    assert [len(column.answers) for column in tab.held.comparisons.runs[0].columns] == [2, 2, 1]


def test_another_tab_does_not_show_the_run_of_this_one(node_browser: Browser) -> None:
    Tab(node_browser).run(("comparisons", "add", compared()))
    assert Tab(node_browser).run().held.comparisons.shown is None


def test_a_pick_and_a_column_run_again_are_saved(node_browser: Browser) -> None:
    run = compared(blind=True)
    tab = Tab(node_browser).run(("comparisons", "add", run))
    run.picked = 2
    tab.run()
    assert run_records.restore(node_browser.local[STORED], 4).runs[0].picked == 2
    run.columns[0].repeats[0].reply = Reply.of(answered(run.columns[0].recipe, "another"))
    tab.run()
    (back,) = run_records.restore(node_browser.local[STORED], 4).runs
    assert back.picked == 2
    assert back.columns[0].answers[0].text == "another"


def test_blind_picks_are_kept_over_a_reload_and_forgotten_with_everything(node_browser: Browser) -> None:
    run = compared(blind=True, question="hottest", picked=2)
    picks = {run.id: Round("haiku", "Temperature 1", "hottest", True), "0" * 12: Round("code", "Top p 1")}
    tab = Tab(node_browser).run(("comparisons", "add", run))
    tab.held.comparisons.rounds.update(picks)
    tab.run().reload().run()
    assert tab.held.comparisons.rounds == picks
    assert tab.held.comparisons.shown.question == "hottest"
    other = Tab(node_browser).run()
    writes = node_browser.writes
    for each in (tab, other, tab):
        each.run()
    assert node_browser.writes == writes
    forget_in(tab)
    other.run()
    assert other.held.comparisons.rounds == {}


@pytest.mark.parametrize(
    "wrong",
    [
        *(7, {}, [7], [[]], [["x", "haiku", "A", "best", True]], [["0" * 12, "?", "A", "best", True]]),
        *([["0" * 12, "haiku", "A" * 101, "best", True]], [["0" * 12, "haiku", "A", "worst", True]]),
        [["0" * 12, "haiku", "A", "best", 1]],
    ],
)
def test_a_blind_pick_in_which_anything_is_wrong_is_left_out(wrong: Any) -> None:
    saved = json.loads(text_of(compared())) | {"rounds": wrong}
    back = run_records.restore(json.dumps(saved), 4)
    assert back.rounds == {}
    assert len(back.runs) == 1


def test_a_message_that_was_overtaken_too_often_is_asked_for(node_browser: Browser) -> None:
    run = compared()
    tab = Tab(node_browser).run().step(("comparisons", "add", run), lost=True)
    for _ in range(5):
        tab.step(lost=True)
    assert tab.run().told == [("gap", 1)]
    assert tab.reload().run().ids == [run.id]


def test_two_tabs_add_to_the_same_list(node_browser: Browser) -> None:
    one, run, more = Tab(node_browser).run(), compared(), compared()
    other = Tab(node_browser).run()
    one.run(("comparisons", "add", run))
    other.run(("comparisons", "add", more)).run()
    one.run().run()
    assert set(one.ids) == set(other.ids) == {run.id, more.id}
    writes = node_browser.writes
    for tab in (one, other, one, other):
        tab.run()
    assert node_browser.writes == writes


def test_forget_everything_empties_the_session_and_other_tabs_follow(node_browser: Browser) -> None:
    tab, run = Tab(node_browser).run(), compared()
    other = Tab(node_browser).run()
    tab.run(("comparisons", "add", run))
    other.run()
    assert other.ids == [run.id]
    forget_in(tab)
    tab.run(("chat_storage", "forget"))
    other.run()
    assert [name for name, _ in other.told] == ["forgotten"]
    assert tab.ids == other.ids == []
    assert STORED not in node_browser.local
    assert run.id not in json.dumps([tab.data, other.data, node_browser.local])
    newer = compared()
    tab.run(("comparisons", "add", newer))
    assert other.run().ids == [newer.id]
    other.run(("runs_storage", "hear", "forgotten", "an older session"))
    assert other.ids == [newer.id]


def forget_in(tab: Tab) -> None:
    """What the chat page's component does in this tab when its visitor forgets everything."""
    data = {"session": "a", "chat": "b", "loaded": True, "live": None, "operations": [[1, "forget"]]}
    tab.render(CHAT_STORAGE, data)


def test_a_session_holds_the_newest_eight_runs(node_browser: Browser) -> None:
    runs = [compared() for _ in range(9)]
    tab = Tab(node_browser).run(*(("comparisons", "add", run) for run in runs))
    assert tab.ids == [run.id for run in runs[:0:-1]]


def test_the_run_on_the_page_stays_whatever_the_browser_brings(node_browser: Browser) -> None:
    mine = compared(began=datetime(2020, 1, 1))
    node_browser.store({STORED: text_of(*(compared() for _ in range(8)))})
    tab = Tab(node_browser).run(("comparisons", "add", mine))
    assert len(tab.ids) == 8
    assert mine.id in tab.ids


def test_whatever_the_browser_says_the_page_opens(node_browser: Browser) -> None:
    chance, tab = random.Random(2), Tab(node_browser).run()
    valid = json.loads(text_of(compared(), compared()))
    heard = [("saved", mutated(valid, chance)) for _ in range(60)]
    heard += [(name, told) for name in ("saved", "forgotten", "gap", "full") for told in NASTY]
    for at in range(0, len(heard), 20):
        tab.run(*(("runs_storage", "hear", *told) for told in heard[at : at + 20]))
    assert "storage is full" in tab.at.session_state["seen"][1]
