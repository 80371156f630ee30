"""A shared answer, conversation or comparison as Markdown to read and print.

The visible text is for people: prompts are quoted, and answers are written as the model wrote them. The file
ends with a comment that viewers do not show and that contains everything in the format of a link. Only this
comment is read when the file is opened, so edits of the visible text have no effect.
"""

import re
from collections.abc import Iterator

from lib.bedrock.summary import answer_line
from lib.mistral.recipe import NUMBERS, Message, Recipe
from lib.records.links import FILE_LIMIT, from_file, pack, unpacked
from lib.records.shared import LEFT_OUT, Entry, LinkError, Shared

_COMMENT = re.compile(r"<!-- sirocco ([A-Za-z0-9_-]+) -->\s*\Z")
_TITLES = {"answer": "An answer", "conversation": "A conversation", "comparison": "A comparison"}


def to_markdown(shared: Shared) -> str:
    """A Markdown document. Raises TooLong for more than can be opened again from a file."""
    names = list(dict.fromkeys(entry.recipe.model.name for entry in shared.entries))
    parts = [
        f"# {_TITLES[shared.kind]} of {' and '.join(names)}",
        f"Recorded on {shared.date.isoformat()} with Sirocco.",
        *_body(shared),
        f"<!-- sirocco {pack(shared)} -->",
    ]
    return "\n\n".join(parts) + "\n"


def from_any_file(data: bytes, name: str = "") -> Shared:
    """What `to_file` or `to_markdown` was given, whichever made the file. Raises LinkError.

    `name`: of the file. A broken one that is named .json is not taken for Markdown.
    """
    begins = data[:100].lstrip(b"\xef\xbb\xbf \t\r\n")
    if begins.startswith((b"{", b"[")) or name.lower().endswith(".json"):
        return from_file(data)
    return from_markdown(data.decode(errors="replace"))


def from_markdown(text: str) -> Shared:
    """What `to_markdown` was given. Raises LinkError."""
    if len(text) > 3 * FILE_LIMIT:
        raise LinkError("This file holds more than Sirocco opens.")
    # The last comment counts: an answer may hold one of its own.
    found = _COMMENT.search(text, max(0, text.rfind("<!-- sirocco ")))
    if found is None:
        raise LinkError("This file does not hold a Sirocco recipe: the comment at its end is missing.")
    return unpacked(found[1])


def _body(shared: Shared) -> Iterator[str]:
    if shared.left_out:
        yield f"Left out by the sender: {', '.join(LEFT_OUT[part] for part in shared.left_out)}."
    first = shared.entries[0].recipe
    if first.system.strip():
        yield f"## System text\n\n{_quoted(first.system)}"
    if shared.kind == "comparison":
        yield from map(_turn, first.messages)
        for entry in shared.entries:
            yield f"## {_settings(entry.recipe)}"
            yield from _recorded(entry)
        return
    yield from map(_turn, first.messages)
    for index, entry in enumerate(shared.entries):
        if index:
            yield _turn(Message("user", entry.recipe.prompt))
        yield f"## {entry.recipe.model.name}"
        yield from _recorded(entry)
        yield f"*{_settings(entry.recipe)}*"


def _turn(message: Message) -> str:
    return f"## {'Prompt' if message.role == 'user' else 'Earlier answer'}\n\n{_quoted(message.text)}"


def _recorded(entry: Entry) -> Iterator[str]:
    if entry.answer is None:
        yield "(The answer was left out.)"
        return
    if entry.answer.thinking:
        yield f"Thinking before the answer:\n\n{_quoted(entry.answer.thinking)}"
    yield entry.answer.shown_text.strip("\n") or "(No text arrived.)"
    yield f"*{answer_line(entry.answer, without=('origin', 'model', 'temperature'))}*"


def _settings(recipe: Recipe) -> str:
    told = [
        f"{NUMBERS[name].short} {value}" for name in NUMBERS if (value := getattr(recipe, name)) is not None
    ]
    return " · ".join([f"`{recipe.model_id}`", *told])


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
