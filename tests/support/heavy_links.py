"""Links that are short and unpack to much work for a browser, made as `to_link` makes links."""

from __future__ import annotations

from lib.mistral.recipe import Message
from tests.support.makers import answered, link, recipe

_ROW = "|" + "a|" * 200 + "\n"
_MESSAGES = tuple(Message(("user", "assistant")[at % 2], "x") for at in range(8_999))
TEXTS = {
    "emphasis": "*a" * 20_000,
    "strong": "**a**" * 10_000,
    "struck": "~~a~~ " * 8_000,
    "code": "`a` " * 12_000,
    "brackets": "[" * 40_000,
    "links": "[a](http://b.c) " * 3_000,
    "directives": ":red[a] " * 6_000,
    "signs": "-> -- " * 8_000,
    "references": "&amp;" * 9_000,
    "nested bullets": "- " * 2_000 + "x",
    "nested lines": "\n".join("  " * depth + "- x" for depth in range(200)),
    "nested quotes": "> " * 2_000 + "x",
    "table": _ROW + _ROW.replace("a", "-") + _ROW * 100,
    "paragraphs": "a\n\n" * 16_000,
    "lines": "a\n" * 25_000,
    "list": "- a\n" * 12_000,
    "headings": "# a\n" * 12_000,
    "fences": "```\na\n```\n" * 4_000,
    "program": "```python\n" + "x = 'a'\n" * 6_000 + "```",
    "formulas": "$x$ " * 10_000,
    "long formulas": ("$" + "\\frac{x}{y}" * 50 + "$ ") * 80,
    "two million characters": "a " * 900_000,
}
"""Each is the text of an answer."""
LINKS = {
    **{name: link(answered(recipe("Say it."), text, timeline=())) for name, text in TEXTS.items()},
    "8,999 turns": link(answered(recipe(messages=_MESSAGES), "x")),
    "a long prompt": link(answered(recipe("p " * 900_000), "x")),
    "a long system text": link(answered(recipe(system="s\n" * 600_000), "x")),
}
