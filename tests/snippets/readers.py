"""String literals read back by the rules of their language, written from the language references alone.

Java: Java Language Specification 17, 3.3 (Unicode escapes), 3.10.5 and 3.10.7 (strings and escapes).
C#: C# language specification 7, 6.4.5.5 and 6.4.5.6 (character and string literals).
"""

from __future__ import annotations

import re

_JAVA = {"b": "\b", "s": " ", "t": "\t", "n": "\n", "f": "\f", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_CSHARP = {
    "'": "'",
    '"': '"',
    "\\": "\\",
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
}


class LiteralError(ValueError):
    """The language does not allow this."""


def java_strings(source: str, start: str) -> str:
    """The literals after `start`, up to the closing parenthesis, joined."""
    if not source.isascii():
        raise LiteralError("beyond ASCII, where the compiler's encoding decides")
    units = _java_unicode(source[source.index(start) + len(start) :])
    read, _ = _literals(units, _java_escape, "\r\n", ")")
    return read.encode("utf-16", "surrogatepass").decode("utf-16")


def csharp_strings(source: str, start: str) -> str:
    """The literals after `start`, up to the closing brace, joined."""
    read, _ = _literals(
        source[source.index(start) + len(start) :], _csharp_escape, "\r\n\x85\u2028\u2029", "}"
    )
    return read


def _java_unicode(source: str) -> str:
    """Step one of the Java lexer, which knows nothing of strings yet."""
    out: list[str] = []
    at = 0
    while at < len(source):
        run = re.compile(r"\\+").match(source, at)
        if run is None:
            out.append(source[at])
            at += 1
            continue
        # Only a backslash after an even number of others can begin a Unicode escape.
        code = re.compile(r"u+([0-9a-fA-F]{4})").match(source, run.end())
        odd = len(run[0]) % 2 == 1
        if odd and code:
            out.append(run[0][:-1] + chr(int(code[1], 16)))
            at = code.end()
        elif odd and source[run.end() : run.end() + 1] == "u":
            raise LiteralError("a broken Unicode escape")
        else:
            out.append(run[0])
            at = run.end()
    return "".join(out)


def _literals(source: str, escape: object, breaks: str, end: str) -> tuple[str, int]:
    out: list[str] = []
    at = 0
    while True:
        while source[at] in " \t\r\n,":
            at += 1
        if source[at] == end:
            return "".join(out), at
        if source[at] != '"':
            raise LiteralError(f"{source[at]!r} where a literal begins")
        at += 1
        while source[at] != '"':
            if source[at] in breaks:
                raise LiteralError("a line break inside a literal")
            if source[at] == "\\":
                text, at = escape(source, at + 1)  # type: ignore[operator]
            else:
                text, at = source[at], at + 1
            out.append(text)
        at += 1


def _java_escape(source: str, at: int) -> tuple[str, int]:
    octal = re.compile(r"[0-3][0-7]{0,2}|[4-7][0-7]?").match(source, at)
    if octal:
        return chr(int(octal[0], 8)), octal.end()
    if source[at] not in _JAVA:
        raise LiteralError(f"an escape \\{source[at]}")
    return _JAVA[source[at]], at + 1


def _csharp_escape(source: str, at: int) -> tuple[str, int]:
    code = re.compile(r"u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{1,4})").match(source, at)
    if code:
        return chr(int(code[1] or code[2] or code[3], 16)), code.end()
    if source[at] not in _CSHARP:
        raise LiteralError(f"an escape \\{source[at]}")
    return _CSHARP[source[at]], at + 1
