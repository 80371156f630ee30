"""Reads Markdown like Streamlit 1.67.0, without a browser: markdown-it-py with Streamlit's additions.

It is only as good as our knowledge of Streamlit; `tests/browser/test_markdown.py` asks Streamlit itself.
`outline` tells what a reader sees: the text and the tags of its blocks. In it `⏎` is a line break, `⟦…⟧` a
formula, and backticks stand around inline code.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_TEXT_BLOCKS = (
    "formula",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "hr",
)
BLOCKS = frozenset((*_TEXT_BLOCKS, "table", "thead", "tbody", "tr", "th", "td"))
_DIRECTIVE = re.compile(r":([^\W_][\w-]*)(?:\[((?:[^\[\]]|\[[^\]]*\])*)\])?(\{[^{}]*\})?")
_FORMULA = re.compile(r"\$(?P<inline>[^\s$](?:[^$\n]*[^\s$])?)\$(?!\d)")
_SIGNS = re.compile(r"(^|\s)(<->|->|<-|--|>=|<=|~=)(?=\s|$)")
_EMOJI = re.compile(r":[\w+-]+:|:material_\w+:")
_COLOURS = re.compile(
    r"(red|orange|yellow|green|blue|violet|gray|grey|primary|rainbow)(-background|-badge)?|color|small|shimmer"
)


def _directive(state: StateInline, silent: bool) -> bool:
    """`:color[…]` shows its text, and another directive without a known name is deleted with its text."""
    found = _DIRECTIVE.match(state.src, state.pos, state.posMax)
    if not found or (state.pos and state.src[state.pos - 1] == ":"):
        return False
    if not silent:
        known = _COLOURS.fullmatch(found[1])
        inside = state.md.renderInline(found[2] or "", state.env) if known else f":{found[1]}"
        token = state.push("html_inline", "", 0)
        token.content = f"<span>{inside}</span>"
    state.pos = found.end()
    return True


def _formula(state: StateInline, silent: bool) -> bool:
    found = _FORMULA.match(state.src, state.pos, state.posMax)
    if not found:
        return False
    if not silent:
        body = found["inline"]
        state.push("html_inline", "", 0).content = f"⟦{body.replace('<', '&lt;')}⟧"
    state.pos = found.end()
    return True


def _display(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """A formula between two lines of `$$`."""

    def content(number: int) -> str:
        return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]].strip()

    end = next((number for number in range(line + 1, last) if content(number) == "$$"), 0)
    if content(line) != "$$" or not end:
        return False
    if not silent:
        body = " ".join(" ".join(map(content, range(line + 1, end))).split())
        state.push("html_block", "", 0).content = f"<formula>⟦{body.replace('<', '&lt;')}⟧</formula>"
        state.line = end + 1
    return True


def _single_tilde(state: StateInline, silent: bool) -> bool:
    found = re.compile(r"(?<!~)~([^~\s](?:[^~]*[^~\s])?)~(?!~)").match(state.src, state.pos, state.posMax)
    if found and not silent:
        state.push("html_inline", "", 0).content = f"STRUCK({found[1]})"
    state.pos = found.end() if found else state.pos
    return bool(found)


def reader(streamlit: bool) -> MarkdownIt:
    """A plain reader of CommonMark, tables and strikethrough; or one with what Streamlit adds."""
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
    if streamlit:
        made.inline.ruler.before("escape", "directive", _directive)
        made.inline.ruler.before("escape", "formula", _formula)
        made.inline.ruler.before("strikethrough", "single_tilde", _single_tilde)
        before = {"alt": ["paragraph", "reference", "blockquote", "list"]}
        made.block.ruler.before("fence", "display", _display, before)
    return made


class _Outline(HTMLParser):
    def __init__(self, streamlit: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.streamlit = streamlit
        self.parts: list[str] = []
        self.code = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag in BLOCKS:
            self.parts.append(f"<{tag}>")
        if tag == "br":
            self.parts.append("⏎")
        if tag in ("hr",):
            self.parts.append("</hr>")
        if tag == "code" and "<pre>" not in self.parts[-1:]:
            self.parts.append("`")
        self.code += tag in ("code", "pre")

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag in ("code", "pre")
        if tag == "code" and not self.code:
            self.parts.append("`")
        if tag in BLOCKS:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.code > 1:
            data = data.removeprefix("\n") if self.streamlit else data
            data = data.removesuffix("\n").replace(" ", "¦").replace("\n", "↵")
        elif self.streamlit and not self.code:
            data = _EMOJI.sub("EMOJI", _SIGNS.sub(r"\1SIGN", data))
        self.parts.append(data)


def outline(markdown: str, streamlit: bool = True) -> str:
    """What a reader of this Markdown sees."""
    if streamlit:
        markdown = markdown.strip().replace(":material/", ":material_")
    parser = _Outline(streamlit)
    parser.feed(reader(streamlit).render(markdown))
    tag = r" ?(</?(?:" + "|".join(BLOCKS) + ")>) ?"
    text = re.sub(tag, r"\1", re.sub(r"[ \t\n]+", " ", "".join(parser.parts)))
    text = re.sub(r"⏎(?=</)", "", re.sub(r" ?⏎ ?", "⏎", text))
    text = re.sub("</?formula>", "", text)
    return text.replace("⟦\\\\⟧", "⏎").replace("\u2060", "").strip()
