"""A shared comparison as a blind taste: what can be asked, in which order, and what a pick counts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lib.bedrock.answer import Answer
from lib.comparison.blind import Question, Round
from lib.records import run_records, tasting
from lib.records.links import from_file, from_link, to_file, to_link
from lib.records.shared import LinkError, Shared, share
from tests.support.makers import DAY, answered, recipe

TEMPERATURES = (0.0, 0.3, 0.7, 1.0)


def answers(*temperatures: float, repeats: int = 1) -> list[Answer]:
    return [
        answered(recipe("Write a haiku.", temperature=each), f"At {each}: {repeat}.")
        for each in temperatures
        for repeat in range(repeats)
    ]


def taste(question: Question | None = "best", made: list[Answer] | None = None) -> Shared:
    made = answers(*TEMPERATURES) if made is None else made
    return replace(share("comparison", made, on=DAY), question=question)


@pytest.mark.parametrize("question", ["best", "hottest"])
def test_a_blind_taste_comes_back_from_its_link_and_is_format_4(question: Question) -> None:
    sent = taste(question)
    assert from_link(to_link(sent)) == from_file(to_file(sent)) == sent
    assert json.loads(to_file(sent))["sirocco"] == 4


def test_a_comparison_that_is_no_blind_taste_has_the_format_that_earlier_versions_open() -> None:
    document = json.loads(to_file(taste(None)))
    assert document["sirocco"] < 4
    assert "question" not in document


@pytest.mark.parametrize(
    ("made", "offered"),
    [
        (answers(0.0, 1.0), ("best", "hottest")),
        (answers(0.5, repeats=2), ()),
        ([answered(recipe("Hi", top_p=each), "Hello.") for each in (0.1, 0.9)], ("best",)),
        ([answered(recipe("Hi", temperature=each), " ") for each in (0.1, 0.9)], ()),
        (answers(*(number / 10 for number in range(6))), ()),
    ],
    ids=["temperatures", "one setting", "top p", "no texts", "six columns"],
)
def test_only_what_the_answers_can_tell_is_asked(made: list[Answer], offered: tuple[Question, ...]) -> None:
    assert tasting.questions(share("comparison", made, on=DAY)) == offered


def test_without_answers_or_columns_there_is_nothing_to_taste() -> None:
    made = answers(0.0, 1.0)
    assert tasting.questions(share("comparison", made, on=DAY, without=["answers"])) == ()
    assert tasting.questions(share("conversation", made, on=DAY)) == ()


@pytest.mark.parametrize("wrong", ["coldest", 1, ["best"], {}, True])
def test_another_question_is_refused(wrong: object) -> None:
    document = json.loads(to_file(taste())) | {"question": wrong}
    with pytest.raises(LinkError, match="This file holds something"):
        from_file(json.dumps(document).encode())


def test_a_question_that_these_answers_cannot_be_asked_is_refused() -> None:
    document = json.loads(to_file(taste(None, answers(0.5, repeats=2)))) | {"question": "best"}
    with pytest.raises(LinkError, match="This file holds something"):
        from_file(json.dumps(document).encode())


def test_repeats_are_not_shown_before_the_pick_and_the_order_is_the_same_for_every_reader() -> None:
    sent = taste("hottest", answers(*TEMPERATURES, repeats=3))
    assert tasting.tasted(sent) == [0, 3, 6, 9]
    assert sorted(tasting.order(sent)) == [0, 3, 6, 9]
    assert tasting.order(from_link(to_link(sent))) == tasting.order(sent)
    orders = {tuple(tasting.order(taste("best", answers(*TEMPERATURES[:3], top)))) for top in (0.8, 0.9, 1.0)}
    assert len(orders) > 1  # so that the first letter is not always the coldest


def test_a_pick_is_a_round_with_the_name_of_its_setting() -> None:
    picked = tasting.tasting_round(taste("hottest"), 3)
    assert picked == Round("haiku", "Temperature 1", "hottest", True)
    assert tasting.tasting_round(taste("best"), 1) == Round("haiku", "Temperature 0.3")
    assert tasting.picked_in(taste("hottest"), picked) == 3


def test_a_pick_among_equal_answers_is_no_round() -> None:
    made = [replace(each, text=text) for each, text in zip(answers(0.0, 0.5, 1.0), "AAB", strict=True)]
    assert tasting.tasting_round(taste("best", made), 0) is None
    assert tasting.tasting_round(taste("best", made), 2)


def test_columns_that_differ_in_more_than_one_setting_are_named_by_all_of_them() -> None:
    settings = ({"temperature": 0.1, "top_p": 0.5}, {"temperature": 0.1}, {"top_p": 0.5})
    made = [answered(recipe("Hi", **each), str(each)) for each in settings]
    done = tasting.tasting_round(taste("best", made), 0)
    assert done
    assert "temperature 0.1 · top p 0.5" in done.label


def test_the_rounds_are_kept_without_any_run_of_ones_own() -> None:
    sent = taste("hottest")
    done = tasting.tasting_round(sent, 2)
    assert done
    rounds = {tasting.round_id(sent): done}
    back = run_records.restore(run_records.to_text([], rounds), 4)
    assert (back.rounds, back.note) == (rounds, "")
    assert run_records.to_text([]) == ""
