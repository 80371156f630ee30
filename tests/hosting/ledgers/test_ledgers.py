"""The behaviour that all ledgers have in common, tested on SQLite and on Redis."""

from __future__ import annotations

import threading

from lib.hosting.ledgers.ledger import Asked, Denied, Ended, Ledger, Limits, Taken
from tests.support.ledgers import MIDNIGHT, NOON, Clock, Opened, wanted

CAP = Limits(cap=1000)


def end(ledger: Ledger, asked: Asked, cost: int | None = None, **more: bool) -> None:
    """Settle all of its holds, and free their places."""
    ledger.settle([Ended(hold, asked.visitor, cost, frees=hold, **more) for hold, _ in asked.holds])


def test_a_hold_counts_in_full_until_its_real_cost_is_known(ledger: Ledger) -> None:
    first = wanted(900)
    assert ledger.reserve(first, CAP) == Taken(1)
    assert ledger.reserve(wanted(101), CAP) == Denied("cap", 0, 900)
    end(ledger, first, cost=50)
    assert ledger.reserve(wanted(950), CAP) == Taken(1)
    assert ledger.reserve(wanted(1), CAP) == Denied("cap", 50, 950)


def test_without_a_real_cost_the_worst_case_stays(ledger: Ledger) -> None:
    first = wanted(900)
    ledger.reserve(first, CAP)
    end(ledger, first)
    assert ledger.reserve(wanted(101), CAP) == Denied("cap", 900, 0)


def test_a_call_that_never_began_counts_for_nothing(ledger: Ledger) -> None:
    limits = Limits(cap=1000, per_minute=1, places=1)
    first = wanted(900)
    ledger.reserve(first, limits)
    end(ledger, first, released=True)
    assert ledger.reserve(wanted(1000), limits) == Taken(1)


def test_a_hold_is_settled_once(ledger: Ledger) -> None:
    first = wanted(900)
    ledger.reserve(first, CAP)
    for cost in (700, 10, 0):
        end(ledger, first, cost=cost)
    end(ledger, first, released=True)
    assert ledger.today("ann").spent == 700


def test_a_hold_that_expires_is_spent_and_a_late_settlement_changes_nothing(
    ledger: Ledger, clock: Clock
) -> None:
    late = wanted(900, life_s=60)
    ledger.reserve(late, Limits(cap=1000, places=1))
    assert ledger.reserve(wanted(10), Limits(places=1)) == Denied("places")
    clock.now += 61
    assert ledger.reserve(wanted(10), Limits(places=1)) == Taken(1)
    end(ledger, late, cost=5)
    end(ledger, late, released=True)
    today = ledger.today("ann")
    assert (today.spent, today.held) == (900, 10)


def test_a_comparison_expires_after_as_many_calls_as_follow_each_other(ledger: Ledger, clock: Clock) -> None:
    assert ledger.reserve(wanted(100, 100, 100, life_s=60), Limits(cap=1000, places=1)) == Taken(1)
    clock.now += 179
    assert (ledger.today("ann").spent, ledger.today("ann").held) == (0, 300)
    clock.now += 2
    assert (ledger.today("ann").spent, ledger.today("ann").held) == (300, 0)


def test_a_real_cost_above_the_worst_case_is_not_hidden(ledger: Ledger) -> None:
    first = wanted(10)
    ledger.reserve(first, CAP)
    end(ledger, first, cost=25)
    assert ledger.today("ann").spent == 25


def test_a_hold_belongs_to_the_day_on_which_it_was_taken(ledger: Ledger, clock: Clock) -> None:
    clock.now = MIDNIGHT - 1
    late = wanted(900)
    ledger.reserve(late, CAP)
    clock.now = MIDNIGHT + 1
    assert ledger.today("ann").held == 0
    assert ledger.reserve(wanted(1000), CAP) == Taken(1)
    end(ledger, late, cost=300)
    today = ledger.today("ann")
    assert (today.spent, today.held) == (0, 1000)
    clock.now = MIDNIGHT - 0.5
    today = ledger.today("ann")
    assert (today.spent, today.held) == (300, 0)


def test_one_visitor_cannot_use_more_than_its_share(ledger: Ledger) -> None:
    limits = Limits(cap=1000, visitor_cap=250)
    first = wanted(200)
    assert ledger.reserve(first, limits) == Taken(1)
    end(ledger, first, cost=180)
    assert ledger.reserve(wanted(71), limits) == Denied("visitor_cap", 180, 0)
    assert ledger.reserve(wanted(70), limits) == Taken(1)
    assert ledger.reserve(wanted(1), limits) == Denied("visitor_cap", 180, 70)
    assert ledger.reserve(wanted(250, visitor="bob"), limits) == Taken(1)
    today = ledger.today("ann")
    assert (today.visitor_spent, today.visitor_held, today.spent, today.held) == (180, 70, 180, 320)


def test_holds_that_are_wanted_together_are_taken_all_or_none(ledger: Ledger) -> None:
    assert ledger.reserve(wanted(400, 400, 400), CAP) == Denied("cap", 0, 0)
    assert ledger.today("ann").held == 0
    assert ledger.reserve(wanted(400, 400, 200), CAP) == Taken(1)
    assert ledger.today("ann").held == 1000


def test_the_pace_counts_the_calls_of_the_last_minute(ledger: Ledger, clock: Clock) -> None:
    limits = Limits(per_minute=3)
    ledger.reserve(wanted(1), limits)
    clock.now = NOON + 20
    ledger.reserve(wanted(1, 1), limits)
    assert ledger.reserve(wanted(1), limits) == Denied("per_minute", at=NOON + 60)
    assert ledger.reserve(wanted(1, visitor="bob"), limits) == Taken(1)
    clock.now = NOON + 60
    assert ledger.reserve(wanted(1), limits) == Taken(1)


def test_a_settled_call_still_counts_for_the_pace(ledger: Ledger) -> None:
    first = wanted(1)
    ledger.reserve(first, Limits(per_minute=1))
    end(ledger, first, cost=1)
    assert ledger.reserve(wanted(1), Limits(per_minute=1)) == Denied("per_minute", at=NOON + 60)


def test_a_refusal_by_the_pace_says_when_a_comparison_fits(ledger: Ledger, clock: Clock) -> None:
    limits = Limits(per_minute=4)
    ledger.reserve(wanted(1), limits)
    clock.now = NOON + 10
    ledger.reserve(wanted(1), limits)
    assert ledger.reserve(wanted(1, 1, 1, 1), limits) == Denied("per_minute", at=NOON + 70)
    assert ledger.reserve(wanted(1, 1, 1), limits) == Denied("per_minute", at=NOON + 60)
    assert ledger.reserve(wanted(1, 1, 1, 1, 1), limits) == Denied("per_minute", at=None)


def test_places_are_counted_for_all_and_for_each_visitor(ledger: Ledger) -> None:
    limits = Limits(places=3, visitor_places=2)
    mine = [wanted(1), wanted(1)]
    assert [ledger.reserve(each, limits) for each in mine] == [Taken(1), Taken(1)]
    assert ledger.reserve(wanted(1), limits) == Denied("visitor_places")
    assert ledger.reserve(wanted(1, visitor="bob"), limits) == Taken(1)
    assert ledger.reserve(wanted(1, visitor="cy"), limits) == Denied("places")
    end(ledger, mine[0], cost=1)
    assert ledger.reserve(wanted(1, visitor="cy"), limits) == Taken(1)


def test_a_comparison_gets_as_many_places_as_are_free_and_keeps_them_to_its_end(ledger: Ledger) -> None:
    limits = Limits(places=8, visitor_places=2)
    run = wanted(1, 1, 1, width=3)
    assert ledger.reserve(run, limits) == Taken(2)
    holds = [hold for hold, _ in run.holds]
    ledger.settle([Ended(holds[0], "ann", 1)])  # its place is for the third call
    assert ledger.reserve(wanted(1), limits) == Denied("visitor_places")
    ledger.settle([Ended(holds[1], "ann", 1, frees=holds[0])])
    assert ledger.reserve(wanted(1), limits) == Taken(1)


def test_what_is_reserved_and_spent_survives_a_restart(opened: Opened) -> None:
    before = opened()
    first, second = wanted(300), wanted(200)
    before.reserve(first, CAP)
    before.reserve(second, CAP)
    end(before, first, cost=100)
    before.close()
    after = opened()
    assert after.reserve(wanted(701), CAP) == Denied("cap", 100, 200)
    end(after, second, cost=10)
    assert after.today("ann").spent == 110


def test_many_threads_never_take_more_than_the_cap_together(opened: Opened) -> None:
    ledgers = [opened(), opened()]
    taken: list[object] = []

    def ask(number: int) -> None:
        answer = ledgers[number % 2].reserve(wanted(30, visitor=f"{number}"), CAP)
        taken.append(isinstance(answer, Taken))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), sum(map(bool, taken))) == (60, 33)
    assert ledgers[0].today("x").held == 990


def test_at_midnight_each_call_counts_once_on_the_day_of_its_hold(opened: Opened, clock: Clock) -> None:
    ledgers = [opened(), opened()]
    clock.now = MIDNIGHT - 0.001
    costs: list[int] = []
    half_way = threading.Barrier(20, action=lambda: setattr(clock, "now", MIDNIGHT + 1))

    def ask(number: int) -> None:
        ledger = ledgers[number % 2]
        before = wanted(40, visitor=f"{number}")
        assert ledger.reserve(before, CAP) == Taken(1)
        half_way.wait(30)
        after = wanted(30, visitor=f"{number}")
        assert ledger.reserve(after, CAP) == Taken(1)
        for asked, cost in ((before, number), (after, 2 * number)):
            end(ledger, asked, cost=cost)
            costs.append(cost)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent_after = ledgers[0].today("x").spent
    clock.now = MIDNIGHT - 1
    assert (ledgers[0].today("x").spent, spent_after) == (190, 380)
    assert len(costs) == 40
