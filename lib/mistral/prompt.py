"""The [INST] format: a whole conversation as one prompt, for the text dialect.

Source: AWS docs, model-parameters-mistral-text-completion, 2026. The format has no place for a system
text; putting it before the first user turn is common practice, not documented by AWS.
"""

import re
from collections.abc import Sequence
from typing import Literal

from lib.mistral.recipe import Message

_Role = Literal["user", "assistant"]
_SYSTEM_TAGS = (("[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]"), ("<<SYS>>", "<</SYS>>"))
_CONTROL = re.compile(r"\[/?(?:INST|SYSTEM_PROMPT)\]|</?s>|<</?SYS>>")
_TURN_TAG = re.compile(r"(\[/?INST\]|</?s>)")
_HEAD = re.compile(r"\s*(?:<s>\s*)?(?:\[INST\]\s*)?")


def neutralise(text: str) -> str:
    """The text with spaces in every control string, `[INST]` to `[ INST ]`, so that it has no effect.

    Without this a visitor who types `[/INST]` could write text in the assistant's name. No control string
    contains a space or overlaps another, so adding spaces creates no new one, and a second pass changes
    nothing.
    """
    return _CONTROL.sub(lambda match: f"{match[0][0]} {match[0][1:-1]} {match[0][-1]}", text)


def render(system: str, messages: Sequence[Message]) -> str:
    """The prompt for messages that alternate and begin with the user's, as in a Recipe.

    Texts are neutralised and stripped. A system text that is not blank is put before the first message, with
    an empty line between them. If the last message is an answer, it gets no `</s>`, so that the model
    continues it.
    """
    texts = [neutralise(turn.text).strip() for turn in messages]
    if system.strip():
        texts[0] = f"{neutralise(system).strip()}\n\n{texts[0]}"
    parts = [
        f"[INST] {text} [/INST]" if turn.role == "user" else f" {text}</s>"
        for turn, text in zip(messages, texts, strict=True)
    ]
    prompt = "<s>" + "".join(parts)
    return prompt.removesuffix("</s>")


def parse(prompt: str) -> tuple[str, tuple[Message, ...]]:
    """The system text ("" without one) and the messages of any prompt. Never raises.

    Accepts what clients send: bare text (one user message), line breaks between messages, a missing `</s>`,
    `<s>` before every message, an answer without an end (it becomes the last message). A system text is
    recognised only at the start of the prompt, and tags in other places are kept as text. Blank messages are
    dropped and neighbours of the same role joined, so that roles alternate.
    """
    system, rest = _take_system(prompt)
    said: list[tuple[_Role, list[str]]] = []
    state: Literal["outside", "user", "assistant"] = "outside"
    text: list[str] = []
    for piece in _TURN_TAG.split(rest):
        before = state
        if piece == "[INST]" and state != "user":
            state = "user"
        elif piece == "[/INST]" and state != "assistant":
            state = "assistant"
        elif piece == "</s>" and state == "assistant":
            state = "outside"
        elif not (piece in ("<s>", "</s>") and state == "outside"):
            text.append(piece)
        if state != before:
            _add(said, "assistant" if before == "assistant" else "user", "".join(text))
            text = []
    _add(said, "assistant" if state == "assistant" else "user", "".join(text))
    return system, tuple(Message(role, "\n\n".join(texts)) for role, texts in said)


def _take_system(prompt: str) -> tuple[str, str]:
    for opening, closing in _SYSTEM_TAGS:
        head, opened, rest = prompt.partition(opening)
        system, closed, tail = rest.partition(closing)
        if opened and closed and _HEAD.fullmatch(head):
            return system.strip(), f"{head} {tail}"
    return "", prompt


def _add(said: list[tuple[_Role, list[str]]], role: _Role, text: str) -> None:
    text = text.strip()
    if not text:
        return
    if said and said[-1][0] == role:
        said[-1][1].append(text)
    else:
        said.append((role, [text]))
