"""Which turns of a long conversation are drawn together on one page."""

PAGE, STEP = 10, 5
"""The most turns on a page, since drawing a long conversation would delay its next token; and by how many
turns the newest page moves, so that most turns keep their place when the next one is asked."""


def page_spans(turns: int) -> list[tuple[int, int]]:
    """For each page, oldest first: the index of its first turn, and the index after its last."""
    newest = 0 if turns <= PAGE else (turns - STEP - 1) // STEP * STEP
    earlier = [(max(0, end - PAGE), end) for end in range(newest, 0, -PAGE)]
    return [*reversed(earlier), (newest, turns)]
