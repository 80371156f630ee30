"""The tree of answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lib.comparison.figures import words
from lib.comparison.word_tree import Branch, word_tree


def drawn(tree: Branch) -> list[str]:
    return [f"{'  ' * depth}{len(branch.answers)} {branch.text}".rstrip() for depth, branch in tree.walk()]


def test_what_all_share_is_one_line_and_it_forks_where_they_part_the_largest_first() -> None:
    tree = word_tree(
        [
            "The sea is blue.",
            "The sea was calm, and cold.",
            "The sea was calm, they say.",
            "The sea was calm.",
        ]
    )
    assert drawn(tree) == [
        "4 The sea",
        "  3 was calm",
        "    2 ,",
        "      1 and cold.",
        "      1 they say.",
        "    1 .",
        "  1 is blue.",
    ]


def test_answers_that_are_the_same_are_one_line() -> None:
    tree = word_tree(["Luna.", "Luna. "])
    assert (tree.text, tree.answers, tree.ends, tree.forks) == ("Luna.", (0, 1), (0, 1), ())


def test_a_tree_of_answers_that_share_nothing_forks_at_once() -> None:
    assert drawn(word_tree(["Luna", "Ash", "Luna"])) == ["3", "  2 Luna", "  1 Ash"]


def test_an_answer_that_ends_where_others_go_on_ends_at_the_fork() -> None:
    tree = word_tree(["Yes", "Yes, of course", "Yes, always"])
    assert tree.ends == (0,)
    assert tree.forks[0].answers == (1, 2)


def test_pieces_are_on_one_line_and_composed() -> None:
    tree = word_tree(["A cafe\u0301\n\n* one", "A café\n\n* two"])
    assert drawn(tree) == ["2 A café *", "  1 one", "  1 two"]


@given(st.lists(st.text("ab .,\n", max_size=20), min_size=1, max_size=6))
def test_every_answer_can_be_read_along_its_branches(texts: list[str]) -> None:
    tree = word_tree(texts)
    read: dict[int, list[str]] = {index: [] for index in range(len(texts))}
    ended: list[int] = []
    for _, branch in tree.walk():
        ended += branch.ends
        for index in branch.answers:
            read[index] += words(branch.text)
    assert read == {index: words(text) for index, text in enumerate(texts)}
    assert sorted(ended) == list(range(len(texts)))
