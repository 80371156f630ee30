"""A conversation with second thoughts: a tree in which nothing that was said is ever lost.

A Slot is one turn of the conversation and holds its Variants; each Variant is a prompt with its answer, and
has its own continuation. The conversation on the page is the path through the chosen variants.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from lib.bedrock.answer import Answer, joined
from lib.bedrock.reply import Reply
from lib.mistral.context import CHARACTERS_PER_TOKEN, fitting
from lib.mistral.recipe import Message, Recipe

GO_ON = "Go on exactly where your last answer stopped. Repeat nothing of it."
"""Asked of models that cannot be handed the beginning of their own answer."""


def new_id() -> str:
    """Unguessable, and short enough for a key."""
    return uuid.uuid4().hex[:16]


@dataclass(eq=False)
class Variant:
    """One prompt with its answer, which has more than one part after Continue."""

    prompt: str
    parts: list[Reply]
    sent: tuple[str, ...] = ()  # the variants whose texts went along, oldest first
    left_out: int = 0  # earlier exchanges that did not fit into the model's context
    next: Turn | None = None
    id: str = field(default_factory=new_id)
    follower: object | None = field(default=None, repr=False)  # the script run that draws the answer live
    settled: bool = False  # the page shows the answer as it ended

    @property
    def running(self) -> Reply | None:
        """The reply that still brings text, if any."""
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


@dataclass(eq=False)
class Turn:
    """One turn of the conversation: its variants, oldest first, and the one that is shown."""

    variants: list[Variant]
    chosen: int = 0

    @property
    def variant(self) -> Variant:
        return self.variants[self.chosen]

    def add(self, variant: Variant) -> None:
        """One variant more, and show it."""
        self.variants.append(variant)
        self.chosen = len(self.variants) - 1

    def step(self, by: int) -> None:
        """Show the variant `by` places on, as far as there is one."""
        self.chosen = min(max(self.chosen + by, 0), len(self.variants) - 1)


@dataclass(eq=False)
class Conversation:
    """What one tab holds."""

    root: Turn | None = None
    id: str = field(default_factory=new_id)

    def path(self) -> Iterator[Turn]:
        """The slots that are shown, oldest first."""
        turn = self.root
        while turn:
            yield turn
            turn = turn.variant.next

    def turns(self) -> list[Turn]:
        return list(self.path())

    def last(self) -> Turn | None:
        """The end of what is shown."""
        turns = self.turns()
        return turns[-1] if turns else None

    def append(self, variant: Variant) -> None:
        """A new turn at the end of what is shown."""
        turns = self.turns()
        if turns:
            turns[-1].variant.next = Turn([variant])
        else:
            self.root = Turn([variant])

    def before(self, turn: Turn) -> list[Variant]:
        """The variants shown before `slot`."""
        earlier: list[Variant] = []
        for other in self.path():
            if other is turn:
                break
            earlier.append(other.variant)
        return earlier

    def remove(self, turn: Turn) -> None:
        """Take a turn out with all its variants; what followed the shown one closes up."""
        earlier = self.before(turn)
        if earlier:
            earlier[-1].next = turn.variant.next
        else:
            self.root = turn.variant.next

    def running(self) -> Variant | None:
        """The shown variant whose answer still arrives, if any."""
        return next((turn.variant for turn in self.path() if turn.variant.running), None)

    def variants(self) -> Iterator[tuple[Variant | None, Variant]]:
        """Every variant of the tree with the one it continues, parents first."""
        waiting: list[tuple[Variant | None, Turn]] = [(None, self.root)] if self.root else []
        while waiting:
            parent, turn = waiting.pop()
            for variant in turn.variants:
                yield parent, variant
                if variant.next:
                    waiting.append((variant, variant.next))


def recipe_for(
    prompt: str, earlier: list[Variant], model_id: str, settings: dict[str, Any]
) -> tuple[Recipe, tuple[str, ...], int]:
    """The recipe for a prompt after `earlier`; which of them went along; how many did not fit.

    An exchange without an answer is left out, so that the roles alternate. Raises RecipeError.
    """
    spoken = [(variant, variant.answer) for variant in earlier]
    spoken = [(variant, answer) for variant, answer in spoken if answer.text.strip()]
    messages: list[Message] = []
    for variant, answer in spoken:
        messages += [Message("user", variant.prompt), Message("assistant", answer.text)]
    messages.append(Message("user", prompt))
    recipe = Recipe(model_id=model_id, messages=tuple(messages), **settings)
    measured = [part for variant, _ in spoken for part in variant.answers]
    kept = fitting(messages, recipe.system, recipe.model, recipe.max_tokens, _density(measured))
    left_out = (len(messages) - len(kept)) // 2
    sent = tuple(variant.id for variant, _ in spoken[left_out:])
    return replace(recipe, messages=kept), sent, left_out


def recipe_to_go_on(variant: Variant) -> Recipe:
    """The recipe that lets an unfinished answer go on, with the settings that made it."""
    answer = variant.answer
    recipe = answer.recipe
    messages = [*recipe.messages, Message("assistant", answer.text)]
    if recipe.model.dialect != "text":  # in the text dialect the prompt may end inside an answer
        messages.append(Message("user", GO_ON))
    density = _density(variant.answers)
    kept = fitting(messages, recipe.system, recipe.model, recipe.max_tokens, density)
    return replace(recipe, messages=kept)


def _density(answers: list[Answer]) -> float:
    """Characters per token as this conversation had them, by the newest answer that says."""
    for answer in reversed(answers):
        if answer.usage and answer.usage.input_tokens > 50:
            sent = sum(len(message.text) for message in answer.recipe.messages) + len(answer.recipe.system)
            return min(sent / answer.usage.input_tokens, 6.0) or CHARACTERS_PER_TOKEN
    return CHARACTERS_PER_TOKEN
