"""Counts, times, amounts and long texts, worded the same in every part of the app."""

from lib.mistral.cost import in_words


def count(number: int, noun: str) -> str:
    """A number with its noun, in the plural unless it is one."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def duration(ms: float | None) -> str:
    """`ms` in words: milliseconds below a second, then seconds."""
    if ms is None:
        return "an unknown time"
    if ms < 10:
        return f"{ms:.1f} ms"
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.2f} s"


def dollars(micro: int) -> str:
    """An amount in micro-dollars, in words. The dollar sign is escaped, because Streamlit's Markdown would
    start a formula at it."""
    return in_words(micro).replace("$", "\\$")


def clipped(text: str, most: int) -> str:
    """The text on one line of at most `most` characters, with an ellipsis where something was cut off."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def unreadable(number: int, noun: str) -> str:
    """One sentence about saved things that could not be read; "" for none."""
    if not number:
        return ""
    return (
        f"{count(number, f'saved {noun}')} could not be read and {'was' if number == 1 else 'were'} left out."
    )
