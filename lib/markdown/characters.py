"""Which characters Markdown treats as punctuation, and which scripts are written without spaces."""

from __future__ import annotations

import unicodedata

# Hangul Jamo, CJK radicals to Yi, Hangul syllables, compatibility and full-width forms, ideographs beyond the
# basic plane; Thai, Lao, Tibetan, Myanmar and Khmer.
_WIDE = (
    (0x1100, 0x11FF),
    (0x2E80, 0xA4CF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7FF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),
    (0x20000, 0x3FFFF),
    (0x0E00, 0x109F),
    (0x1780, 0x17FF),
)


def is_wide(character: str) -> bool:
    """Whether it belongs to a script that puts no spaces between words."""
    return character > "\u0dff" and any(low <= ord(character) <= high for low, high in _WIDE)


def is_punctuation(character: str) -> bool:
    """Whether CommonMark 0.31.2 counts it as punctuation: categories P and S of Unicode."""
    return bool(character) and unicodedata.category(character)[0] in "PS"


def is_word(character: str) -> bool:
    """Whether it is neither white space nor punctuation. The beginning of a line is no word."""
    return bool(character) and not character.isspace() and not is_punctuation(character)
