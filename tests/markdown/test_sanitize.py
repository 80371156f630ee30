"""A stranger's text is read with another Markdown reader: no link and no image is ever in it."""

from __future__ import annotations

import html
import random
import re

import pytest
from markdown_it import MarkdownIt

from lib.markdown.sanitize import sanitize
from lib.markdown.streamlit_markdown import StreamlitMarkdown
from tests.support.markdown_parts import PARTS

READER = MarkdownIt("gfm-like", {"linkify": False})


def rendered(markdown: str) -> list[str]:
    kinds = []
    for token in READER.parse(markdown):
        kinds += [token.type, *(child.type for child in token.children or ())]
    return kinds


def assert_harmless(text: str) -> None:
    drawn = sanitize(text)
    found = rendered(drawn)
    assert not {"link_open", "image", "html_block", "html_inline"} & set(found), (text, drawn)


@pytest.mark.parametrize(
    "text",
    [
        "[click](http://203.0.113.7/) and http://203.0.113.7/x and <http://203.0.113.7>",
        "- ```\n  code\n[click](http://203.0.113.7/)",
        "| x `|[click](http://203.0.113.7/)` |\n|--|--|\n| x `|[click](http://203.0.113.7/)` |",
        ":x{a='`'} [click](http://203.0.113.7/) `",
        "$$\n```\n$$\n[click](http://203.0.113.7/)\n```",
        ":::x\n```\n:::\n[click](http://203.0.113.7/)",
        "```\ncode\n```\r[click](http://203.0.113.7/)",
        "```\ncode\n```\n[click](http://203.0.113.7/)",
        "~~~~py\ncode\n~~~~~ \n[click](http://203.0.113.7/)",
        "```\ncode\n~~~\n```\n[click](http://203.0.113.7/)",
        "```\ncode\n```js\n```\n[click](http://203.0.113.7/)",
        "> ```\n[click](http://203.0.113.7/)",
        "\\`[click](http://203.0.113.7/)`",
    ],
)
def test_what_tries_to_become_a_link_stays_text(text: str) -> None:
    assert_harmless(text)


@pytest.mark.slow
def test_no_mixture_of_marks_makes_a_link_or_an_image() -> None:
    rng = random.Random(5)
    for _ in range(4000):
        assert_harmless("".join(rng.choices(PARTS, k=rng.randint(2, 14))))


@pytest.mark.slow
def test_a_text_that_still_arrives_is_as_harmless() -> None:
    rng = random.Random(6)
    for _ in range(150):
        text = "".join(rng.choices(PARTS, k=12))
        markdown, drawn = StreamlitMarkdown(shared=True), ""
        for character in text:
            drawn += markdown.feed(character)
            assert not {"link_open", "image"} & set(rendered(drawn)), drawn


def test_the_usual_formatting_shows() -> None:
    found = rendered(
        sanitize("# Title\n\n- **bold** and *soft*\n- `code <b>`\n\n1. Do:\n   ```python\n   x = [1]\n"
              "   ```\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n> said\n\n~~~\n[kept](as it is)\n~~~\n")
    )  # fmt: skip
    for kind in ("heading_open", "bullet_list_open", "strong_open", "em_open", "code_inline", "fence"):
        assert kind in found
    for kind in ("table_open", "blockquote_open", "ordered_list_open"):
        assert kind in found


def test_code_stays_as_it_is() -> None:
    assert sanitize("`a < b & [c]`") == "`a < b & [c]`"
    assert sanitize("````\n```\n[c] & {d}\n````\n") == "````\n```\n[c] & {d}\n````\n"
    assert "x = [1] & {2}" in sanitize("   ```py\n   x = [1] & {2}\n   ```")


@pytest.mark.parametrize(
    "text",
    [
        "http://203.0.113.7/x",
        "HTTPS://203.0.113.7",
        "www.example.com",
        "www.example.com===---http://203.0.113.7/x",
        "https://www.example.com/http://a.example",
        "https:\\//203.0.113.7",
        "https&#58;//203.0.113.7",
        "www\\.example.com",
        "http://a.example\nhttp://b.example",
        "(http://a.example?u=www.b.example)",
    ],
)
def test_a_bare_address_is_divided_where_streamlit_would_find_it(text: str) -> None:
    """Streamlit looks for addresses in the text of one span, after references and escapes are resolved."""
    spans = re.split(r":color\[[^\]]*\]", sanitize(text))
    resolved = [html.unescape(re.sub(r"\\(\W)", r"\1", span)) for span in spans]
    assert not [span for span in resolved if re.search(r"https?://|www\.", span, re.IGNORECASE)]
