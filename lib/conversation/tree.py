"""A conversation as a tree, so that asking again or editing a prompt deletes nothing.

A Turn holds Variants. Each Variant is a prompt with its answer, and has its own continuation. The page shows
the path through the chosen variants.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from lib.bedrock.answer import Answer, joined
from lib.bedrock.reply import Reply


def new_id() -> str:
    """An id that nobody can guess, short enough for a widget's key."""
    return uuid.uuid4().hex[:16]


@dataclass(eq=False)
class Variant:
    """One prompt with its answer, which has more than one part after Continue."""

    prompt: str
    parts: list[Reply]
    sent: tuple[str, ...] = ()  # ids of the variants that the recipe repeats, oldest first
    left_out: int = 0  # earlier turns that did not fit into the model's context
    next: Turn | None = None
    id: str = field(default_factory=new_id)
    branch: str = ""  # the word that a person chose for its first part to end with; "" for a usual answer
    settled: bool = False  # the page has drawn the final state of the answer

    @property
    def running(self) -> Reply | None:
        """The reply that still receives text, if any."""
        last = self.parts[-1]
        return None if last.ended else last

    @property
    def answers(self) -> list[Answer]:
        """One Answer for each part."""
        return [part.answer for part in self.parts]

    @property
    def answer(self) -> Answer:
        """All parts as one Answer."""
        return joined(self.answers)


def goes_on_in_place(variant: Variant) -> bool:
    """True if the page draws the last part, while it arrives, inside the last block of the parts before it.

    It does not do so with the text of a stranger, which is sanitised and drawn apart.
    """
    before = variant.answers[:-1]
    return bool(before) and all(answer.origin != "shared" for answer in before)


@dataclass(eq=False)
class Turn:
    """One turn of the conversation: its variants, oldest first, and the index of the one that is shown."""

    variants: list[Variant]
    chosen: int = 0

    @property
    def variant(self) -> Variant:
        return self.variants[self.chosen]

    def add(self, variant: Variant) -> None:
        """Add a variant and show it."""
        self.variants.append(variant)
        self.chosen = len(self.variants) - 1

    def step(self, by: int) -> None:
        """Show the variant `by` places later, or the last one in that direction."""
        self.chosen = min(max(self.chosen + by, 0), len(self.variants) - 1)


@dataclass(eq=False)
class Conversation:
    """The conversation of a tab: its first turn, from which all others can be reached."""

    root: Turn | None = None
    id: str = field(default_factory=new_id)

    def turns(self) -> list[Turn]:
        """The turns that are shown, oldest first."""
        turns, turn = [], self.root
        while turn:
            turns.append(turn)
            turn = turn.variant.next
        return turns

    def append(self, variant: Variant) -> None:
        """Add a turn after the last one that is shown."""
        self._attach(self.before(None), Turn([variant]))

    def before(self, turn: Turn | None) -> list[Variant]:
        """The variants that are shown before `turn`; all for None."""
        turns = self.turns()
        return [other.variant for other in (turns[: turns.index(turn)] if turn in turns else turns)]

    def remove(self, turn: Turn) -> None:
        """Remove a turn with all its variants. The turn after its shown variant takes its place."""
        self._attach(self.before(turn), turn.variant.next)

    def _attach(self, earlier: list[Variant], turn: Turn | None) -> None:
        """Let `turn` follow the last of `earlier`, or begin the conversation if there is none."""
        if earlier:
            earlier[-1].next = turn
        else:
            self.root = turn

    def running(self) -> Variant | None:
        """The shown variant whose answer still arrives, if any."""
        return next((turn.variant for turn in self.turns() if turn.variant.running), None)

    def stop(self) -> None:
        """End the shown answer that still arrives, if any, and keep its text."""
        if variant := self.running():
            variant.parts[-1].close()

    def variants(self) -> Iterator[tuple[Variant | None, Turn, Variant]]:
        """Every variant of the tree, with the variant that it follows and its turn; parents first."""
        waiting: list[tuple[Variant | None, Turn]] = [(None, self.root)] if self.root else []
        while waiting:
            parent, turn = waiting.pop()
            for variant in turn.variants:
                yield parent, turn, variant
                if variant.next:
                    waiting.append((variant, variant.next))
