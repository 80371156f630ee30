"""Which words are marked in the columns of a comparison."""

from __future__ import annotations

from lib.ui.compare.columns import _marked
from tests.support.makers import replied, run_of


def test_words_are_marked_against_the_column_before_or_the_first_one() -> None:
    run = run_of("Count", [0, 0.5, 1])
    words = "one two three four five six seven eight"
    for column, text in zip(run.columns, (words, f"{words} nine", f"{words} nine"), strict=True):
        column.repeats[0].reply = replied(column.recipe, text)
    text = f"{words} nine"
    assert _marked(run, 2, text, with_first=False)[0] == text  # the second column has them all
    assert _marked(run, 2, text, with_first=True)[0] != text
    assert _marked(run, 0, words, with_first=True)[0] == words
