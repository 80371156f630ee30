"""A conversation goes into the browser's storage and comes back; whatever else comes back does no harm."""

from __future__ import annotations

import json
import random
import time
from dataclasses import replace

import pytest

from lib.bedrock.reply import Reply
from lib.conversation.tree import Conversation, Variant
from lib.records import chat_records
from tests.support.makers import answered, asked, nothing_runs, recipe, restored, rich, stored, tree


def test_a_conversation_comes_back_as_it_was() -> None:
    chat = rich()
    back = chat_records.restore(chat.id, stored(chat), nothing_runs)
    assert tree(back.conversation) == tree(chat)
    assert back.conversation.id == chat.id
    assert (back.note, back.incomplete) == ("", frozenset())
    assert [turn.variant.answer.text for turn in back.conversation.turns()] == [
        turn.variant.answer.text for turn in chat.turns()
    ]


def test_what_came_back_is_stored_as_it_was_stored_before() -> None:
    texts = stored(rich())
    back = restored(texts)
    assert {name: json.loads(text) for name, text in stored(back.conversation).items()} == {
        name: json.loads(text) for name, text in texts.items()
    }
    assert back.kept.keys() == {name for name in texts if "/" not in name}


def test_what_a_guardrail_found_and_the_service_tier_come_back() -> None:
    for found in (None, (), ("prompt: topic “Weapons” blocked",)):
        chat = Conversation()
        answer = replace(answered(recipe(), "Hello."), guardrail=found, tier="flex")
        chat.append(Variant("Hello?", [Reply.of(answer)]))
        (turn,) = restored(stored(chat)).conversation.turns()
        assert (turn.variant.answer.guardrail, turn.variant.answer.tier) == (found, "flex")


def test_the_order_in_which_a_browser_lists_its_keys_does_not_matter() -> None:
    chat = rich()
    names = list(stored(chat).items())
    for seed in range(20):
        random.Random(seed).shuffle(names)
        assert tree(restored(dict(names)).conversation) == tree(chat)


def test_a_long_conversation_takes_room_in_proportion_to_its_length() -> None:
    chat = Conversation()
    sizes = []
    for number in range(200):
        variant = asked(chat, f"Question {number:03}?", f"Answer {number:03}.")
        place = next(place for one, place in chat_records.places(chat) if one is variant)
        sizes.append(len(json.dumps([chat_records.record(variant), place])))
    assert max(sizes) <= sizes[1] + 10
    began = time.process_time()
    back = restored(stored(chat))
    assert time.process_time() - began < 1
    assert tree(back.conversation) == tree(chat)
    began = time.process_time()
    assert len(list(chat_records.places(chat))) == 200
    assert time.process_time() - began < 0.02


def test_a_turn_deleted_since_is_missing_from_the_recipes_that_had_it() -> None:
    chat = rich()
    chat.remove(chat.turns()[2])
    back = restored(stored(chat))
    assert not back.note
    path = [turn.variant for turn in back.conversation.turns()]
    assert [variant.prompt for variant in path] == ["One?", "Two?", "Four?", "Five?", "Six?", "Seven?"]
    assert [variant.id in back.incomplete for variant in path] == [False, False, True, True, True, True]
    last = path[-1].answer.recipe
    assert [turn.text for turn in last.messages[::2]] == ["One?", "Two?", "Four?", "Five?", "Seven?"]


def test_a_part_whose_figures_cannot_be_read_keeps_its_text() -> None:
    chat = rich()
    texts = stored(chat)
    last = chat.turns()[-1].variant
    for broken in ({"times": [1]}, {"usage": 7}, {"duration_ms": None}, {"problem": "x"}, {"more": 1}):
        saved = json.loads(texts[last.id])
        saved["parts"][0] |= broken
        back = restored(texts | {last.id: json.dumps(saved)})
        assert back.conversation.turns()[-1].variant.answer.text == last.answer.text
        assert not back.note


def test_what_somebody_shared_stays_recognisable_also_beside_a_part_that_was_made_here() -> None:
    chat = rich()
    variant = chat.turns()[-1].variant
    variant.parts = [Reply.of(replace(variant.answer, origin="shared")), *variant.parts]
    back = restored(stored(chat)).conversation.turns()[-1].variant
    assert [answer.origin for answer in back.answers] == ["shared", "restored"]
    assert back.answer.origin == "shared"


def test_an_answer_that_nobody_has_any_more_shows_what_the_page_had_shown() -> None:
    chat = rich()
    texts = stored(chat)
    last = chat.turns()[-1].variant
    running = json.loads(texts[last.id]) | {"parts": [{"status": "running"}]}
    texts |= {last.id: json.dumps(running), f"{last.id}/live": "sep"}
    answer = restored(texts).conversation.turns()[-1].variant.answer
    assert (answer.text, answer.status) == ("sep", "broken")
    assert answer.problem
    assert answer.problem.kind == "left"
    assert last.id not in restored(texts).kept
    answer = restored(texts | {f"{last.id}/cut": "true"}).conversation.turns()[-1].variant.answer
    assert (answer.text, answer.problem and answer.problem.kind) == ("sep", "outage")
    del texts[f"{last.id}/live"]
    answer = restored(texts).conversation.turns()[-1].variant.answer
    assert (answer.text, answer.status) == ("", "failed")


@pytest.mark.parametrize(
    ("before", "shown", "new"),
    [
        ("The *old* harbour ", "The old harbour and the sea", "and the sea"),
        ("The *old* harbour", "The old harbour and the sea", " and the sea"),
        ("First.\n\nThe **old**", "The old harbour", " harbour"),
        ("First.\n\n```py\ndef f():\n", "def f():\n    return 1", "return 1"),
        ("- one\n- two\n", "one\ntwo\nthree", "three"),
        ("A word, ", "A word, ", ""),
    ],
)
def test_of_a_continuation_that_nobody_has_any_more_the_new_text_is_added_once(
    before: str, shown: str, new: str
) -> None:
    chat = Conversation()
    last = asked(chat, "Tell me.", before)
    saved = json.loads(stored(chat)[last.id])
    saved["parts"].append({"status": "running"})
    texts = stored(chat) | {last.id: json.dumps(saved), f"{last.id}/on": shown}
    back = restored(texts).conversation.turns()[-1].variant
    assert [part.text for part in back.answers] == [before, new]
    assert back.answer.status == "broken"


def test_a_bad_record_is_left_out_and_counted_and_what_followed_closes_up() -> None:
    chat = rich()
    prompts = [turn.variant.prompt for turn in chat.turns()]
    for at, turn in enumerate(chat.turns()):
        texts = stored(chat) | {turn.variant.id: '{"prompt": 1}'}
        back = restored(texts)
        assert back.note == "1 saved answer could not be read and was left out."
        kept = {variant.prompt for *_, variant in back.conversation.variants()}
        assert kept >= {*prompts[:at], *prompts[at + 1 :]}
    two = [turn.variant.id for turn in chat.turns()][:2]
    assert "2 saved answers" in restored(stored(chat) | dict.fromkeys(two, "[")).note


def test_a_save_of_the_wrong_kind_is_an_empty_conversation_and_a_sentence() -> None:
    for wrong in (None, 3, "x", [], [1], b""):
        back = restored(wrong)
        assert back.conversation.root is None
        assert back.note == "The saved conversation could not be read and was left out."
    assert chat_records.restore("../..", {}, nothing_runs).conversation.id != "../.."


def test_variants_in_a_circle_are_first_turns() -> None:
    chat = rich()
    texts = stored(chat)
    ids = [name for name in texts if "/" not in name]
    for one, next_one in zip(ids, [*ids[1:], ids[0]], strict=True):
        texts[f"{one}/at"] = json.dumps(
            {"parent": next_one, "index": 0, "chosen": True, "after": next_one, "drop": 0}
        )
    back = restored(texts)
    assert {variant.id for *_, variant in back.conversation.variants()} == set(ids)


def test_half_a_surrogate_pair_can_be_sent_to_the_page() -> None:
    chat = Conversation()
    variant = asked(chat, "One?", "un")
    texts = stored(chat)
    texts[variant.id] = json.dumps(json.loads(texts[variant.id]) | {"prompt": "half \ud83d"})
    shown = restored(texts).conversation.turns()[0].variant
    assert shown.prompt.encode()
    assert shown.answer.recipe.messages[0].text.encode()


def test_only_known_titles_are_shown_for_a_saved_problem() -> None:
    chat = rich()
    texts = {name: text.replace("broken-off", "![x](//evil)") for name, text in stored(chat).items()}
    problems = [variant.answer.problem for *_, variant in restored(texts).conversation.variants()]
    assert "unexpected" in {problem.kind for problem in problems if problem}
    assert not any("evil" in problem.title for problem in problems if problem)
