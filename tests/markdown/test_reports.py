"""What a reader sees of texts from bug reports and of the examples of CommonMark and GFM.

They read the drawn Markdown with `tests.support.markdown_reader`; the tests in tests/browser ask Chromium.
"""

from __future__ import annotations

import random
import re
import time

import pytest

from lib.markdown.streamlit_markdown import StreamlitMarkdown, streamlit_markdown
from tests.support.markdown_examples import DIFFERENT, compared
from tests.support.markdown_reader import outline
from tests.support.markdown_reports import REPORTS

TEXTS = [text for text, _ in REPORTS]
IDS = [text[:40] for text in TEXTS]


@pytest.mark.parametrize(("text", "seen"), REPORTS, ids=IDS)
def test_a_reader_sees_what_the_model_wrote(text: str, seen: str) -> None:
    assert outline(streamlit_markdown(text)) == seen


@pytest.mark.parametrize(
    ("text", "seen"), [report for report in REPORTS if not re.search(r"\]\(|\]:|<http", report[0])]
)
def test_the_recipient_of_a_shared_answer_sees_the_same_where_no_link_is(text: str, seen: str) -> None:
    assert outline(streamlit_markdown(text, shared=True)) == seen


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_the_chunks_do_not_matter(text: str) -> None:
    rng = random.Random(text)
    for _ in range(200):
        cuts = sorted(rng.choices(range(len(text) + 1), k=rng.randint(0, len(text))))
        markdown, at, drawn = StreamlitMarkdown(), 0, ""
        for cut in [*cuts, len(text)]:
            drawn, at = drawn + markdown.feed(text[at:cut]), cut
        assert drawn + markdown.finish() == streamlit_markdown(text)


@pytest.mark.slow
@pytest.mark.parametrize("shared", [False, True])
def test_the_chunks_of_an_example_do_not_matter(shared: bool) -> None:
    for example in compared():
        text, rng = example.markdown, random.Random(example.name)
        for cuts in (range(len(text)), *(rng.choices(range(len(text) + 1), k=9) for _ in range(20))):
            markdown, at, drawn = StreamlitMarkdown(shared), 0, ""
            for cut in [*sorted(cuts), len(text)]:
                drawn, at = drawn + markdown.feed(text[at:cut]), cut
            assert drawn + markdown.finish() == streamlit_markdown(text, shared)


@pytest.mark.parametrize("text", TEXTS, ids=IDS)
def test_at_most_two_characters_are_held_back_except_in_an_open_dollar_or_backtick(text: str) -> None:
    markdown = StreamlitMarkdown()
    for number, character in enumerate(text, 1):
        markdown.feed(character)
        held = markdown.held
        if not held.lower().startswith(("$", "`", "\\(", "\\[", "~~~", "<br")):
            assert len(held) <= 2, (text[:number], held)


def test_the_examples_of_commonmark_and_gfm_are_drawn_like_the_reference() -> None:
    examples = compared()
    different = {
        example.name
        for example in examples
        if outline(streamlit_markdown(example.markdown)) != outline(example.markdown, streamlit=False)
    }
    assert len(examples) > 540
    assert different <= set(DIFFERENT), [
        example for example in examples if example.name in different - set(DIFFERENT)
    ]
    assert len(different) <= len(examples) / 100


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "A sentence of a model, with some words and a number: 12. ",
        "Price $5, *emphasis*, `code` and a:b[1] -> c ~ d; https://x.example/a_b_c ",
        "- item with [brackets] and **「強調」**です\n",
        "[(`$*~_<:",
        "``` `` ` ",
        "$x " * 3,
        "\\( \\[ ",
        "| a | b |\n|---|---|\n| c<br>d | e |\n",
        "> " * 3 + "-- ",
    ],
)
def test_the_time_grows_with_the_length_only(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        best = 9.0
        for _ in range(3):
            begun = time.process_time()
            streamlit_markdown(text)
            best = min(best, time.process_time() - begun)
        return best

    assert seconds(100_000) < 10 * 2.5 * seconds(10_000) + 0.02
