"""A run: who is sent when, who waits, what Stop and Again do. Real streams on the real wire."""

from __future__ import annotations

import threading

import pytest

from lib.bedrock.gate import FreePermit, Permit, Reservation
from lib.bedrock.reply import Reply
from lib.comparison import plan
from lib.mistral.recipe import Recipe
from tests.support.makers import answered, run_of
from tests.support.runs import Sender, begun, planned, to_the_end
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually


@pytest.fixture
def send(endpoint: Endpoint) -> Sender:
    return Sender(endpoint.url)


def test_every_column_is_sent_at_once_and_gets_its_own_answer(send: Sender) -> None:
    run = begun(send, "chunks=3 rate=0", columns_wanted=4)
    assert len(send.sent) == 4
    to_the_end(run)
    assert [column.answers[0].recipe.temperature for column in run.columns] == [0.0, 0.3, 0.5, 0.7]
    assert {column.answers[0].text for column in run.columns} == {"w1 w2 w3 "}


def test_no_more_than_the_width_run_at_once_and_the_rest_waits_in_line(send: Sender) -> None:
    going: list[int] = []

    def counted(recipe: Recipe, permit: Permit | None, seed: int) -> Reply:
        going.append(sum(1 for _ in run.running))
        return send(recipe, permit, seed)

    run = planned("chunks=20 rate=100", repeats=3, width=2)
    run.start(counted)
    assert [repeat.waiting for repeat in run.repeats] == [False] * 2 + [True] * 4
    to_the_end(run)
    assert going == [0, 0, 1, 1, 1, 1]
    # The first of every column goes before the second of any.
    assert [recipe.temperature for recipe in send.sent[:4]] == [0.0, 0.3, 0.0, 0.3]
    assert all(len(column.complete) == 3 for column in run.columns)


def test_stop_of_a_column_keeps_its_text_and_leaves_the_other_alone(send: Sender) -> None:
    run = begun(send, "chunks=60 rate=100", repeats=2, width=2)
    one, other = run.columns
    while not (one.answer and one.answer.text):
        run.wait(0.01)
    run.stop(one)
    assert one.ended
    assert not run.ended
    to_the_end(run)
    assert one.answers[0].status == "stopped"
    assert one.answers[0].text.startswith("w1 ")
    assert len(one.answers) == 1  # its second call was never sent
    assert [answer.status for answer in other.answers] == ["complete", "complete"]


def test_stop_of_the_run_ends_all_and_sends_nothing_more(send: Sender, endpoint: Endpoint) -> None:
    run = begun(send, "chunks=2000 rate=50", repeats=3)
    run.stop()
    assert run.ended
    run.start(send)
    assert len(send.sent) == 4
    pause = threading.Event()
    while endpoint.state()["active"]:
        pause.wait(0.01)


def test_a_run_goes_on_while_nobody_draws_it(send: Sender) -> None:
    run = begun(send, "chunks=2 rate=0", repeats=3, width=2)
    eventually(lambda: run.ended, within=5)
    assert [answer.status for column in run.columns for answer in column.answers] == ["complete"] * 6


def test_a_run_whose_tab_left_gives_up_what_waits_in_line(send: Sender) -> None:
    run = begun(send, "chunks=2000 rate=50", repeats=3, width=2)
    running = list(run.running)
    running[0].leave()
    assert [repeat.given_up for repeat in run.repeats] == [False] * 2 + [True] * 4
    assert not running[1].ended
    running[1].leave()
    assert run.ended
    assert len(send.sent) == 2


def test_a_column_that_is_stopped_gives_its_place_to_the_other(send: Sender) -> None:
    run = begun(send, "chunks=2000 rate=50", repeats=2, width=2)
    one, other = run.columns
    run.stop(one)
    assert len(send.sent) == 3
    assert [repeat.running is not None for repeat in other.repeats] == [True, True]
    run.stop()


def test_again_repeats_only_what_did_not_end_well(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=5 rate=0 fail=3"))
    broken, other = run.columns
    assert broken.failed
    kept = other.repeats[0]
    broken.again()
    run.start(send)
    to_the_end(run)
    assert len(send.sent) == 3
    assert other.repeats[0] is kept
    assert [answer.text for answer in broken.earlier] == ["w1 w2 w3 "]


def test_again_repeats_all_of_a_column_that_ended_well(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=2 rate=0", repeats=2))
    run.columns[0].again()
    run.start(send)
    to_the_end(run)
    assert len(send.sent) == 6
    assert len(run.columns[0].earlier) == 2
    assert not run.columns[1].earlier


def test_a_blank_answer_did_not_end_well(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=2 rate=0", repeats=2))
    column = run.columns[0]
    kept, column.repeats[1].reply = column.repeats[0], Reply.of(answered(column.recipe, " \n"))
    assert column.failed
    column.again()
    assert [repeat.waiting for repeat in column.repeats] == [False, True]
    assert column.repeats[0] is kept
    assert not run.columns[1].failed


def test_a_run_again_has_the_same_recipes_and_repeats_and_is_as_blind() -> None:
    before = run_of("Hello", [0.0, 0.5, 1.0], 3, blind=True)
    run = before.again()
    assert [column.recipe for column in run.columns] == [column.recipe for column in before.columns]
    assert [len(column.repeats) for column in run.columns] == [3, 3, 3]
    assert (run.subject, run.width, run.blind, run.picked) == ("temperature", 4, True, None)
    assert run.id != before.id


def test_repeat_i_has_seed_i_in_every_column_and_another_one_when_all_are_asked_again(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=1 rate=0", repeats=2))
    assert send.seeds == [1, 1, 2, 2]
    assert [repeat.seed for repeat in run.again().repeats] == [3, 3, 4, 4]
    column = run.columns[1]
    column.again(plan.change(column.recipe, "temperature", 0.9))
    assert [repeat.seed for repeat in column.repeats] == [1, 2]
    run.start(send)
    to_the_end(run)
    column.again()
    assert [repeat.seed for repeat in column.repeats] == [3, 4]


def test_a_changed_column_asks_with_its_new_recipe(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=2 rate=0"))
    column = run.columns[1]
    column.again(plan.change(column.recipe, "temperature", 0.9))
    run.start(send)
    to_the_end(run)
    assert send.sent[-1].temperature == 0.9
    assert run.name(1) == "Temperature 0.9"


def test_a_blind_run_tells_no_name_until_one_is_picked() -> None:
    run = run_of("Hello", [0.0, 0.5, 1.0], 1, blind=True)
    assert sorted(run.order) == [0, 1, 2]
    assert sorted(run.name(index) for index in range(3)) == ["Answer A", "Answer B", "Answer C"]
    assert run.name(run.order[0]) == "Answer A"
    run.picked = 1
    assert run.name(1) == "Temperature 0.5"


def test_a_run_kept_for_later_holds_no_raw_chunks(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=50 rate=0"))
    assert all(answer.chunks == () for column in run.columns for answer in column.answers)


class NotedPermit(FreePermit):
    """Counts how often it was given back."""

    def __init__(self) -> None:
        self.released = 0

    def release(self) -> None:
        self.released += 1


def noted(count: int, width: int) -> tuple[Reservation, list[NotedPermit]]:
    permits = [NotedPermit() for _ in range(count)]
    return Reservation(tuple(permits), width), permits


def test_every_call_is_sent_with_its_own_permit(send: Sender) -> None:
    run = planned("chunks=2 rate=0", repeats=2)
    reserved, permits = noted(4, width=1)
    run.may_send(reserved)
    run.start(send)
    to_the_end(run)
    assert send.permits == permits
    assert run.width == 1


def test_a_call_that_is_given_up_gives_its_permit_back(send: Sender) -> None:
    run = planned("chunks=1000 rate=50", repeats=2)
    reserved, permits = noted(4, width=1)
    run.may_send(reserved)
    run.start(send)
    run.stop()
    assert [permit.released for permit in permits] == [0, 1, 1, 1]


def test_a_second_reservation_does_not_widen_a_run_that_goes_on(send: Sender) -> None:
    run = planned("chunks=1000 rate=50")
    run.may_send(noted(2, width=1)[0])
    run.start(send)
    stopped = run.columns[1]
    run.stop(stopped)
    stopped.again()
    run.may_send(noted(1, width=4)[0])
    assert run.width == 1
    run.stop()
    run.columns[0].again()
    run.may_send(noted(1, width=3)[0])
    assert run.width == 3


def test_a_waiting_call_that_is_put_into_the_queue_again_gives_its_permit_back(send: Sender) -> None:
    run = planned("chunks=1000 rate=50", repeats=2)
    reserved, permits = noted(4, width=1)
    run.may_send(reserved)
    run.start(send)
    first, second = run.columns
    assert first.reply
    first.reply.close()
    eventually(lambda: second.reply is not None)
    first.again()  # its second call still waits
    assert [permit.released for permit in permits] == [0, 0, 1, 0]
    run.stop()
