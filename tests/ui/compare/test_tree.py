"""The drawing of the word tree: one line for each branch, joined to the branch it forks from."""

from __future__ import annotations

from lib.comparison.word_tree import word_tree
from lib.ui.compare.tree import MOST_ROWS, chart


def rows(texts: list[str]) -> list[dict[str, object]]:
    drawn = chart(word_tree(texts), len(texts), "black").to_dict()
    (found,) = drawn["datasets"].values()
    return list(found)


def test_a_branch_is_below_the_one_it_forks_from_one_step_to_the_right() -> None:
    drawn = rows(["The sea is blue", "The sea was calm", "The sea was cold", "A fox"])
    assert [(row["label"], row["to"], row["above"], row["count"]) for row in drawn] == [
        ("4 of 4  ", 0, 0, 4),
        ("3 of 4  The sea", 1, 0, 3),
        ("2 of 4  was", 2, 1, 2),
        ("1 of 4  calm", 3, 2, 1),
        ("1 of 4  cold", 3, 2, 1),
        ("1 of 4  is blue", 2, 1, 1),
        ("1 of 4  A fox", 1, 0, 1),
    ]


def test_a_long_piece_is_shortened_and_a_large_tree_is_cut() -> None:
    drawn = rows([f"{index} " + "word " * 40 for index in range(100)])
    assert len(drawn) == MOST_ROWS
    assert str(drawn[1]["label"]).endswith("…")
