"""The scripts that Streamlit loads late are found in its folder, whatever their digests are."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from lib.ui.browser.late_files import late_files

SCRIPTS = Path(st.__file__).parent / "static" / "static" / "js"


def test_they_are_the_highlighter_and_the_formulas_in_this_order() -> None:
    assert [name.partition(".")[0] for name in late_files()] == ["StreamlitSyntaxHighlighter", "rehype-katex"]


def test_the_script_that_draws_markdown_loads_them_when_it_needs_them() -> None:
    (markdown,) = SCRIPTS.glob("StreamlitMarkdown.*.js")
    source = markdown.read_text(encoding="utf-8")
    assert all(f"import(`./{name}`)" in source for name in late_files())
