"""Makes Markdown from untrusted sources harmless: it is displayed as in an answer of one's own, but nothing
can be clicked or fetched.

See `lib.markdown.rules` for what is escaped and `lib.markdown.katex` for the formulas that are drawn.
"""

from __future__ import annotations

from lib.markdown.streamlit_markdown import streamlit_markdown


def sanitize(text: str) -> str:
    """The whole text, sanitised. `StreamlitMarkdown(shared=True)` does the same for text in pieces."""
    return streamlit_markdown(text, shared=True)
