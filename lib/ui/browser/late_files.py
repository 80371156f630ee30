"""The scripts that Streamlit's page loads with the first code block or formula.

The page is blocked while such a script runs for the first time, so late_files.js loads it in advance.
"""

from functools import cache
from pathlib import Path

import streamlit as st

_NAMES = ("StreamlitSyntaxHighlighter", "rehype-katex")


@cache
def late_files() -> list[str]:
    """The names of the files below static/js of the app, with the digests of this version of Streamlit."""
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    return [file.name for name in _NAMES for file in folder.glob(f"{name}.*.js")]
