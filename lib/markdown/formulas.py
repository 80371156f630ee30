"""Finds the formulas in a text of a model, and tells them from prices, shell variables and prose."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 1200
"""The longest formula, in characters. An opening mark waits no longer than that for its end."""
_AMOUNT = re.compile(r"\d[\d.,]*")
_SCALE = re.compile(r"(?:[kKMBT]|bn|USD)(?=\W)")
_AFTER_AMOUNT = re.compile(r" ?(?:[\\^_=+<>{(]|\*[\w\\(]|[a-zA-Z(])")
_IDENTIFIER = re.compile(r"(?:[A-Za-z]{2}|_)\w*")
_AFTER_IDENTIFIER = re.compile(r"[\\^{_(]|\s*(?:[=+*<>]|\\)|$")
_DOLLAR = re.compile(r"(?<!\\)\$")
_PROSE = re.compile(
    r"(?<!\\)\$|\*\*|`|\s[*_]+$|^[*_]+\s|[.!?;:] [A-Za-z]{2,}|, (?:and|or|but|the|a|for|at)\b"
)
_NAMED = re.compile(r"\\(?:text|mathrm|operatorname|textbf|textit|mathbf)\s*\{[^}]*\}|\\[A-Za-z]+")
_LETTER = re.compile(r"[^\W_]")
_WORD = re.compile(r"[A-Za-z]{3,}")
_SIGNS = re.compile(r"[\\^_{}=+<>|/*-]|\d")


@dataclass(frozen=True)
class Formula:
    """A formula and where it ends in the text."""

    body: str
    end: int
    display: bool


class Open:
    """The end of the formula may still arrive."""


OPEN = Open()


def in_dollars(text: str, at: int, final: bool) -> Formula | Open | None:
    """The formula that begins with the `$` or `$$` at `at`; None if it is another dollar sign."""
    if text.startswith("$$", at):
        return _between(text, at, final, "$$", "$$")
    opened = at + 1
    if opened >= len(text):
        return None if final else OPEN
    if text[opened].isspace():
        return None
    line_end = _find(text, "\n", opened, opened + LONGEST)
    limit = len(text) if line_end < 0 else line_end
    limit = min(limit, opened + LONGEST)
    end = text.find("$", opened, limit)
    while end >= 0 and (text[end - 1].isspace() or text[end - 1] == "\\" or end == opened):
        end = text.find("$", end + 1, limit)
    if end < 0:
        waiting = not final and line_end < 0 and len(text) <= opened + LONGEST
        return OPEN if waiting and not _surely_no_formula(text[opened:limit]) else None
    if end + 1 == len(text) and not final:
        return OPEN
    body = text[opened:end]
    if text[end + 1 : end + 2].isdigit() or not _is_formula(body, text[end + 1 : end + 2]):
        return None
    return Formula(body.strip(), end + 1, display=False)


def in_brackets(text: str, at: int, final: bool) -> Formula | Open | None:
    r"""The formula that begins with the `\(` or `\[` at `at`; None if these are escaped brackets."""
    opening = text[at : at + 2]
    return _between(text, at, final, opening, "\\)" if opening == "\\(" else "\\]")


def _between(text: str, at: int, final: bool, opening: str, closing: str) -> Formula | Open | None:
    display = opening != "\\("
    start = at + len(opening)
    stop = _block_end(text, start) if display else _find(text, "\n", start, start + LONGEST)
    limit = min(len(text) if stop < 0 else stop, start + LONGEST)
    end = text.find(closing, start, limit)
    if end < 0:
        return OPEN if not final and stop < 0 and len(text) <= start + LONGEST else None
    after = end + len(closing)
    if display and after == len(text) and not final:
        return OPEN  # what follows tells whether it stands alone on its lines
    body = text[start:end]
    if not body.strip() or _DOLLAR.search(body) or (opening != "$$" and not _has_mathematics(body)):
        return None
    return Formula(body.strip(), after, display)


def _block_end(text: str, start: int) -> int:
    """Where a blank line ends the block; -1 if none has arrived."""
    found = re.compile(r"\n[ \t>]*\n").search(text, start, start + LONGEST)
    return found.start() if found else -1


def _find(text: str, wanted: str, start: int, stop: int) -> int:
    return text.find(wanted, start, stop)


def _is_formula(body: str, after: str) -> bool:
    """Whether what stands between two single dollar signs is mathematics."""
    if _PROSE.search(body) or _surely_no_formula(body):
        return False
    amount = _AMOUNT.match(body)
    if amount:
        rest = body[amount.end() :]
        if rest and not _AFTER_AMOUNT.match(rest):
            return False
        return not (after.isalnum() and not rest)
    words = _WORD.findall(_NAMED.sub(" ", body))
    return bool(_SIGNS.search(_NAMED.sub("\\\\", body))) or len(words) < 2


def _surely_no_formula(body: str) -> bool:
    """Whether the text after a dollar sign is an amount in words, or the name of a variable.

    If that is so for the beginning of a text, then for all of it: how much has arrived does not matter.
    """
    amount = _AMOUNT.match(body)
    if amount:
        rest = body[amount.end() :]
        return bool(_SCALE.match(rest) or re.match(r" [a-zA-Z(]|\*[^\w\\(]", rest))
    name = _IDENTIFIER.match(body)
    if name is None or not body[name.end() :].strip():
        return False
    return not _AFTER_IDENTIFIER.match(body, name.end())


def _has_mathematics(body: str) -> bool:
    """Whether what stands between escaped brackets is mathematics and not a bracketed word."""
    if _PROSE.search(body.strip()) or not _LETTER.search(body):
        return False
    plain = _NAMED.sub("", body)
    return bool("\\" in body or _SIGNS.search(plain)) or not _WORD.search(plain)
