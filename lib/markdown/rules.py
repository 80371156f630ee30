r"""The table of rules for everything between what a model wrote and what Streamlit draws.

Streamlit 1.67.0 draws GitHub Flavored Markdown and more: emoji, icons, colours, directives, mathematics and
arrows. It also reads some of Markdown in another way than models write it. Each rule below is for some
characters of text outside code. It says which part of the text it decides, and what is drawn for that part.

What a rule draws depends on the text before it and on at most two characters after it, except inside an open
`$`, `\(`, `\[` or backtick and after `<br` in a table. So how the text was cut into chunks does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeGuard

from lib.markdown import inline_code, links
from lib.markdown.characters import is_punctuation, is_wide, is_word
from lib.markdown.formulas import OPEN, Formula, Open, in_brackets, in_dollars
from lib.markdown.katex import EACH, is_permitted
from lib.markdown.scan import HOLD, Drawn, Scan, alone, entity

NEWLINE = "  \n"
"""A line break in a paragraph. At the end of a paragraph the two spaces mean nothing."""
SEAM = ":color[]"
"""An empty span. Markdown counts it as punctuation, so emphasis can begin after it and end before it."""
CELL_BREAK = "$\\\\$"
"""A formula that is only a line break. Streamlit draws no other line break inside a table."""
_LONGEST_DELIMITERS = 2000
_PREFIX = re.compile(r"\n[ \t>]*")
_DASHES = re.compile(r"[-|: \t]*")
_CELL_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_CELL_BREAK_BEGUN = re.compile(r"<(?:b(?:r(?: ?/?)?)?)?", re.IGNORECASE)


class Rule(NamedTuple):
    """`draw` decides text that begins with one of the `characters`."""

    characters: str
    draw: Callable[[Scan], Drawn | None]
    reason: str


def _newline(scan: Scan) -> Drawn:
    line = scan.line
    guard = links.close_bracket(scan)
    if scan.blocks.first_code_line and not line.strip():
        scan.blocks.end(line)
        return Drawn(1, "\n\n")  # Streamlit leaves out a blank line at the beginning of code
    if not scan.blocks.end(line):
        return Drawn(1, "\n")
    hard = line.endswith("  ") or (len(line) - len(line.rstrip("\\"))) % 2
    return Drawn(1, guard + ("\n" if hard else NEWLINE))


def _colon(scan: Scan) -> Drawn | None:
    """A colon before a name begins a directive, a colon after one can end the name of an emoji or icon."""
    scheme = links.scheme(scan.tail)
    if scan.shortcode:
        return Drawn(1, alone(":"))
    if scan.short_of(3 if scheme else 2):
        return HOLD
    if scheme and scan.at_text("://"):
        return links.address(scan, 3)
    if scheme and scan.shared:
        return Drawn(1, alone(":"))
    after = scan.next(1)
    return Drawn(1, entity(":") if after and not after.isspace() and not _ascii_sign(after) else ":")


def _ascii_sign(character: str) -> bool:
    return character.isascii() and not character.isalnum()


def _stop(scan: Scan) -> Drawn:
    """The dot in `www.`."""
    if scan.tail[-3:].lower() == "www" and not is_word(scan.tail[-4:-3]):
        return links.address(scan, 1)
    return Drawn(1, ".")


def _sign(scan: Scan) -> Drawn | None:
    """`--`, `->`, `>=` and the like, which stand alone, become typographic signs."""
    pair = scan.ahead(2)
    if len(pair) < 2:
        return Drawn(1, pair) if scan.final else HOLD
    if pair not in ("--", "->", ">=") or is_word(scan.before):
        return Drawn(1, pair[0])
    if scan.short_of(3):
        return HOLD
    after = scan.next(2)
    if is_word(after) or (
        pair == "--" and (after == "-" or scan.before == "-" or _is_structure(scan, after))
    ):
        return Drawn(1, pair[0])
    return Drawn(1, alone(pair[0]))


def _is_structure(scan: Scan, after: str) -> bool:
    """Whether two dashes underline a heading or belong to the delimiters of a table."""
    content = scan.content if scan.length <= _LONGEST_DELIMITERS else "text"
    if not _DASHES.fullmatch(content):
        return False
    if after in ("|", ":"):
        return True
    if content.strip(" \t"):
        return "|" in content
    return scan.blocks.paragraph and (after in ("\n", "") or "|" in scan.blocks.last)


def _tilde(scan: Scan) -> Drawn | None:
    """Two tildes strike text out, one does not."""
    run = scan.run("~")
    if scan.at_block and run >= 3:
        line_end = scan.text.find("\n", scan.at)
        if line_end < 0 and not scan.final:
            return HOLD
        info = scan.text[scan.at + run : line_end if line_end >= 0 else len(scan.text)]
        return inline_code.fence(scan, "~" * run, info)
    if scan.before == "~":
        return Drawn(run, "~" * run)
    if scan.reaches_end(run) and not scan.final and run < 3:
        return HOLD
    if run == 1:
        approximate = scan.next(1) == "=" and not is_word(scan.before)
        return Drawn(1, alone("~") if approximate else "\\~")
    return _emphasis(scan, "~", run) if run == 2 else Drawn(run, "~" * run)


def _star(scan: Scan) -> Drawn | None:
    """CommonMark reads emphasis by the spaces around words, and so not beside the punctuation of Chinese,
    Japanese or Korean, which has none."""
    run = scan.run("*")
    if scan.before == "*":
        return Drawn(run, "*" * run)
    unsure = is_word(scan.before) and not is_wide(scan.before) and "*" not in scan.open_runs
    if unsure and run <= 2 and scan.reaches_end(run) and not scan.final:
        return HOLD
    return _emphasis(scan, "*", run)


def _emphasis(scan: Scan, character: str, run: int) -> Drawn:
    before, after = scan.before, scan.next(run)
    scan.pending = (character, before)
    wide = is_wide(before) or (run <= 2 and is_wide(after) and is_punctuation(after))
    seam = wide and is_word(before) and character not in scan.open_runs
    return Drawn(run, (SEAM if seam else "") + character * run)


def _less(scan: Scan) -> Drawn | None:
    """HTML is displayed as text, except a line break in a table. Addresses in angle brackets are links."""
    if scan.blocks.kind == "row":
        found = _CELL_BREAK.match(scan.text, scan.at)
        if found:
            return Drawn(len(found[0]), CELL_BREAK)
        rest = scan.ahead(6)
        if not scan.final and len(rest) < 6 and _CELL_BREAK_BEGUN.fullmatch(rest):
            return HOLD
    if scan.short_of(3):
        return HOLD
    after, then = scan.next(1), scan.next(2)
    if after in ("-", "=") and not is_word(scan.before) and not is_word(then):
        return Drawn(1, alone("<"))
    return Drawn(1, "<" if links.open_angle(scan, after + then) else "&lt;")


def _bracket(scan: Scan) -> Drawn:
    if scan.shared:
        return Drawn(1, "&#91;")
    image = scan.before == "!"  # it would be fetched from another host
    scan.brackets += "!" if image else "["
    scan.definition = scan.definition or (scan.at_content and not scan.blocks.paragraph)
    return Drawn(1, "\\[" if image else "[")


def _closing_bracket(scan: Scan) -> Drawn:
    image = scan.brackets[-1:] == "!"
    scan.brackets = scan.brackets[:-1]
    return Drawn(1, "&#93;" if scan.shared else "\\]" if image else "]")


def _backslash(scan: Scan) -> Drawn | None:
    if scan.short_of(2):
        return HOLD
    after = scan.next(1)
    if after in ("(", "[") and scan.tail[-2:] != "](":
        found = in_brackets(scan.text, scan.at, scan.final)
        if found is OPEN:
            return HOLD
        if _may_draw(found, scan):
            return _formula(scan, found)
    if not after or after == "\n" or not _ascii_sign(after) or after.isspace():
        return Drawn(1, "\\")
    if after == ":" or (scan.shared and after in "[]@<."):
        return Drawn(2, alone(after))
    return Drawn(2, entity(after) if after in "`<[" else "\\" + after)


def _dollar(scan: Scan) -> Drawn | None:
    found = in_dollars(scan.text, scan.at, scan.final)
    if found is OPEN:
        return HOLD
    if _may_draw(found, scan):
        return _formula(scan, found)
    run = min(2, scan.run("$"))
    return Drawn(run, "\\$" * run)


def _may_draw(found: Formula | Open | None, scan: Scan) -> TypeGuard[Formula]:
    if not isinstance(found, Formula):
        return False
    return not scan.shared or (is_permitted(found.body) and EACH + len(found.body) <= scan.formula_work)


def _formula(scan: Scan, found: Formula) -> Drawn:
    length = found.end - scan.at
    scan.formula_work -= EACH + len(found.body)
    body = found.body.replace("![", "! [")  # the same formula, and never an image
    body = body.replace("<", "\\lt ") if scan.shared else body
    if not found.display:
        return Drawn(length, f"${body}$")
    if not scan.at_block or scan.text[found.end : found.end + 1] not in ("", "\n"):
        return Drawn(length, f"$\\displaystyle {' '.join(_PREFIX.sub(' ', body).split())}$")
    scan.blocks.end_paragraph()
    indent = "\n" + scan.blocks.continuation
    lines = [line for line in _PREFIX.sub("\n", "\n" + body).strip("\n").split("\n") if line]
    return Drawn(length, f"$${indent}{indent.join(lines)}{indent}$$")


def _ampersand(scan: Scan) -> Drawn:
    """A reference such as `&#58;` could hide an address from the other rules."""
    return Drawn(1, "&amp;" if scan.shared else "&")


def _at(scan: Scan) -> Drawn:
    return Drawn(1, alone("@") if scan.shared else "@")


def _brace(scan: Scan) -> Drawn:
    """Braces after a character in a span of its own would be attributes of the span, and not be displayed."""
    before = scan.tail[-1:]
    return Drawn(1, entity("{") if before.strip() and _ascii_sign(before) else "{")


RULES = (
    Rule("\n", _newline, "A single newline in a paragraph is a line break."),
    Rule("`", inline_code.backtick, "Inline code is decided as a whole; a lone backtick is a character."),
    Rule(":", _colon, "Directives (:name[…], ::name, :::), emoji, icons and colours are text."),
    Rule("->", _sign, "Signs such as -- and -> stay as they were written."),
    Rule("~", _tilde, "Only two tildes strike text out."),
    Rule("*", _star, "Emphasis works beside the punctuation of scripts without spaces."),
    Rule("<", _less, "HTML is text; <br> in a table is a line break."),
    Rule("[", _bracket, "An image is never fetched; in a shared answer nothing is a link."),
    Rule("]", _closing_bracket, "In a shared answer nothing is a link."),
    Rule("\\", _backslash, "\\(…\\) and \\[…\\] are formulas if mathematics stands inside."),
    Rule("$", _dollar, "A formula is drawn, a price or a variable is text."),
    Rule(".", _stop, "A bare web address ends where a sentence in Chinese or Japanese goes on."),
    Rule("&", _ampersand, "In a shared answer no reference hides an address."),
    Rule("@", _at, "In a shared answer a mail address is no link."),
    Rule("{", _brace, "Braces after a sign are text."),
)
BY_CHARACTER: Mapping[str, Rule] = {character: rule for rule in RULES for character in rule.characters}
PLAIN = re.compile("[^" + re.escape("".join(BY_CHARACTER)) + "]+")
"""Text that no rule is about."""
