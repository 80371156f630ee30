"""The odds of an answer, and going on from another word of it."""

from __future__ import annotations

import pytest

from lib.bedrock.odds import Candidate, Odds
from lib.conversation.answer_odds import BROKEN, AnswerOdds, branched
from lib.conversation.tree import Conversation, Turn
from lib.conversation.variant_changes import what_changed
from lib.mistral.catalog import LOCAL_MODEL_ID
from lib.mistral.recipe import Message
from tests.support.makers import made, restored, stored


def candidate(number: int, text: str, *, control: bool = False) -> Candidate:
    return Candidate(number, text, 0.25, 0.0, "", control)


MAT, COUCH = candidate(1, " mat"), candidate(2, " couch")
HALF, END = candidate(3, BROKEN), candidate(4, "", control=True)
CAT = Odds("The cat", candidate(0, "The cat"), (), ())
ODDS = AnswerOdds("id", "", {}, (CAT, Odds(" mat", MAT, (MAT, COUCH, HALF, END), ())))


def test_a_candidate_is_found_at_its_place_and_the_text_goes_up_to_it() -> None:
    assert ODDS.candidate(1, 2) is COUCH
    assert ODDS.until(1, COUCH) == "The cat couch"


@pytest.mark.parametrize(("at", "token"), [(1, 3), (1, 4), (1, 9), (0, 2), (2, 2), (-1, 2)])
def test_half_a_character_the_end_and_what_is_not_listed_cannot_be_gone_on_from(at: int, token: int) -> None:
    assert ODDS.candidate(at, token) is None


def test_a_branch_goes_on_from_the_chosen_word_and_says_so_also_after_a_reload() -> None:
    old = made("Where is the cat?", " On the mat.", [], LOCAL_MODEL_ID)
    new, recipe = branched(old, " On the couch", " couch")
    assert recipe.messages[-1] == Message("assistant", " On the couch")
    assert new.answer.text == " On the couch"
    turn = Turn([old, new], 1)
    assert "goes on from “couch”" in what_changed(turn)
    back = restored(stored(Conversation(turn))).conversation.root
    assert back is not None
    assert back.variants[1].branch == "couch"
