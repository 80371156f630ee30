"""What is left of a budget is shown without making a page wait for a slow ledger."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from lib.bedrock.gate import Left, OpenGate, Refused, Visitor
from lib.bedrock.problems import Problem, refusal
from lib.hosting import left_today
from lib.hosting.left_today import FRESH_S, LeftToday

ANN, BOB = Visitor("ann"), Visitor("bob")


class SlowGate(OpenGate):
    """Answers once `go` is set; `asked` counts the lookups. `away`: it refuses."""

    def __init__(self) -> None:
        self.asked, self.away, self.go = 0, False, threading.Event()
        self.go.set()

    def left(self, visitor: Visitor) -> Left | None:  # noqa: ARG002
        self.asked += 1
        self.go.wait(20)
        if self.away:
            raise Refused(refusal("no-ledger"))
        return Left(self.asked, 9, 9, 9, 0.0, 9)


@pytest.fixture
def gate() -> Iterator[SlowGate]:
    made = SlowGate()
    yield made
    made.go.set()


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def visitors_part(known: object) -> int:
    assert isinstance(known, Left)
    return known.visitor


def test_an_answer_is_used_for_some_seconds_and_until_the_page_has_changed(gate: SlowGate) -> None:
    clock = Clock()
    left = LeftToday(clock)
    assert [visitors_part(left.ask(gate, ANN, 1)) for _ in range(3)] == [1, 1, 1]
    assert visitors_part(left.ask(gate, ANN, 2)) == 2
    assert visitors_part(left.ask(gate, BOB, 2)) == 3
    clock.now += FRESH_S
    assert visitors_part(left.ask(gate, ANN, 2)) == 4


def test_a_page_waits_for_a_slow_ledger_for_a_moment_only_and_does_not_ask_it_twice(
    gate: SlowGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(left_today, "PATIENCE_S", 0.05)
    gate.go.clear()
    left = LeftToday()
    began = time.monotonic()
    assert left.ask(gate, ANN, 1) == "unknown"
    assert left.ask(gate, ANN, 2) == "unknown"
    assert time.monotonic() - began < 5
    assert gate.asked == 1


def test_an_outage_is_reported_and_one_failed_lookup_is_used_for_all_visitors(gate: SlowGate) -> None:
    clock = Clock()
    gate.away = True
    left = LeftToday(clock)
    assert isinstance(left.ask(gate, ANN, 1), Problem)
    assert isinstance(left.ask(gate, BOB, 1), Problem)
    assert gate.asked == 1
    gate.away = False
    clock.now += FRESH_S
    assert visitors_part(left.ask(gate, ANN, 1)) == 2


def test_without_a_budget_nothing_is_reported() -> None:
    assert LeftToday().ask(OpenGate(), ANN, 1) is None
