"""Any text as Streamlit Markdown that shows just this text."""

from __future__ import annotations

import re

# Drawn in a span of its own, for these work on finished text, escaped or not: web and mail addresses become
# links, `:name:` a picture, `->` an arrow (Streamlit 1.67, its Markdown plug-ins).
_SPLIT = re.compile(r"[:@]|(?<=www)\.|[-<>~=](?=[->=])", re.IGNORECASE)
_SIGN = re.compile(r"[!-/:-@\[-`{-~]")


def escape(text: str) -> str:
    """One line of any text as Markdown that shows just this text; no sign Markdown could read is left."""
    out, done = [], 0
    for match in _SPLIT.finditer(text):
        out += [_SIGN.sub(_reference, text[done : match.start()]), f":color[{_reference(match)}]"]
        done = match.end()
    out.append(_SIGN.sub(_reference, text[done:]))
    return "".join(out)


def _reference(match: re.Match[str]) -> str:
    return f"&#{ord(match[0])};"
