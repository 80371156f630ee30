"""The figures against cases counted by hand, published values and the standard library."""

from __future__ import annotations

import math
from os.path import commonprefix
from statistics import correlation, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.comparison.figures import (
    Figures,
    compared,
    figures,
    groups,
    how_many,
    jackknife,
    order,
    quantile,
    shared,
    where,
    words,
)

TEXTS = st.lists(st.text("ab .,", max_size=30), min_size=3, max_size=6)
# Average LSAT and GPA of 15 law schools: Efron and Tibshirani, An Introduction to the Bootstrap, 1993,
# table 3.1.
LSAT = [576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594]
GPA = [3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96]


def of(*texts: str) -> Figures:
    found = figures(texts)
    assert found
    return found


def test_one_answer_has_no_figures() -> None:
    assert figures([]) is None
    assert figures(["Whiskers"]) is None


def test_answers_that_are_all_the_same_share_their_whole_length_and_have_no_interval() -> None:
    found = of("The sea is wide.", "The sea  is wide.", "The sea is wide.")
    assert (found.different, found.shared, found.each) == (1, 5.0, (5.0,) * 3)
    assert found.interval is None
    assert (how_many(found), where(found)) == ("3 of 3 the same", "nowhere")


def test_where_they_part_is_the_mean_over_pairs() -> None:
    # The first and the second share 2 words, the second and the third 2, the first and the third all 4.
    found = of("the big red fox", "the big blue fox", "the big red fox")
    assert found.different == 2
    assert found.shared == pytest.approx((2 + 4 + 2) / 3)
    assert found.each == pytest.approx((3, 2, 3))
    assert how_many(found) == "2 of 3 different"


def test_the_interval_is_the_jackknife_counted_by_hand() -> None:
    # Without each in turn one pair is left: 2, 4 and 2 words. Their mean is 8/3.
    found = of("the big red fox", "the big blue fox", "the big red fox")
    error = math.sqrt(2 / 3 * ((2 - 8 / 3) ** 2 + (4 - 8 / 3) ** 2 + (2 - 8 / 3) ** 2))
    assert found.error == pytest.approx(error)
    assert found.interval == pytest.approx((0.0, 8 / 3 + 4.303 * error))
    assert where(found) == "after 2.7 words (0.0 to 8.4)"


def test_two_answers_have_a_figure_and_no_interval() -> None:
    found = of("a b c", "a b d")
    assert (found.shared, found.interval) == (2.0, None)
    assert where(found) == "after 2.0 words"


def test_answers_that_share_no_word_part_at_the_first_one() -> None:
    assert where(of("a b", "c d", "e f")) == "at the first word"


def test_an_answer_that_ends_where_another_goes_on_parts_there() -> None:
    assert shared(["a", "b"], ["a", "b", "c"]) == 2
    assert of("a b", "a b c").different == 2


def test_the_jackknife_gives_the_published_error_of_the_law_school_correlation() -> None:
    """0.1425: R's bootstrap::jackknife with the data of table 3.1, and Efron 1982, page 14 (0.142)."""

    def estimate(kept: object) -> float:
        assert isinstance(kept, list)
        return correlation([LSAT[at] for at in kept], [GPA[at] for at in kept])

    assert jackknife(15, estimate) == pytest.approx(0.1425, abs=0.0001)


def test_the_jackknife_of_a_mean_is_its_usual_standard_error() -> None:
    values = [3.0, 5.0, 4.0, 9.0]
    error = jackknife(4, lambda kept: sum(values[at] for at in kept) / len(kept))
    assert error == pytest.approx(stdev(values) / 2)


def test_students_t_is_the_table_value() -> None:
    assert [quantile(freedom) for freedom in (1, 9, 29, 30, 31)] == [12.706, 2.262, 2.045, 2.042, 1.96]


def test_an_order_is_told_where_the_interval_of_the_difference_is_without_0() -> None:
    early, late = Figures(10, 10, 2.0, (), 0.5), Figures(10, 5, 6.0, (), 1.0)
    assert order(late, early) == 1
    assert order(early, late) == -1
    # 4 apart, with an error of 1.1 and t 2.262: 4 > 2.5. At 2 apart it would be a guess.
    assert order(early, Figures(10, 5, 4.0, (), 1.0)) is None


def test_with_three_answers_or_fewer_there_is_no_order() -> None:
    assert order(Figures(3, 3, 0.0, (), 0.1), Figures(3, 3, 20.0, (), 0.1)) is None
    assert order(Figures(4, 3, 0.0, (), 0.1), Figures(4, 3, 20.0, (), 0.1)) == -1


def test_answers_that_never_part_are_not_said_to_part_earlier() -> None:
    same = of(*["Paris."] * 5)
    long = of(*(f"It is a large and old city in {name}" for name in "abcde"))
    assert same.shared < long.shared
    assert order(same, long) is None
    assert order(of(*["It is a large and old city in France now."] * 5), long) == 1


def test_neighbours_are_compared_in_words() -> None:
    early, late = Figures(10, 10, 2.0, (), 0.5), Figures(10, 5, 6.0, (), 1.0)
    same = Figures(10, 1, 6.0, (), None)
    names = ["Temperature 0", "Temperature 0", "Temperature 0.3", "Temperature 1"]
    assert compared(names, [same, same, late, early]) == [
        "Temperature 0 and Temperature 0: no answers part.",
        "Temperature 0 and Temperature 0.3: too few to say which part earlier.",
        "Answers of Temperature 1 part earlier than those of Temperature 0.3.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The sea's wide, isn't it?", ["The", "sea's", "wide", ",", "isn't", "it", "?"]),
        ("海は広い。", ["海", "は", "広", "い", "。"]),
        ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
        ("A\tb\n\n  c ", ["A", "b", "c"]),
        ("cafe\u0301", ["café"]),
        ("🌊 tide", ["🌊", "tide"]),
    ],
)
def test_words_are_what_a_reader_would_count(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_answers_are_grouped_whatever_their_white_space() -> None:
    assert groups(["Luna.", "Ash", "Luna. ", "Luna.\n", "ash"]) == [[0, 2, 3], [1], [4]]


@given(TEXTS)
def test_the_shared_beginning_is_the_standard_librarys_and_order_does_not_matter(texts: list[str]) -> None:
    found, back = figures(texts), figures(texts[::-1])
    assert found
    assert back
    assert found.shared == pytest.approx(back.shared)
    told = [words(text) for text in texts]
    count = len(told)
    pairs = [len(commonprefix([told[i], told[j]])) for i in range(count) for j in range(i)]  # noqa: RUF071
    assert found.shared == pytest.approx(sum(pairs) / len(pairs))
    assert (found.error is None) == (found.different == 1)


def test_the_smaller_of_two_groups_decides_how_certain_an_order_must_be() -> None:
    few, many = Figures(4, 4, 10.0, (), 1.0), Figures(30, 30, 7.5, (), 0.0)
    assert order(few, many) is None  # 2.5 standard errors: enough for 30 answers, too little for 4
    assert order(many, few) is None
    assert order(Figures(4, 4, 10.7, (), 1.0), many) == 1
