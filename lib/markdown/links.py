"""Web addresses: bare ones, and those in angle brackets.

Streamlit makes a link of a bare address and takes everything up to the next space for it. A bare address is
therefore drawn so that Streamlit finds it only in the finished text, where a span can end it.
"""

from __future__ import annotations

import re

from lib.markdown.characters import is_punctuation, is_wide, is_word
from lib.markdown.scan import HOLD, Drawn, Scan, alone, entity

# While an answer arrives, Streamlit hides text after a "<", and makes a link of text after a "[", until the
# closing mark comes. These empty spans contain that mark where it cannot be seen.
_ANGLE_GUARD = ':color[]{a=">"}'
_BRACKET_GUARD = ':color[]{a="]"}'
_SCHEME = re.compile(r"(?:^|[^A-Za-z])https?$", re.IGNORECASE)
_DEFINITION = re.compile(r"\[(?:[^\[\]\\]|\\.)+\]:[ \t]*$")
_ANGLE_PARTS = {
    "scheme": re.compile(r"[A-Za-z0-9+._-]+"),
    "address": re.compile(r"[^\s<>]+"),
    "mail": re.compile(r"[A-Za-z0-9.-]+"),
    "destination": re.compile(r"[^\\>\n]+"),
}
_IN_ADDRESS = re.compile(r"[\w/?#%=+,;!'|-]+")


def scheme(tail: str) -> bool:
    """Whether the text before a colon is `http` or `https`."""
    return bool(_SCHEME.search(tail[-6:]))


def address(scan: Scan, length: int) -> Drawn:
    """Begin a bare address with `://` or with the dot of `www.`."""
    first, rest = scan.next(0), scan.ahead(length)[1:]
    scan.address = 0
    if scan.shared:
        return Drawn(length, alone(first) + rest)
    return Drawn(length, (entity(first) if first == ":" else "\\" + first) + rest)


def in_address(scan: Scan) -> Drawn | None:
    """The next part of a bare address. An empty part means that the address has ended."""
    found = _IN_ADDRESS.match(scan.text, scan.at)
    if found:
        return Drawn(len(found[0]), found[0])
    character = scan.next(0)
    if is_wide(character) and is_punctuation(character):
        scan.address = None
        return Drawn(1, alone(character))
    if character == ":":
        hidden = scan.shared and scheme(scan.tail)
        return Drawn(1, alone(":") if hidden else entity(":"))
    if character in ".&":
        return Drawn(1, _hidden(scan, character) if scan.shared else character)
    if character in "*~":
        if scan.short_of(2):
            return HOLD
        if is_word(scan.next(1)):
            return Drawn(1, "\\" + character)
    if character == "(" or (character == ")" and scan.address):
        scan.address = (scan.address or 0) + (1 if character == "(" else -1)
        return Drawn(1, character)
    scan.address = None
    return Drawn(0, "")


def _hidden(scan: Scan, character: str) -> str:
    """A dot or an ampersand of a stranger's address: neither `www.` nor a reference may make a link."""
    if character == "&":
        return "&amp;"
    return alone(".") if scan.tail[-3:].lower() == "www" else "."


def open_angle(scan: Scan, ahead: str) -> bool:
    """Whether the "<" before the two characters `ahead` may begin an address."""
    if scan.shared:
        return False
    if scan.tail[-2:] == "](" or (scan.tail[-1:] in " :" and _DEFINITION.fullmatch(scan.content)):
        scan.angle = "destination"
    elif re.match(r"[A-Za-z][A-Za-z0-9+.@_-]", ahead):
        scan.angle = "scheme"
    return bool(scan.angle)


def in_angle(scan: Scan) -> Drawn | None:
    """The next part of what may be an address in angle brackets; nothing is escaped in there."""
    part, character = scan.angle, scan.next(0)
    found = _ANGLE_PARTS[part].match(scan.text, scan.at)
    if found:
        return Drawn(len(found[0]), found[0])
    if part == "destination" and character == "\\":
        return (
            HOLD if scan.short_of(2) else Drawn(2, scan.ahead(2)) if scan.next(1) != "\n" else Drawn(1, "\\")
        )
    if part == "scheme" and character in ":@":
        scan.angle = "address" if character == ":" else "mail"
        return Drawn(1, character)
    scan.angle = ""
    if part != "scheme":
        return _after_address(part, character)
    return _after_name(character)


def _after_address(part: str, character: str) -> Drawn:
    if character == ">":
        return Drawn(1, ">")
    if part == "destination":
        return Drawn(0, "")
    return Drawn(1, " " + _ANGLE_GUARD) if character == " " else Drawn(0, " " + _ANGLE_GUARD, "")


def _after_name(character: str) -> Drawn:
    """What follows `<name` shows that it is no address. It must not become an HTML tag either, in which
    escapes would be visible."""
    if character == ">":
        return Drawn(1, "\\>")
    if character in " \t/":
        return Drawn(1, entity(character) + _ANGLE_GUARD)
    return Drawn(0, entity(" ") + _ANGLE_GUARD if character == "\n" else "", "")


def close_bracket(scan: Scan) -> str:
    """What to add at the end of a line in which a square bracket was not closed."""
    if not scan.brackets or scan.shared or scan.definition or "|" in scan.line:
        return ""
    scan.brackets = ""
    return _BRACKET_GUARD
