"""The properties of an Answer, and the Answer of several parts."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from lib.bedrock.answer import Answer, Beat, joined
from lib.bedrock.reply import Reply
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Message, Recipe
from tests.support.makers import answered, recipe


def answer(model_id: str = SAMPLE_MODEL_ID, **more: Any) -> Answer:
    fields: dict[str, Any] = {
        "usage": Usage(1000, 11, 2300, 250),
        "timeline": (Beat(200.0, 0), Beat(300.0, 5), Beat(1300.0, 6)),
        "duration_ms": 1310.0,
    }
    return answered(recipe("hello", model_id), "Hello there", **(fields | more))


def test_the_first_token_is_the_first_chunk_with_text() -> None:
    assert answer().first_token_ms == 300


def test_without_text_there_is_no_first_token() -> None:
    assert answer(timeline=()).first_token_ms is None
    assert answer(timeline=(Beat(5.0, 0),)).first_token_ms is None


def test_the_speed_counts_the_tokens_after_the_first_over_their_time() -> None:
    assert answer().tokens_per_second == pytest.approx(10.0)


@pytest.mark.parametrize(
    "unknown",
    [
        {"usage": None},
        {"usage": Usage(5, 1, None, None)},
        {"timeline": ()},
        {"timeline": (Beat(300.0, 11),)},
    ],
)
def test_a_speed_that_cannot_be_computed_is_none(unknown: dict[str, Any]) -> None:
    assert answer(**unknown).tokens_per_second is None


def test_the_cost_is_the_catalogues_price_for_the_tokens() -> None:
    made = answer()
    price = made.recipe.model.price
    assert price is not None
    assert made.cost == 1000 * price.input + 11 * price.output


def test_without_price_or_usage_there_is_no_cost() -> None:
    assert answer("mistral.sirocco-9-v1:0").cost is None
    assert answer(usage=None).cost is None


def test_the_local_model_costs_nothing() -> None:
    assert answer(LOCAL_MODEL_ID).cost == 0


def test_one_leading_space_is_not_shown_and_the_text_keeps_it() -> None:
    made = answer(text="  Hello ")
    assert made.shown_text == " Hello "
    assert made.text == "  Hello "


def part(text: str, **more: Any) -> Answer:
    """One part of an answer; its only chunk came after 100 ms, and it took 200."""
    chunk = {"timeline": (Beat(100.0, len(text)),), "chunks": (f'{{"text":"{text}"}}',), "duration_ms": 200.0}
    return answer(text=text, **{**chunk, **more})


def test_one_part_alone_is_the_answer() -> None:
    only = part("Hello")
    assert joined([only]) is only


def test_parts_follow_each_other_in_text_time_and_chunks() -> None:
    whole = joined([part("Once "), part("upon "), part("a time")])
    assert whole.text == "Once upon a time"
    assert whole.timeline == (Beat(100.0, 5), Beat(300.0, 5), Beat(500.0, 6))
    assert whole.duration_ms == 600
    assert len(whole.chunks) == len(whole.timeline)
    assert whole.first_token_ms == 100


def test_several_parts_have_the_recipe_of_the_first_and_the_ending_of_the_last() -> None:
    first = part("a", status="stopped", stop_reason=None, request_id="1")
    again = Recipe(model_id=SAMPLE_MODEL_ID, messages=(*first.recipe.messages, Message("assistant", "a")))
    last = part("b", recipe=again, stop_reason="length", request_id="2")
    whole = joined([first, last])
    assert whole.recipe is first.recipe
    assert (whole.status, whole.stop_reason, whole.request_id) == ("complete", "length", "2")
    assert joined([first, part("", status="running", stop_reason=None)]).status == "running"


def test_the_tokens_of_all_parts_are_summed_and_unknown_if_those_of_one_are() -> None:
    whole = joined([part("a", usage=Usage(10, 2, 50, 5)), part("b", usage=Usage(13, 4, 60, 6))])
    assert whole.usage == Usage(23, 6, None, None)
    assert joined([part("a"), part("b", usage=None)]).usage is None
    assert joined([part("a", usage=None), part("b")]).cost is None


def test_the_tokens_that_were_counted_are_known_even_if_those_of_another_part_are_not() -> None:
    first = part("a", usage=Usage(10, 2, 50, 5))
    assert joined([first, part("b", usage=None)]).least_usage == Usage(10, 2, None, None)
    assert joined([first, first]).least_usage == Usage(20, 4, None, None)
    assert joined([part("a", usage=None), part("b", usage=None)]).least_usage is None
    assert first.least_usage is first.usage
    assert part("a", usage=None).least_usage is None


def test_the_speed_of_a_continued_answer_is_that_of_its_measured_parts_without_the_wait_between_them() -> (
    None
):
    assert answer().tokens_per_second == 10
    slow = answer(usage=Usage(1000, 6, 2300, 250))  # 5 tokens in the second after the first
    assert joined([answer(), slow]).tokens_per_second == 7.5
    assert joined([answer(), answer(usage=None)]).tokens_per_second == 10
    assert joined([answer(usage=None), answer(usage=None)]).tokens_per_second is None


def test_a_continuation_that_failed_leaves_an_answer_that_broke_off() -> None:
    failed = part("", status="failed", stop_reason=None, timeline=(), chunks=(), usage=None)
    whole = joined([part("Once upon", status="stopped", stop_reason=None), failed])
    assert whole.text == "Once upon"
    assert whole.status == "broken"


def test_the_reply_of_a_known_answer_has_ended_and_gives_that_answer_and_its_text() -> None:
    known = answer(origin="shared", status="stopped")
    reply = Reply.of(known)
    threads = threading.active_count()
    assert reply.ended
    assert reply.answer is known
    assert list(reply) == ["Hello there"]
    assert threading.active_count() == threads
    reply.close()
    reply.leave()
    assert reply.answer is known


def test_a_reply_cannot_be_made_of_an_answer_that_is_running() -> None:
    running = answer(status="running")
    with pytest.raises(ValueError, match="running"):
        Reply.of(running)
