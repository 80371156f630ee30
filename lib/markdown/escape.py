"""Escapes any text as Streamlit Markdown that displays exactly this text."""

from __future__ import annotations

import re

# These characters are put into a span of their own. Plug-ins of Streamlit 1.67's Markdown replace text after
# escapes are resolved: web and mail addresses become links, `:name:` an emoji, `->` an arrow.
_SPLIT = re.compile(r"[:@]|(?<=www)\.|[-<>~=](?=[->=])", re.IGNORECASE)
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")


def escape(text: str) -> str:
    """One line of any text as Markdown that displays exactly this text; all punctuation is escaped."""
    out, done = [], 0
    for match in _SPLIT.finditer(text):
        out += [_SIGN.sub(_reference, text[done : match.start()]), f":color[{_reference(match)}]"]
        done = match.end()
    out.append(_SIGN.sub(_reference, text[done:]))
    return "".join(out)


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
