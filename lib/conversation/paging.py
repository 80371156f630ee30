"""Which turns of a long conversation are drawn together on one page."""

PAGE, STEP = 10, 5
"""Turns on a page at most, since drawing all of a long conversation would delay its next token. The newest
page moves on by `STEP`: a turn mostly stays where it is when the next is asked."""


def page_spans(turns: int) -> list[tuple[int, int]]:
    """The first turn of each page and the one after its last, from 0; the oldest page first."""
    newest = 0 if turns <= PAGE else (turns - STEP - 1) // STEP * STEP
    earlier = [(max(0, end - PAGE), end) for end in range(newest, 0, -PAGE)]
    return [*reversed(earlier), (newest, turns)]
