"""What one tab holds of its comparisons: the newest runs, the one on the page, and the blind picks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from lib.comparison.blind import Round
from lib.comparison.plan import Subject
from lib.comparison.run import Run

MOST = 8
"""Runs that are kept; the oldest makes room."""


class Prefill(NamedTuple):
    """What the form of the compare page is to be filled with; without a subject only the prompt."""

    prompt: str
    subject: Subject | None = None
    values: tuple[Any, ...] = ()


def age(run: Run) -> tuple[datetime, str]:
    """To sort by: the same in every tab, also where one of them knows parts of a second."""
    return run.began.replace(microsecond=0), run.id


@dataclass
class Comparisons:
    """`runs`: newest first. `shown_id`: the run on the page, or "". `rounds`: blind picks, oldest first."""

    runs: list[Run] = field(default_factory=list)
    shown_id: str = ""
    rounds: list[Round] = field(default_factory=list)

    @property
    def shown(self) -> Run | None:
        """The run on the page."""
        return next((run for run in self.runs if run.id == self.shown_id), None)

    def show(self, run: Run) -> None:
        """Put a kept run on the page; the one that was there stops."""
        if (before := self.shown) and before is not run:
            before.stop()
        self.shown_id = run.id

    def add(self, run: Run) -> None:
        """A new run, shown at once; the oldest makes room."""
        self.show(run)
        self.runs.insert(0, run)
        del self.runs[MOST:]

    def merge(self, found: Iterable[Run]) -> None:
        """Add runs that the browser brought back; the newest stay, and the one on the page in any case."""
        looked_at = self.shown
        known = {run.id for run in self.runs}
        every = [*self.runs, *(run for run in found if run.id not in known)]
        every.sort(key=age, reverse=True)
        kept = every[:MOST]
        if looked_at and looked_at not in kept:
            kept[-1] = looked_at
        self.runs = kept

    def stop(self) -> None:
        """End all that runs; texts are kept, and what waits in line is not sent."""
        for run in self.runs:
            run.stop()
