"""The runs of this process that a reloaded page gets back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lib.comparison import live_runs
from lib.comparison.run import Run
from tests.support.makers import run_of


@dataclass(eq=False)
class Page:
    """A tab that a test closes."""

    closed: bool = False
    lost: bool = False

    def gone(self) -> bool:
        return self.closed

    def torn(self) -> bool:
        return self.lost


@pytest.fixture
def run() -> Iterator[Run]:
    made = run_of("Hello", [0.0, 1.0])
    yield made
    live_runs.forget(made.id)


def test_a_run_is_found_by_its_id_by_its_owner_only_until_it_is_forgotten(run: Run) -> None:
    live_runs.keep(run, "somebody", Page())
    assert live_runs.find(run.id, "somebody") is run
    assert live_runs.find(run.id, None) is None
    assert live_runs.find("invented", "somebody") is None
    live_runs.forget(run.id)
    assert live_runs.find(run.id, "somebody") is None


def test_a_run_is_left_when_all_pages_that_show_it_are_gone(run: Run) -> None:
    first, second = Page(), Page()
    live_runs.keep(run, None, first)
    gone, torn = live_runs.pages_gone(run)
    live_runs.keep(run, None, second)
    first.closed = True
    assert not gone()
    assert not torn()
    second.closed = second.lost = True
    assert gone()
    assert torn()


def test_a_run_waits_for_a_page_that_is_being_reloaded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("lib.comparison.live_runs.time.monotonic", lambda: now)
    live_runs.keep(run, None, Page(closed=True))
    gone, _ = live_runs.pages_gone(run)
    assert gone()
    assert live_runs.expect(run.id)
    assert not gone()
    now += live_runs.COMING_S
    assert gone()
    assert not live_runs.expect("invented")
