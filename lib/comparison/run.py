"""One comparison, running or ended: its columns, their repeats, and the queue of calls to be sent."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from lib.bedrock.answer import Answer
from lib.bedrock.gate import Permit, Reservation
from lib.bedrock.reply import Reply
from lib.comparison.blind import Question
from lib.comparison.plan import Subject, label
from lib.mistral.recipe import Recipe

AT_ONCE = {"local": 4, "aws": 6}
"""Calls of one run that a backend is given at the same time; the others wait in a queue. The embedded model
answers four at a time."""


Send = Callable[[Recipe, Permit | None, int], Reply]
"""Sends a recipe, with its permit if there is one, and with a seed, which only the local endpoint takes."""


@dataclass(eq=False)
class Repeat:
    """One answer of a column: it waits in the queue, runs, has ended, or was given up before it began.

    `seed`: of the draws. Repeat i has the same one in every column, so that columns differ by their settings
    only.
    """

    recipe: Recipe
    reply: Reply | None = None
    given_up: bool = False
    permit: Permit | None = None  # of the reservation that was made for it before it is sent
    seed: int = 1

    @property
    def running(self) -> Reply | None:
        return None if self.reply is None or self.reply.ended else self.reply

    @property
    def waiting(self) -> bool:
        return self.reply is None and not self.given_up

    @property
    def ended(self) -> bool:
        return not self.waiting and not self.running

    @property
    def answer(self) -> Answer | None:
        """What has arrived; None as long as nothing was sent."""
        return self.reply.answer if self.reply else None


@dataclass(eq=False)
class Column:
    """A recipe and its repeats; `shown` is the repeat that is read in full, `earlier` what was run again."""

    recipe: Recipe
    repeats: list[Repeat]
    shown: int = 0
    earlier: list[Answer] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        return all(repeat.ended for repeat in self.repeats)

    @property
    def answers(self) -> list[Answer]:
        """The answers of the repeats that were sent, in order."""
        return [answer for repeat in self.repeats if (answer := repeat.answer)]

    @property
    def complete(self) -> list[Answer]:
        """The answers that count in figures."""
        return [answer for answer in self.answers if answer.status == "complete" and answer.text.strip()]

    @property
    def failed(self) -> bool:
        """True if a call has ended without a complete answer that has text."""
        return any(repeat.ended and not _whole(repeat) for repeat in self.repeats)

    @property
    def reply(self) -> Reply | None:
        """The reply of the shown repeat; None as long as it was not sent."""
        return self.repeats[self.shown].reply

    @property
    def answer(self) -> Answer | None:
        return self.repeats[self.shown].answer

    def to_redo(self, recipe: Recipe | None = None) -> list[Repeat]:
        """The calls that `again` repeats: what did not end well, else all; with another recipe all."""
        return [repeat for repeat in self.repeats if recipe or not self.failed or not _whole(repeat)]

    def again(self, recipe: Recipe | None = None) -> None:
        """Put the incomplete repeats into the queue again, or all if all are complete or with another recipe.

        Texts are kept in `earlier`. Seeds stay as they are, unless they would give the same answers again.
        """
        redo = self.to_redo(recipe)
        later = 0 if recipe or self.failed else len(self.repeats)
        self.recipe = recipe or self.recipe
        for repeat in redo:
            if repeat.waiting and repeat.permit:
                repeat.permit.release()
            if (answer := repeat.answer) and answer.text.strip():
                self.earlier.append(replace(answer, chunks=()))
            self.repeats[self.repeats.index(repeat)] = Repeat(self.recipe, seed=repeat.seed + later)
        if recipe:
            self.shown = 0


@dataclass(eq=False)
class Run:
    """A prompt sent with the recipe of each column. `order`: of the columns on the page, shuffled in a blind
    run. `question`: what is asked in a blind run. `width`: the number of calls at the same time. `memo`: the
    results of `lib.markdown.marks.marked`, by the two texts that were compared."""

    columns: list[Column]
    subject: Subject
    width: int
    order: list[int]
    blind: bool = False
    question: Question = "best"
    picked: int | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])
    began: datetime = field(default_factory=datetime.now)
    memo: dict[tuple[str, str], tuple[str, float]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def prompt(self) -> str:
        return self.columns[0].recipe.prompt

    @property
    def hidden(self) -> bool:
        """True while nobody may know which column is which."""
        return self.blind and self.picked is None

    @property
    def repeats(self) -> list[Repeat]:
        """All repeats in the order in which they are sent: the first of every column, then the second."""
        most = max(len(column.repeats) for column in self.columns)
        return [
            column.repeats[at] for at in range(most) for column in self.columns if at < len(column.repeats)
        ]

    @property
    def ended(self) -> bool:
        return all(column.ended for column in self.columns)

    @property
    def running(self) -> Iterator[Reply]:
        return (reply for repeat in self.repeats if (reply := repeat.running))

    @property
    def failed(self) -> list[Recipe]:
        """The recipes of the incomplete answers in columns that have ended, in the order they are sent."""
        redo = [one for column in self.columns if column.ended and column.failed for one in column.to_redo()]
        return [repeat.recipe for repeat in self.repeats if repeat in redo]

    def name(self, index: int) -> str:
        """What column `index` is called on the page."""
        if self.hidden:
            return f"Answer {chr(ord('A') + self.order.index(index))}"
        return label(self.columns[index].recipe, self.subject, index + 1)

    def may_send(self, reserved: Reservation) -> None:
        """Give the calls that wait in the queue their permits, one for each, in the order they are sent."""
        waiting = [repeat for repeat in self.repeats if repeat.waiting and repeat.permit is None]
        for repeat, permit in zip(waiting, reserved.permits, strict=True):
            repeat.permit = permit
        # Calls of an earlier reservation may still run; then no more run together than both allow.
        running = next(self.running, None)
        self.width = min(self.width, reserved.width) if running else reserved.width

    def start(self, send: Send) -> None:
        """Send as many calls as may run at once. A call that ends sends the next one, on its own thread."""
        with self._lock:
            free = self.width - sum(1 for _ in self.running)
            begun = [repeat for repeat in self.repeats if repeat.waiting][: max(free, 0)]
            replies = [send(repeat.recipe, repeat.permit, repeat.seed) for repeat in begun]
            for repeat, reply in zip(begun, replies, strict=True):
                repeat.reply = reply
        for reply in replies:
            reply.when_ended(partial(self._go_on, reply, send))

    def wait(self, seconds: float) -> None:
        """Wait until a call ends, at most this long."""
        if reply := next(self.running, None):
            reply.wait_ended(seconds)
        else:  # the next call is being sent at this moment
            time.sleep(seconds)

    def stop(self, column: Column | None = None) -> None:
        """End one column or all and keep the texts. Calls in the queue are not sent."""
        repeats = column.repeats if column else self.repeats
        self._give_up(repeats)
        for repeat in repeats:
            if reply := repeat.running:
                reply.close()

    def settle(self) -> None:
        """Free the raw chunks of ended answers, which only an X-ray shows; a run keeps up to 25 answers."""
        for repeat in self.repeats:
            if repeat.reply:
                repeat.reply.forget_chunks()

    def again(self) -> Run:
        """A new run with the same recipes and other seeds."""
        repeats = max(len(column.repeats) for column in self.columns)
        recipes = [column.recipe for column in self.columns]
        after = max(repeat.seed for repeat in self.repeats)
        again = new(recipes, self.subject, repeats, self.width, self.blind, after)
        again.question = self.question
        return again

    def _go_on(self, ended: Reply, send: Send) -> None:
        problem = ended.answer.problem
        # The page is gone, so nobody would read the others.
        if problem and problem.kind in ("left", "outage"):
            self._give_up(self.repeats)
        self.start(send)

    def _give_up(self, repeats: list[Repeat]) -> None:
        with self._lock:
            for repeat in repeats:
                if repeat.waiting:
                    repeat.given_up = True
                    if repeat.permit:
                        repeat.permit.release()


def new(
    chosen: list[Recipe], subject: Subject, repeats: int, width: int, blind: bool = False, after: int = 0
) -> Run:
    """A run whose calls `start` sends. Repeat i has the seed `after` + i."""
    order = list(range(len(chosen)))
    if blind:
        random.shuffle(order)
    seeds = range(after + 1, after + repeats + 1)
    columns = [Column(recipe, [Repeat(recipe, seed=seed) for seed in seeds]) for recipe in chosen]
    return Run(columns, subject, width, order, blind)


def _whole(repeat: Repeat) -> bool:
    answer = repeat.answer
    return answer is not None and answer.status == "complete" and bool(answer.text.strip())
