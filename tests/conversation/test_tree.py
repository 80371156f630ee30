"""The tree of a conversation: what is shown, and that nothing said is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation, Turn, Variant
from tests.support.calls import counted, runtime, start
from tests.support.makers import answered, recipe, said
from tests.support.scripted_endpoint import Endpoint


def chat(*prompts: str) -> Conversation:
    conversation = Conversation()
    for prompt in prompts:
        conversation.append(said(prompt, f"to {prompt}"))
    return conversation


def shown(conversation: Conversation) -> list[str]:
    return [turn.variant.prompt for turn in conversation.turns()]


def everything(conversation: Conversation) -> set[str]:
    return {variant.id for *_, variant in conversation.variants()}


def test_an_empty_conversation_shows_nothing() -> None:
    conversation = Conversation()
    assert conversation.turns() == []
    assert list(conversation.variants()) == []
    assert conversation.running() is None


def test_turns_are_shown_in_the_order_they_were_asked() -> None:
    assert shown(chat("a", "b", "c")) == ["a", "b", "c"]


def test_two_conversations_and_two_variants_never_share_an_id() -> None:
    conversations = [Conversation() for _ in range(500)]
    assert len({one.id for one in conversations} | {said("x").id for _ in range(500)}) == 1000


def test_another_variant_begins_a_continuation_of_its_own_and_the_old_one_is_kept() -> None:
    conversation = chat("a", "b", "c")
    second = conversation.turns()[1]
    second.add(said("B"))
    assert shown(conversation) == ["a", "B"]
    conversation.append(said("D"))
    assert shown(conversation) == ["a", "B", "D"]
    second.step(-1)
    assert shown(conversation) == ["a", "b", "c"]
    second.step(1)
    assert shown(conversation) == ["a", "B", "D"]


def test_a_new_turn_continues_the_variant_that_is_shown() -> None:
    conversation = chat("a")
    first = conversation.turns()[0]
    first.add(said("A"))
    first.step(-1)
    conversation.append(said("b"))
    assert shown(conversation) == ["a", "b"]
    first.step(1)
    assert shown(conversation) == ["A"]


def test_stepping_ends_at_the_first_and_the_last_variant() -> None:
    turn = Turn([said("a")])
    turn.add(said("b"))
    turn.step(5)
    assert turn.variant.prompt == "b"
    turn.step(-5)
    assert turn.variant.prompt == "a"


def test_before_a_turn_are_the_shown_variants_above_it() -> None:
    conversation = chat("a", "b", "c")
    turns = conversation.turns()
    turns[0].add(said("A"))
    conversation.append(said("z"))
    assert [variant.prompt for variant in conversation.before(conversation.turns()[1])] == ["A"]
    turns[0].step(-1)
    assert [variant.prompt for variant in conversation.before(turns[2])] == ["a", "b"]
    assert conversation.before(turns[0]) == []


@pytest.mark.parametrize(("index", "left"), [(0, ["b", "c"]), (1, ["a", "c"]), (2, ["a", "b"])])
def test_a_removed_turn_leaves_no_hole(index: int, left: list[str]) -> None:
    conversation = chat("a", "b", "c")
    conversation.remove(conversation.turns()[index])
    assert shown(conversation) == left


def test_the_only_turn_removed_leaves_an_empty_conversation() -> None:
    conversation = chat("a")
    conversation.remove(conversation.turns()[0])
    assert conversation.root is None


def test_every_variant_of_the_tree_is_listed_once_and_after_its_parent() -> None:
    conversation = chat("a", "b")
    conversation.turns()[0].add(said("A"))
    conversation.append(said("B"))
    listed = list(conversation.variants())
    assert sorted(variant.prompt for *_, variant in listed) == ["A", "B", "a", "b"]
    seen: set[str] = set()
    for parent, _, variant in listed:
        assert parent is None or parent.id in seen
        seen.add(variant.id)
    parents = {variant.prompt: parent.prompt if parent else None for parent, _, variant in listed}
    assert parents == {"a": None, "A": None, "b": "a", "B": "A"}


def test_the_parts_of_an_answer_are_one_text_with_the_first_recipe_and_the_last_ending() -> None:
    first = answered(recipe("tell"), "Once upon", status="stopped", stop_reason=None)
    more = answered(recipe("go on"), " a time.", stop_reason="length")
    joined = Variant("tell", [Reply.of(first), Reply.of(more)]).answer
    assert joined.text == "Once upon a time."
    assert joined.recipe is first.recipe
    assert (joined.status, joined.stop_reason) == ("complete", "length")


def test_a_stream_counts_as_running_until_it_ends_and_then_keeps_its_answer(endpoint: Endpoint) -> None:
    stream = start(runtime(endpoint.url), "chunks=40 rate=100")
    variant = Variant("chunks=40 rate=100", [stream])
    conversation = Conversation()
    conversation.append(variant)
    assert variant.running is stream
    assert conversation.running() is variant
    assert variant.answer.status == "running"
    assert "".join(stream) == counted(40)
    assert variant.running is None
    assert conversation.running() is None
    assert variant.answer.text == counted(40)
    assert variant.parts[0].answer is variant.answer


def test_an_answer_running_in_a_variant_that_is_not_shown_is_not_the_conversations(
    endpoint: Endpoint,
) -> None:
    stream = start(runtime(endpoint.url), "chunks=400 rate=100")
    conversation = Conversation()
    conversation.append(Variant("x", [stream]))
    conversation.turns()[0].add(said("y", "z"))
    assert conversation.running() is None
    stream.close()


class Steering(RuleBasedStateMachine):
    """Anything a person can do to the tree, in any order."""

    @initialize()
    def begin(self) -> None:
        self.chat = Conversation()
        self.known: dict[str, Variant] = {}
        self.undo: tuple[Turn, Variant | None, list[str], set[str]] | None = None
        self.count, self.moved = 0, False

    def new(self) -> Variant:
        self.count += 1
        variant = said(f"prompt {self.count}", f"answer {self.count}")
        self.known[variant.id] = variant
        self.moved = True
        return variant

    def pick(self, index: int) -> Turn:
        turns = self.chat.turns()
        return turns[index % len(turns)]

    def ids(self) -> list[str]:
        return [turn.variant.id for turn in self.chat.turns()]

    @rule()
    def ask(self) -> None:
        before = self.ids()
        variant = self.new()
        self.chat.append(variant)
        assert self.ids() == [*before, variant.id]

    @precondition(lambda self: self.chat.root)
    @rule(index=st.integers(0, 9))
    def edit_or_ask_again(self, index: int) -> None:
        turn = self.pick(index)
        above = [variant.id for variant in self.chat.before(turn)]
        variant = self.new()
        turn.add(variant)
        assert self.ids() == [*above, variant.id]

    @precondition(lambda self: self.chat.root)
    @rule(index=st.integers(0, 9), by=st.sampled_from([-1, 1]))
    def step(self, index: int, by: int) -> None:
        turn = self.pick(index)
        above = self.chat.before(turn)
        before, chosen = self.ids(), turn.chosen
        turn.step(by)
        self.moved = True
        assert self.chat.before(turn) == above
        if turn.chosen != chosen:
            turn.step(-by)
            assert self.ids() == before
            turn.step(by)

    @precondition(lambda self: self.chat.root)
    @rule(index=st.integers(0, 9))
    def delete(self, index: int) -> None:
        turn, before, held = self.pick(index), self.ids(), everything(self.chat)
        above = self.chat.before(turn)
        self.chat.remove(turn)
        assert self.ids() == [one for one in before if one != turn.variant.id]
        hidden = Conversation(Turn([variant for variant in turn.variants if variant is not turn.variant]))
        gone = {turn.variant.id} | (everything(hidden) if len(turn.variants) > 1 else set())
        assert everything(self.chat) == held - gone
        self.undo = turn, above[-1] if above else None, before, held
        self.known = {variant.id: variant for *_, variant in self.chat.variants()}
        self.moved = False

    @precondition(lambda self: self.undo)
    @rule()
    def bring_back(self) -> None:
        """As `undo` in lib/ui/chat/actions.py does it."""
        assert self.undo
        turn, parent, before, held = self.undo
        asked_since = everything(self.chat)
        if parent:
            turn.variant.next, parent.next = parent.next, turn
        else:
            turn.variant.next, self.chat.root = self.chat.root, turn
        self.undo = None
        assert everything(self.chat) == held | asked_since
        self.known = {variant.id: variant for *_, variant in self.chat.variants()}
        assert self.moved or self.ids() == before

    @invariant()
    def nothing_said_is_lost(self) -> None:
        if hasattr(self, "chat"):
            assert everything(self.chat) == self.known.keys()

    @invariant()
    def the_path_is_consistent(self) -> None:
        if not hasattr(self, "chat"):
            return
        turns = self.chat.turns()
        assert len({id(turn) for turn in turns}) == len(turns)
        assert all(0 <= turn.chosen < len(turn.variants) for turn in turns)
        parents = {variant.id: parent for parent, _, variant in self.chat.variants()}
        above: Variant | None = None
        for turn in turns:
            assert all(parents[variant.id] is above for variant in turn.variants)
            above = turn.variant


Steering.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_anything_a_person_does_to_the_tree_keeps_what_was_said = Steering.TestCase
