"""Which turns of a long conversation are drawn together on one page."""

PAGE = 10
"""The most turns on a page. Drawing more would delay the next token of an answer."""
STEP = 5
"""The newest page begins with turn 0, 5, 10, ..., so most turns keep their place when a prompt is added."""


def page_spans(turns: int) -> list[tuple[int, int]]:
    """For each page, oldest first: the index of its first turn, and the index after its last turn."""
    newest = 0 if turns <= PAGE else (turns - STEP - 1) // STEP * STEP
    earlier = [(max(0, end - PAGE), end) for end in range(newest, 0, -PAGE)]
    return [*reversed(earlier), (newest, turns)]
