"""Reads the events of one answer as services really send them.

An event is usually one JSON object with a piece of the text. Some services send empty events, two objects in
one event, or an object or a character in two parts. Models that think send their thinking in one of five
forms: parts of type `thinking`, `reasoning_content`, `reasoning`, or `[THINK]…[/THINK]` and
`<think>…</think>` in the text.

Sources: AWS's notebook for Magistral (aws-samples/mistral-on-aws, 2026); Mistral's own API, as quoted in
litellm issues 16272 and 16911; servers with OpenAI's chunk format.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from lib.mistral.dialects import Chunk, ChunkError, parsed

LONGEST_OBJECT = 4_000_000
"""The longest JSON object, in bytes. One that is cut is put together up to this length."""
_CHUNK_FIELDS = frozenset(("outputs", "choices", "usage", "amazon-bedrock-invocationMetrics"))
_TAGS = {"[THINK]": "[/THINK]", "<think>": "</think>"}
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]|"', re.DOTALL)
_HIGH_SURROGATE = re.compile("[\ud800-\udbff]$")


class ChunkReader:
    """`read` gives the chunks of an event, `finish` the last piece that was held back, if there is one."""

    def __init__(self) -> None:
        self._objects = _Objects()
        self._tags = _ThinkingTags()
        self._text, self._thinking = _Characters(), _Characters()

    def read(self, data: bytes) -> list[Chunk]:
        """The chunks whose last byte is in this event. Raises ChunkError."""
        return [self._chunk(parsed(found)) for found in self._objects.feed(data)]

    def finish(self) -> Chunk:
        """What was held back because more could have followed."""
        text, thinking = self._tags.finish()
        return Chunk(self._text.feed(text) + self._text.finish(), None, None, False,
                     self._thinking.feed(thinking) + self._thinking.finish())  # fmt: skip

    def _chunk(self, chunk: Chunk) -> Chunk:
        if chunk.thinking:
            self._tags.thinking_is_apart()
        text, thinking = self._tags.feed(chunk.text)
        return replace(
            chunk, text=self._text.feed(text), thinking=self._thinking.feed(chunk.thinking + thinking)
        )


class _Objects:
    """JSON objects out of events; an object may be cut anywhere."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        if not self._rest.strip():
            self._rest = b""
        alone = _object(data)
        if alone is not None and not self._rest:
            return [alone]
        if alone is not None and _CHUNK_FIELDS.intersection(alone):
            raise ChunkError("An object in the answer was cut, and its end did not come.")
        found, self._rest = [], self._rest + data
        while rest := self._rest.lstrip():
            end = _end(rest)
            if end is None:
                break
            read = _object(rest[:end])
            if read is None:
                raise ChunkError("A chunk of the answer is not a JSON object.")
            found.append(read)
            self._rest = rest[end:]
        return found


def _object(data: bytes) -> dict[str, Any] | None:
    try:
        read = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _end(data: bytes) -> int | None:
    """Where the first object ends; None if its end has not arrived. Raises ChunkError if there is none."""
    if data[:1] != b"{" or len(data) > LONGEST_OBJECT:
        raise ChunkError("A chunk of the answer is not a JSON object.")
    depth = 0
    for mark in _STRUCTURE.finditer(data):
        if mark[0] == b'"':
            return None  # a string without an end
        if mark[0] in (b"{", b"}"):
            depth += 1 if mark[0] == b"{" else -1
            if not depth:
                return mark.end()
    return None


class _Characters:
    """Text whose pieces may end inside a character: JSON writes some as two halves (surrogates)."""

    def __init__(self) -> None:
        self._half = ""

    def feed(self, text: str) -> str:
        text = self._half + text
        found = _HIGH_SURROGATE.search(text)
        self._half = found[0] if found else ""
        return _whole(text[:-1] if found else text)

    def finish(self) -> str:
        half, self._half = self._half, ""
        return _whole(half)


def _whole(text: str) -> str:
    """Halves that belong together joined, others replaced: they can be neither displayed nor stored."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _ThinkingTags:
    """Takes the thinking out of a text that begins with it. Pieces may end inside a tag."""

    def __init__(self) -> None:
        self._held = ""
        self._closing = ""  # of the thinking that is open
        self._state = "begin"  # then perhaps "thinking" and "after", and at last "text"

    def thinking_is_apart(self) -> None:
        """The service sends thinking in a field of its own, so tags in the text are text."""
        if self._state == "begin":
            self._state = "text"

    def feed(self, text: str) -> tuple[str, str]:
        """The text and the thinking that are certain."""
        self._held += text
        thinking = ""
        if self._state == "begin":
            self._begin()
        if self._state == "thinking":
            thinking = self._think()
        if self._state == "after":
            self._held = self._held.lstrip()
            self._state = "text" if self._held else "after"
        if self._state != "text":
            return "", thinking
        text, self._held = self._held, ""
        return text, thinking

    def finish(self) -> tuple[str, str]:
        held, self._held = self._held, ""
        return ("", held) if self._state == "thinking" else (held, "")

    def _begin(self) -> None:
        begun = self._held.lstrip()
        for opening, closing in _TAGS.items():
            if begun.startswith(opening):
                self._state, self._closing, self._held = "thinking", closing, begun[len(opening) :]
                return
        if not any(opening.startswith(begun) for opening in _TAGS):
            self._state = "text"

    def _think(self) -> str:
        thought, closed, after = self._held.partition(self._closing)
        if closed:
            self._state, self._held = "after", after
            return thought
        lengths = range(min(len(thought), len(self._closing) - 1), 0, -1)
        part = next((n for n in lengths if self._closing.startswith(thought[-n:])), 0)
        self._held = thought[len(thought) - part :]
        return thought[: len(thought) - part]
