"""The recipient of a shared answer sees what its sender saw: formulas, strike, code and lists."""

from __future__ import annotations

import pytest

from lib.markdown.streamlit_markdown import streamlit_markdown
from tests.support.markdown_reader import outline

SAME = [
    r"Let $\frac{a}{b} \leq \sqrt{x_1}$ and $$\sum_{i=1}^n i = \frac{n(n+1)}{2}$$",
    "$$\n\\begin{pmatrix} 1 & 0 \\\\ 0 & 1 \\end{pmatrix}\n$$",
    r"> \[ \int_0^\infty e^{-x}\,dx = 1 \]",
    r"so \(\alpha + \text{rest}\) and $\vec{v} \cdot \hat{n}$",
    "~~gone~~, ~~**bold** and gone~~ and 3~5",
    "`a | b`, ``c`|`d`` and **`x|y`**",
    "| a | b |\n| --- | --- |\n| `x\\|y` | ~~z~~ |",
    "- a\n  - b\n    1. c\n    2. d\n  - e\n- f",
    "1. a\n   - b\n\n     text of b\n2. c\n   > quote\n   > - in it",
]


@pytest.mark.parametrize("text", SAME)
def test_what_the_sender_sees_is_what_the_recipient_sees(text: str) -> None:
    assert outline(streamlit_markdown(text, shared=True)) == outline(streamlit_markdown(text))


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{http://x.example}{x}",
        r"\includegraphics{x.png}",
        r"\url{x.example}",
        r"\def\a{\a\a}\a",
        r"\newcommand{\x}{y}",
        r"\htmlClass{a}{b}",
        r"\rule{900em}{900em}",
        r"\kern900em x",
        r"\color{red} x^2",
        r"\begin{CD} a \end{CD}",
        "{" * 13 + "x^2" + "}" * 13,
        "x^2 + " * 110,
    ],
)
def test_a_formula_with_other_commands_is_text_for_a_recipient(formula: str) -> None:
    assert "⟦" not in outline(streamlit_markdown(f"See ${formula}$ here.", shared=True))
