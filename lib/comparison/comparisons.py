"""The comparisons of one tab: the newest runs, the one on the page, and the blind picks."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from lib.comparison.blind import Question, Round
from lib.comparison.plan import Subject, value_of
from lib.comparison.run import Run

MOST = 8
"""The number of runs that are kept; a new run replaces the oldest."""


class Prefill(NamedTuple):
    """Values for the form of the Compare page; without a subject only the prompt.

    `prompt`, `repeats`, `blind`: None leaves the widget as it is. `question`: the one of a blind run.
    """

    prompt: str | None
    subject: Subject | None = None
    values: tuple[Any, ...] = ()
    repeats: int | None = None
    blind: bool | None = None
    question: Question = "best"


def prefill(run: Run) -> Prefill:
    """The values of the form that begin the same run again, also after one of its columns was changed."""
    repeats = max(len(column.repeats) for column in run.columns)
    values = tuple(value_of(column.recipe, run.subject) for column in run.columns)
    return Prefill(run.prompt, run.subject, values, repeats, run.blind, run.question)


def age(run: Run) -> tuple[datetime, str]:
    """Sort key without microseconds, since saved runs do not keep them."""
    return run.began.replace(microsecond=0), run.id


@dataclass
class Comparisons:
    """`runs`: newest first. `shown_id`: the run on the page, or "". `rounds`: the blind pick of each run."""

    runs: list[Run] = field(default_factory=list)
    shown_id: str = ""
    rounds: dict[str, Round] = field(default_factory=dict)

    @property
    def shown(self) -> Run | None:
        """The run on the page."""
        return next((run for run in self.runs if run.id == self.shown_id), None)

    def show(self, run: Run) -> None:
        """Show a run; the one that was shown before stops."""
        if (before := self.shown) and before is not run:
            before.stop()
        self.shown_id = run.id

    def add(self, run: Run) -> None:
        """Add a run and show it; the oldest one is dropped."""
        self.show(run)
        self.runs.insert(0, run)
        del self.runs[MOST:]

    def merge(self, found: Iterable[Run]) -> None:
        """Add runs that the browser has stored. The newest are kept, and always the one on the page.

        Of a run that is here already, the copy with more answers is kept, and always one that is going.
        """
        looked_at = self.shown
        known = {run.id: run for run in self.runs}
        for run in found:
            mine = known.get(run.id)
            if mine is None or (mine.ended and _answers(run) > _answers(mine)):
                known[run.id] = run
        looked_at = known[looked_at.id] if looked_at else None
        every = sorted(known.values(), key=age, reverse=True)
        kept = every[:MOST]
        if looked_at and looked_at not in kept:
            kept[-1] = looked_at
        self.runs = kept

    def stop(self) -> None:
        """End all runs and keep their texts. Calls in the queue are not sent."""
        for run in self.runs:
            run.stop()


def _answers(run: Run) -> int:
    return sum(len(column.answers) for column in run.columns)
