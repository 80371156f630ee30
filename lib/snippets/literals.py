"""Writes any text as a string literal of a language, which that language reads back as the same text.

What a reader cannot see or a tool may change is escaped: control and format characters, line and paragraph
separators, odd spaces, unassigned code points. Letters, marks and emoji stay readable, except in Java, where
compilers before version 18 read a source file in the encoding of the machine (JEP 400, 2022).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_CONTROLS = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_DOUBLE = {**_CONTROLS, "\\": "\\\\", '"': '\\"'}
_SINGLE = {**_CONTROLS, "\\": "\\\\", "'": "\\'"}
_QUOTED = {**_CONTROLS, "\\": "\\\\", "'": "'\\''"}


def python(text: str) -> str:
    """A Python literal in single quotes, which the double quotes of JSON do not disturb."""
    return "'" + _escaped(text, _SINGLE, _long) + "'"


def javascript(text: str) -> str:
    """A JavaScript literal in single quotes; not a template, so `${` means nothing."""
    return "'" + _escaped(text, _SINGLE, _braced) + "'"


def java(text: str) -> str:
    """A Java literal in ASCII; what lies beyond U+FFFF is a surrogate pair."""
    return '"' + _escaped(text, _DOUBLE, _utf16, str.isascii) + '"'


def csharp(text: str) -> str:
    """A regular C# literal, neither verbatim nor interpolated; `\\x`, whose length varies, is not used."""
    return '"' + _escaped(text, _DOUBLE, _long) + '"'


def go(text: str) -> str:
    """An interpreted Go literal; a raw one could not hold a backquote or a carriage return."""
    return '"' + _escaped(text, _DOUBLE, _long) + '"'


def shell(text: str) -> str:
    """An argument for `printf '%b'` in single quotes, for any POSIX shell."""
    return "'" + _escaped(text, _QUOTED, _octal) + "'"


def _escaped(
    text: str,
    table: Mapping[str, str],
    code: Callable[[str], str],
    readable: Callable[[str], bool] = lambda _: True,
) -> str:
    return "".join(
        table[ch] if ch in table else ch if ch.isprintable() and readable(ch) else code(ch) for ch in text
    )


def _long(ch: str) -> str:
    return f"\\u{ord(ch):04x}" if ch <= "\uffff" else f"\\U{ord(ch):08x}"


def _braced(ch: str) -> str:
    return f"\\u{ord(ch):04x}" if ch <= "\uffff" else f"\\u{{{ord(ch):x}}}"


def _utf16(ch: str) -> str:
    units = ch.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _octal(ch: str) -> str:
    return "".join(f"\\0{byte:03o}" for byte in ch.encode())
