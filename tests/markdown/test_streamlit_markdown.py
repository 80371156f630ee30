"""Model text to Streamlit's Markdown: prices, mathematics, code and images."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lib.markdown.streamlit_markdown import StreamlitMarkdown, streamlit_markdown
from tests.support.markdown_reader import outline

PIECES = st.sampled_from(
    [
        *"$\\`!()[]\n ax1.^~-",
        "$$",
        "\n\n",
        "\\(",
        "\\)",
        "\\[",
        "\\]",
        "```",
        "\n```\n",
        "\n~~~\n",
        "- ```py\n",
        "$5",
        "$x$",
        "$HOME ",
        "![a](http://b/c)",
        "word ",
        *":<>*~=|#+&@",
        "https://x.y",
        "www.a.b",
        "<br>",
        "| a | b |\n|--|--|\n|",
        "\n> ",
        "\n- ",
        "\n1. ",
        "\n    ",
        "<http://a>",
        "**「",
        "」**は",
        "~~",
        "---",
        ":red[a]",
        ":x:",
        "\r\n",
        "\t",
        "--",
        "->",
    ]
)
MESSY = st.lists(PIECES, max_size=40).map("".join)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("A coffee is $3.50, two are $7.00.", r"A coffee is \$3.50, two are \$7.00."),
        ("from $5 to $10", r"from \$5 to \$10"),
        ("$5-$10, or $5k to $10k", r"\$5-\$10, or \$5k to \$10k"),
        ("$1,000,000 (about $1M)", r"\$1,000,000 (about \$1M)"),
        ("US$5 and A$7", r"US\$5 and A\$7"),
        ("already \\$5", "already \\$5"),
        ("a lone $ sign", r"a lone \$ sign"),
        ("the sign $x and\nanother$ one", "the sign \\$x and  \nanother\\$ one"),
        ("in $x+$5 it is none", r"in \$x+\$5 it is none"),
        ("$", r"\$"),
    ],
)
def test_a_price_stays_a_price(text: str, drawn: str) -> None:
    assert streamlit_markdown(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("echo $HOME and $PATH here", r"echo \$HOME and \$PATH here"),
        ("set $HOME", r"set \$HOME"),
        ("cp $SRC/$DST now", r"cp \$SRC/\$DST now"),
        ("$user_name, $item", r"\$user_name, \$item"),
    ],
)
def test_a_shell_variable_is_no_mathematics(text: str, drawn: str) -> None:
    assert streamlit_markdown(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("let $x$ be", "let $x$ be"),
        (r"so \(x^2\) is", "so $x^2$ is"),
        (r"\( x \)", "$x$"),
        ("$2^3$ and $3y + 1$", "$2^3$ and $3y + 1$"),
        (r"$\alpha$, $a_1$", r"$\alpha$, $a_1$"),
        ("$x + y$ and $z$", "$x + y$ and $z$"),
    ],
)
def test_inline_mathematics_of_either_notation_shows(text: str, drawn: str) -> None:
    assert streamlit_markdown(text) == drawn


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("$$a=b$$", "$$\na=b\n$$"),
        ("$$\na=b\n$$\n", "$$\na=b\n$$\n"),
        (r"\[ x^2 \]", "$$\nx^2\n$$"),
        ("\\[\nx\n\\]\nnext", "$$\nx\n$$\nnext"),
        ("- item\n  \\[\n  x\n  \\]\n", "- item  \n  $$\n  x\n  $$\n"),
        ("see $$a=b$$ there", r"see $\displaystyle a=b$ there"),
        (r"see \[ a = b \] there", r"see $\displaystyle a = b$ there"),
    ],
)
def test_displayed_mathematics_of_either_notation_shows(text: str, drawn: str) -> None:
    assert streamlit_markdown(text) == drawn


@pytest.mark.parametrize(
    "code",
    [
        r"`$5`, `\(x\)`, `![a](b)`",
        "`` ` $5 ``",
        "```\n$5 \\(x\\) ![a](b)\n```\n",
        "~~~sh\necho $HOME $1\n~~~\n",
        "````\n```\n$5\n```\n$6\n````\n",
        "1. Do  \n   ```sh\n   echo $1\n   ```\n",
        "- ```sh\n  echo $1\n  ```\n",
        "```\nnever closed $5 ![a](b)",
    ],
)
def test_code_is_left_alone(code: str) -> None:
    assert streamlit_markdown(code) == code


@pytest.mark.parametrize(
    "before",
    [
        "```\ncode\n```\n",
        "- ```sh\n  ls\n  ```\n",
        "1. ```sh\n   ls\n   ```\n",
        "```code``` in a line\n",
        "`code` ",
        "it`s\n\n",
        "\\`",
    ],
)
def test_after_code_text_is_text_again(before: str) -> None:
    assert streamlit_markdown(before + "costs $5 ![a](b)").endswith(r"costs \$5 !\[a\](b)")


@pytest.mark.parametrize(
    "image",
    [
        "![a](http://b/c.png)",
        "![a][b]",
        "![a]",
        "[![a](b)](c)",
        "\\![a](b)",
        "\\\\![a](b)",
        "a formula \\(![a](b)\\)",
        "a formula \\(x\\$ ![a](b)\\)",
        "$$ ![a](b) $$",
        "$x![a](b)$",
    ],
)
def test_an_image_is_never_left_as_one(image: str) -> None:
    assert "![" not in streamlit_markdown(image)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (r"so \(x^2", r"so \(x^2"),
        (r"so \[x^2", r"so &#91;x^2"),
        ("so $x^2", r"so \$x^2"),
        ("so $$x^2", r"so \$\$x^2"),
        ("so $$x^2$", r"so \$\$x^2\$"),
        ("so \\", "so \\"),
    ],
)
def test_a_formula_that_is_half_finished_at_the_end_stays_text(text: str, drawn: str) -> None:
    assert streamlit_markdown(text) == drawn


def test_a_formula_is_held_until_it_ends_and_text_is_not() -> None:
    markdown = StreamlitMarkdown()
    assert markdown.feed("the area ") == "the area "
    assert markdown.feed(r"\(\pi") == ""
    assert markdown.feed(r" r^2\) of") == r"$\pi r^2$ of"
    assert markdown.feed(" it costs $3") == " it costs "
    assert markdown.finish() == r"\$3"


def test_what_never_closes_is_not_held_for_ever() -> None:
    for opening in ("$$ ", r"\[ ", "`"):
        markdown = StreamlitMarkdown()
        shown = markdown.feed(opening + "word " * 1000)
        assert shown.endswith("word ")


@given(MESSY, st.booleans(), st.data())
@example("- ```py\n$5\n```\n$5", False, None)
@example("$x$5 and $x$.", True, None)
@example("$$x$$y and `$5", False, None)
def test_any_chunking_gives_what_the_whole_gives(text: str, shared: bool, data: st.DataObject | None) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=12))) if data else range(len(text))
    markdown, at, drawn = StreamlitMarkdown(shared), 0, []
    for cut in [*cuts, len(text)]:
        drawn.append(markdown.feed(text[at:cut]))
        at = cut
    assert "".join(drawn) + markdown.finish() == streamlit_markdown(text, shared)


@given(st.text(st.characters(categories=("L", "N")), max_size=300))
def test_text_without_special_characters_is_unchanged(text: str) -> None:
    assert streamlit_markdown(text) == text


@given(st.text("ab12 .,:;!?~*_<>-=`$@/\\[](){}|&#\"'", max_size=60))
def test_every_character_of_a_shared_line_is_seen_or_is_a_mark_of_markdown(text: str) -> None:
    """Nothing is deleted: what is not seen are marks that a plain reader of Markdown does not show either."""

    def letters(seen: str) -> str:
        return re.sub(
            r"[^ab12]", "", re.sub(r"<[^>]*>|STRUCK|SIGN|EMOJI", "", seen.replace("displaystyle", ""))
        )

    assert len(letters(outline(streamlit_markdown("a " + text, shared=True)))) >= len(
        letters(outline("a " + text, False))
    )


@given(st.text("ab !$\\()[]\n", max_size=60))
def test_outside_code_no_text_whatever_becomes_an_image(text: str) -> None:
    assert "![" not in streamlit_markdown(text)


@pytest.mark.parametrize("text", ["@{1}", "a:{1}", "->{1}", "x=={1}", "https://a.b{1}", "www.{1}", "~{1}~"])
@pytest.mark.parametrize("shared", [True, False])
def test_braces_after_a_sign_are_seen(text: str, shared: bool) -> None:
    assert "{1}" in outline(streamlit_markdown("a " + text, shared=shared)).replace("&#123;", "{")
