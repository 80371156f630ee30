"""Makes Markdown from untrusted sources harmless: it is displayed as in an answer of one's own, but nothing
can be clicked or fetched.

See `lib.markdown.rules` for what is escaped and `lib.markdown.katex` for the formulas that are drawn.
"""

from __future__ import annotations

from lib.markdown.streamlit_markdown import typeset


def inert(text: str) -> str:
    """The whole text, sanitised. `Typesetter(shared=True)` does the same for text that arrives in pieces."""
    return typeset(text, shared=True)
