"""Turns the text of a model into the Markdown that Streamlit should draw, while the text arrives.

The rules are in `lib.markdown.rules`. This module applies them to the text outside code.
"""

from __future__ import annotations

from lib.markdown import links
from lib.markdown.characters import is_punctuation, is_wide, is_word
from lib.markdown.direction import item_mark
from lib.markdown.rules import BY_CHARACTER, PLAIN, SEAM
from lib.markdown.scan import HOLD, Drawn, Scan

_ICON = ":material/"
_INDENTED_START = "[\u2060]: <>\n\n"
"""A definition of a link that nothing uses. It keeps Streamlit from removing indentation at the beginning."""


def streamlit_markdown(text: str, shared: bool = False) -> str:
    """The whole text. A `StreamlitMarkdown` that gets the text in any pieces gives the same result."""
    markdown = StreamlitMarkdown(shared)
    return markdown.feed(text) + markdown.finish()


class StreamlitMarkdown:
    """Converts text that arrives in pieces. `feed` returns the text that is decided, `finish` the rest.

    `shared`: the text is from a stranger. It is displayed the same way, but nothing in it is a link.
    """

    def __init__(self, shared: bool = False) -> None:
        self._scan = Scan(shared)
        self._return = ""  # a carriage return whose line feed may follow
        self._begun = False

    @property
    def held(self) -> str:
        """The text that is held back."""
        return self._scan.text[self._scan.at :] + self._return

    def feed(self, text: str) -> str:
        text = self._return + text
        self._return = "\r" if text.endswith("\r") else ""
        if self._return:
            text = text[:-1]
        return self._decide(text.replace("\r\n", "\n").replace("\r", "\n"))

    def finish(self) -> str:
        """The text that was held back, decided as the end of the answer."""
        self._scan.final = True
        return self._decide("\n" if self._return else "")

    def _decide(self, more: str) -> str:
        scan = self._scan
        scan.text, scan.at = scan.text[scan.at :] + more, 0
        out: list[str] = []
        if not self._begun and scan.text:
            scan.at = len(scan.text) - len(scan.text.lstrip("\n"))
            if scan.at < len(scan.text):
                self._begun = True
                out.append(_INDENTED_START if scan.text[scan.at].isspace() else "")
        while scan.at < len(scan.text):
            drawn = _next(scan)
            if drawn is HOLD:
                break
            out.append(drawn.text)
            scan.take(drawn)
        return "".join(out)


def _next(scan: Scan) -> Drawn | None:
    """What to draw for the next part of the text; HOLD if that depends on text that has not arrived."""
    if scan.next(0) == "\n" and not (scan.angle or scan.pending[0]):
        return _end_line(scan)
    if not scan.blocks.kind:
        taken = scan.blocks.prefix(scan.text, scan.at, scan.final)
        if taken is None:
            return HOLD
        if taken:
            return Drawn(taken, scan.ahead(taken))
    if scan.blocks.kind in ("fence", "code"):
        end = scan.text.find("\n", scan.at)
        end = len(scan.text) if end < 0 else end
        return Drawn(end - scan.at, _without_icons(scan.tail, scan.text[scan.at : end]))
    if scan.blocks.new_item and scan.blocks.kind == "text":
        mark = item_mark(scan)
        scan.blocks.new_item = mark is HOLD
        if mark is HOLD or mark.text:
            return mark
    return _inline(scan)


def _without_icons(before: str, code: str) -> str:
    """A part of a line of code, after the text `before`, with an invisible character in each `:material/`:
    Streamlit would replace the slash, even in code."""
    before = before[1 - len(_ICON) :]
    return (before + code).replace(_ICON, f"{_ICON[:-1]}\u2060/")[len(before) :]


def _end_line(scan: Scan) -> Drawn | None:
    scan.address = None
    drawn = BY_CHARACTER["\n"].draw(scan)
    if not scan.blocks.paragraph:
        scan.new_paragraph()
    return drawn


def _inline(scan: Scan) -> Drawn | None:
    character = scan.next(0)
    if scan.pending[0] and character != scan.pending[0]:
        return Drawn(0, _end_run(scan, character), "")
    if scan.angle:
        return links.in_angle(scan)
    if scan.address is not None:
        return links.in_address(scan)
    plain = PLAIN.match(scan.text, scan.at)
    if plain:
        return Drawn(len(plain[0]), plain[0])
    return BY_CHARACTER[character].draw(scan)


def _end_run(scan: Scan, after: str) -> str:
    """A run of stars or tildes has ended before the character `after`: it begins or ends emphasis."""
    character, before = scan.pending
    scan.pending = ("", "")
    if character in scan.open_runs and before and not before.isspace():
        scan.open_runs = scan.open_runs.replace(character, "", 1)
        seam = is_punctuation(before) and is_word(after) and (is_wide(before) or is_wide(after))
        return SEAM if seam else ""
    if not after.isspace():
        scan.open_runs += character
    return ""
