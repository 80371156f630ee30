"""The forecast of context and cost for the next prompt of a conversation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lib.conversation.forecast import SHORT, Forecast, forecast
from lib.conversation.request import recipe_for
from lib.conversation.tree import Conversation
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.mistral.cost import worst_cost
from lib.mistral.recipe import RecipeError
from tests.support.makers import LARGE, asked


def long_chat(turns: int, characters: int, model: str = LARGE) -> Conversation:
    chat = Conversation()
    for number in range(turns):
        asked(chat, f"{number}?", "x" * characters, model)
    return chat


def told(chat: Conversation, model: str = LARGE, **settings: int) -> Forecast:
    return forecast(chat.before(None), model, {"max_tokens": 100, **settings})


def test_an_empty_chat_takes_its_longest_answer_of_the_context_and_nothing_is_left_out() -> None:
    empty = told(Conversation(), max_tokens=3277)
    assert empty.share == pytest.approx(0.1, abs=0.001)  # of 32,768
    assert empty.left_out == 0


def test_the_context_fills_with_the_conversation_until_the_oldest_turns_are_left_out() -> None:
    shares = [told(long_chat(turns, 900, LOCAL_MODEL_ID), LOCAL_MODEL_ID) for turns in range(8)]
    filling = [each.share for each in shares if not each.left_out]
    assert filling == sorted(filling)
    assert len(filling) > 2
    assert [each.left_out for each in shares] == sorted(each.left_out for each in shares)
    assert shares[-1].left_out == 7 - (len(filling) - 1)
    assert all(0.5 < each.share <= 1 for each in shares if each.left_out)


def test_the_turns_left_out_are_those_that_the_request_leaves_out() -> None:
    chat = long_chat(7, 900, LOCAL_MODEL_ID)
    _, _, left_out = recipe_for("?", chat.before(None), LOCAL_MODEL_ID, {"max_tokens": 100})
    assert told(chat, LOCAL_MODEL_ID).left_out == left_out


def test_the_cost_is_the_most_that_a_short_prompt_can_cost_and_the_host_s_limit_counts() -> None:
    chat = long_chat(2, 300)
    recipe, _, _ = recipe_for("?" * SHORT, chat.before(None), LARGE, {"max_tokens": 1000})
    most = told(chat, max_tokens=1000).most
    assert most is not None
    assert most >= (worst_cost(recipe) or 0) > 0
    lowered = forecast(
        chat.before(None), LARGE, {"max_tokens": 1000}, lambda recipe: replace(recipe, max_tokens=10)
    )
    assert most > (lowered.most or 0) > 0


def test_the_local_model_costs_nothing() -> None:
    assert find(LOCAL_MODEL_ID).local
    assert told(Conversation(), LOCAL_MODEL_ID).most == 0


def test_settings_that_no_request_can_have_are_an_error() -> None:
    with pytest.raises(RecipeError):
        told(Conversation(), max_tokens=-1)
