"""The difference between two answers: exact, quick, and drawn so that nothing in it is Markdown."""

from __future__ import annotations

import html
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from lib.markdown.escape import escape
from lib.markdown.word_diff import Change, changes, markdown

WORDS = ["the", "wind", "Wind", "it’s", "a", ",", ".", "(", " ", "  ", "\n", "\n\n", "\t", "é", "42"]
SIGNS = [
    "[",
    "]",
    "(",
    ")",
    "!",
    "`",
    "```",
    "$",
    "$$",
    "*",
    "_",
    "~~",
    ":",
    "<",
    ">",
    "&",
    "\\",
    "#",
    "|",
    "@",
]
LINKS = ["https://a.example/b", "www.a.example", "me@a.example", ":smile:", ":material/home:", "->", "--"]
texts = st.lists(st.sampled_from(WORDS)).map("".join) | st.text()
wild = st.lists(st.sampled_from([*SIGNS, *LINKS, "a", " ", "\n", "\n    ", "- ", "1. ", "http"])).map("".join)


def joined(found: list[Change], *kinds: str) -> str:
    return "".join(change.text for change in found if change.kind in kinds)


@given(before=texts, after=texts)
def test_kept_and_removed_is_the_first_text_and_kept_and_added_the_second(before: str, after: str) -> None:
    found = changes(before, after)
    assert joined(found, "kept", "removed") == before
    assert joined(found, "kept", "added") == after
    assert all(change.text for change in found)


@given(text=texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert changes(text, text) == ([Change("kept", text)] if text else [])


def test_only_the_words_that_differ_are_marked() -> None:
    assert changes("A cold wind from the north.", "A warm wind from the north.") == [
        Change("kept", "A "),
        Change("removed", "cold"),
        Change("added", "warm"),
        Change("kept", " wind from the north."),
    ]


def test_a_word_that_is_only_in_one_text_is_the_only_change() -> None:
    assert changes("It blows.", "It still blows.") == [
        Change("kept", "It "),
        Change("added", "still "),
        Change("kept", "blows."),
    ]


def test_a_changed_line_break_is_a_change_of_its_own() -> None:
    assert changes("one two", "one\ntwo") == [
        Change("kept", "one"),
        Change("removed", " "),
        Change("added", "\n"),
        Change("kept", "two"),
    ]


def test_a_word_shared_by_chance_between_two_rewritten_runs_joins_them() -> None:
    found = changes("red big and small green fish swim", "blue tall and wide pink fish swim")
    assert [(change.kind, change.text) for change in found] == [
        ("removed", "red big and small green"),
        ("added", "blue tall and wide pink"),
        ("kept", " fish swim"),
    ]


def test_very_long_texts_differ_by_sentences() -> None:
    start = [f"Sentence number {index} says the same the same." for index in range(2000)]
    changed = [*start[:999], "Another one. And more.", *start[1000:1500], "End."]
    found = changes(" ".join(start), " ".join(changed))
    assert Change("removed", start[999]) in found
    assert Change("added", "Another one. And more.") in found
    assert joined(found, "kept", "added") == " ".join(changed)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            " ".join(f"w{index * 7 % 500}" for index in range(2000)),
            " ".join(f"w{index}" for index in range(2000)),
        ),
        ("w " * 2000, "w " * 1000 + "x " * 1000),
        ("b" + "w\n" * 50_000, "a" + "w\n" * 49_000),
        ("x" * 400_000, "y" + "x" * 400_000),
    ],
)
def test_no_pair_of_texts_keeps_a_reader_waiting(before: str, after: str) -> None:
    started = time.process_time()
    found = changes(before, after)
    assert time.process_time() - started < 0.3
    assert joined(found, "kept", "removed") == before


def drawn(source: str) -> tuple[set[str], str]:
    """The kinds of tokens that a CommonMark reader with Streamlit's extensions finds, and the text shown."""
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    kinds, text = set(), ""
    for block in parser.parse(source):
        kinds.add(block.type)
        for token in block.children or []:
            kinds.add(token.type)
            text += token.content if token.type in ("text", "text_special") else ""
    return kinds, text


HARMLESS = {"paragraph_open", "paragraph_close", "inline", "text", "text_special", "hardbreak"}
EMPHASIS = {"s_open", "s_close", "strong_open", "strong_close"}
SPAN = re.compile(r":(?:color|red-background|blue-background)\[|\]")


@given(line=(wild | st.text()).map(lambda text: " ".join(text.split())))
def test_an_escaped_line_is_text_and_nothing_else(line: str) -> None:
    source = escape(line)
    kinds, _ = drawn(source)
    assert kinds <= HARMLESS
    assert html.unescape(SPAN.sub("", source)) == line


@given(line=wild.map(lambda text: text.replace("\n", " ")))
def test_no_address_shortcode_or_arrow_stays_in_one_piece(line: str) -> None:
    # What Streamlit replaces in finished text is found within one span only, so the pieces are what it sees.
    pieces = [html.unescape(piece) for piece in re.split(r":color\[|\]", escape(line))]
    magic = re.compile(r"https?://|www\.|\w@\w|:[\w+-]+:|->|<-|--|>=|<=|~=", re.IGNORECASE)
    assert not [piece for piece in pieces if magic.search(piece)]


@given(before=wild, after=wild)
def test_a_drawn_difference_holds_no_link_image_or_code(before: str, after: str) -> None:
    kinds, _ = drawn(markdown(changes(before, after)))
    assert kinds <= HARMLESS | EMPHASIS


def test_changes_are_told_by_more_than_colour() -> None:
    found = [
        Change("kept", "A "),
        Change("removed", "cold"),
        Change("added", "warm"),
        Change("kept", " wind"),
    ]
    assert markdown(found) == "A :red-background[~~cold~~]:blue-background[**warm**] wind"


def test_line_breaks_paragraphs_and_indents_are_kept() -> None:
    assert markdown([Change("kept", "if x\n    y\n\nend")]) == "if x\\\n&nbsp;&nbsp;&nbsp;&nbsp;y\n\nend"


def test_a_change_of_white_space_alone_can_be_seen() -> None:
    found = changes("one two", "one\ntwo")
    assert markdown(found) == "one:red-background[~~␣~~]:blue-background[**↵**]\\\ntwo"


def script(before: str, after: str) -> None:
    from lib.ui.answer import diff

    diff.show_diff(before, after, "t *0.2*", "t 0.9")


def test_the_legend_names_both_answers_as_text() -> None:
    at = AppTest.from_function(script, args=("one two", "one three")).run()
    assert not at.exception
    assert "only in t &#42;0&#46;2&#42;" in at.caption[0].value
    assert "~~two~~" in at.markdown[0].value


def test_equal_answers_are_said_to_be_the_same() -> None:
    at = AppTest.from_function(script, args=("one", "one")).run()
    assert at.caption[0].value == "The two texts are the same, to the letter."
    assert not at.markdown
