"""Turns the text of a model into the Markdown that Streamlit should draw.

Streamlit draws `$…$` as mathematics and fetches images. Models write prices, `\\(x\\)` and images. The result
shows prices as prices, mathematics in both spellings as mathematics, and an image as the text of its
Markdown, so that an answer never makes the browser call another host. Inline and fenced code is not changed.
"""

from __future__ import annotations

import re

_PLAIN = re.compile(r"[^`$\\!\[\n]+")
_BACKTICKS = re.compile(r"`+")
# The first line of a list item may open one; "```code```" is inline code, wherever it stands.
FENCE = re.compile(r"\s*(?:(?:[-+*]|\d{1,9}[.)])\s+)*(`{3,}(?=[^`]*$)|~{3,})")
_AMOUNT = re.compile(r"\$\d[\d.,]*")
_VARIABLE = re.compile(r"\$[A-Za-z_]\w+(?=[^\w$\\^{=+])")
_SCALE = re.compile(r"(?:[kKMBT]|bn|USD)\b")
_FORMULA_AFTER_AMOUNT = re.compile(r" ?[\\^_=+*<>{$a-zA-Z(]")
_LONGEST_FORMULA = 1200  # characters
_LONGEST_CODE = 2000  # characters of inline code


def typeset(text: str) -> str:
    """The whole text. A `Typesetter` that gets the text in any pieces gives the same result."""
    setter = Typesetter()
    return setter.feed(text) + setter.finish()


class Typesetter:
    """Typesets text that arrives in pieces. `feed` returns the text that is decided; a `$` or a formula whose
    end has not arrived is held back."""

    def __init__(self) -> None:
        self._held = ""
        self._line = ""  # the part of the current line that is decided
        self._fence = ""  # the fence that is open, as it was written

    def feed(self, text: str) -> str:
        self._held += text
        return self._decide(final=False)

    def finish(self) -> str:
        """The text that was held back, decided as the end of the answer."""
        return self._decide(final=True)

    def _decide(self, final: bool) -> str:
        out: list[str] = []
        while self._held:
            taken, drawn = self._next(self._held, final)
            if not taken:
                break
            self._take(taken)
            out.append(drawn)
        return "".join(out)

    def _take(self, taken: int) -> None:
        text, self._held = self._held[:taken], self._held[taken:]
        *ended, rest = text.split("\n")
        for part in ended:
            self._end_line(self._line + part)
            self._line = ""
        self._line += rest

    def _end_line(self, line: str) -> None:
        marker = FENCE.match(line)
        if self._fence:
            if marker and marker[1].startswith(self._fence) and line.strip() == marker[1]:
                self._fence = ""
        elif marker:
            self._fence = marker[1]

    def _next(self, held: str, final: bool) -> tuple[int, str]:
        """How many characters are decided, and what to draw for them; (0, "") if that depends on later
        text."""
        if held[0] == "\n":
            return 1, "\n"
        if self._fence:
            end = held.find("\n")
            end = len(held) if end < 0 else end
            return end, held[:end]
        if held[0] == "`":
            return self._backticks(held, final)
        if plain := _PLAIN.match(held):
            return plain.end(), plain[0]
        if held[0] == "\\":
            return self._backslash(held, final)
        if held[0] == "$":
            return self._dollar(held, final)
        if held[0] == "[" and self._line.endswith("!"):
            return 1, "\\["
        return 1, held[0]

    def _backticks(self, held: str, final: bool) -> tuple[int, str]:
        """Inline code as a whole. Backticks without closing backticks on the same line are drawn as they are.

        Markdown allows inline code over several lines, but other marks can end it there, and an image inside
        it would then be fetched.
        """
        run = len(_BACKTICKS.match(held)[0])  # type: ignore[index]
        line_end = held.find("\n")
        if run >= 3 and FENCE.match(self._line + held[: line_end if line_end > 0 else None]):
            return (line_end, held[:line_end]) if line_end > 0 else (len(held), held) if final else (0, "")
        line = held[: line_end if line_end > 0 else _LONGEST_CODE]
        if closing := re.search(rf"(?<!`)`{{{run}}}(?!`)", line[run:]):
            end = run + closing.end()
            return (end, held[:end]) if end < len(held) or final else (0, "")
        undecided = run == len(held) or (line_end < 0 and len(held) < _LONGEST_CODE)
        return (0, "") if undecided and not final else (run, held[:run])

    def _backslash(self, held: str, final: bool) -> tuple[int, str]:
        if len(held) == 1:
            return (1, held) if final else (0, "")
        if held[1] in "([":
            close = "\\)" if held[1] == "(" else "\\]"
            return self._formula(held, final, 2, close, display=held[1] == "[") or (2, "\\" + held[:2])
        return (1, "\\") if held[1] == "\n" else (2, held[:2])

    def _dollar(self, held: str, final: bool) -> tuple[int, str]:
        price = (1, "\\$")
        if len(held) == 1:
            return price if final else (0, "")
        if held[1] == "$":
            return self._formula(held, final, 2, "$$", display=True) or (2, "\\$\\$")
        if held[1].isspace():
            return price
        if amount := _AMOUNT.match(held):
            after = held[amount.end() :]
            if len(after) < 5 and "\n" not in after and not final:
                return 0, ""
            if (
                _SCALE.match(after)
                or not _FORMULA_AFTER_AMOUNT.match(after)
                or re.match(r" [a-zA-Z(]", after)
            ):
                return price
        elif _VARIABLE.match(held):
            return price
        return self._formula(held, final, 1, "$", display=False) or price

    def _formula(
        self, held: str, final: bool, opened: int, close: str, display: bool
    ) -> tuple[int, str] | None:
        """The formula that starts here, as drawn; (0, "") if its end may still arrive; None if it is no
        formula."""
        line_end = held.find("\n\n" if display else "\n")
        limit = _LONGEST_FORMULA if line_end < 0 else min(line_end, _LONGEST_FORMULA)
        end = held.find(close, opened, limit)
        while close == "$" and end > 0 and not self._closes(held, end):
            end = held.find(close, end + 1, limit)
        waiting = not final and len(held) <= limit + 1
        if end < 0:
            return (0, "") if waiting and line_end < 0 else None
        after = end + len(close)
        if close == "$" and after == len(held) and not final:
            return 0, ""
        if close == "$" and held[after : after + 1].isdigit():
            return None
        formula = held[opened:end].strip().replace("![", "! [")  # the same formula, and never an image
        if not formula:
            return None
        if not display:
            return after, f"${formula}$"
        return self._displayed(held, final, after, formula)

    def _displayed(self, held: str, final: bool, after: int, formula: str) -> tuple[int, str]:
        if after == len(held) and not final:
            return 0, ""
        alone = not self._line.strip() and held[after : after + 1] in ("", "\n")
        if not alone:
            return after, f"$\\displaystyle {' '.join(formula.split())}$"
        indent = "\n" + self._line
        return after, f"$${indent}{formula}{indent}$$"

    @staticmethod
    def _closes(held: str, end: int) -> bool:
        return end > 1 and not held[end - 1].isspace() and held[end - 1] != "\\"
