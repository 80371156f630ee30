"""Code that does the same: complete programs that send byte for byte the body of a recipe.

They follow AWS's own samples for this call (AWS docs, "Invoke Mistral AI models on Amazon Bedrock using the
Invoke Model API with a response stream", 2026), with one difference: the body is not put together from parts
but written out as it was sent, because JSON libraries of other languages put spaces and digits elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lib.mistral.catalog import Dialect
from lib.mistral.dialects import body
from lib.mistral.recipe import SETTINGS, Recipe
from lib.snippets import literals

Language = Literal["python", "javascript", "java", "go", "csharp", "cli", "json"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

WIDTH = 88  # characters of the body on one line of a program
MOST_PIECES = 2_000  # javac takes about 8,000 before a method is too long for it


@dataclass(frozen=True)
class Snippet:
    """A program. `highlight`: its language for syntax highlighters. `note`: what to know before it is run."""

    language: Language
    label: str
    code: str
    file_name: str
    highlight: str
    note: str


@dataclass(frozen=True)
class _Kind:
    label: str
    file_name: str
    highlight: str
    literal: Callable[[str], str]
    note: str


_KEYS = "Keys and region come from the environment or your AWS profile, as the SDK finds them by itself."
_KINDS: dict[Language, _Kind] = {
    "python": _Kind(
        "Python", "stream_answer.py", "python", literals.python, f"Needs: pip install boto3. {_KEYS}"
    ),
    "javascript": _Kind(
        "JavaScript",
        "stream-answer.mjs",
        "javascript",
        literals.javascript,
        f"Needs: npm install @aws-sdk/client-bedrock-runtime. {_KEYS}",
    ),
    "java": _Kind(
        "Java",
        "StreamAnswer.java",
        "java",
        literals.java,
        "Needs software.amazon.awssdk:bedrockruntime, software.amazon.awssdk:netty-nio-client, org.json:json "
        f"and, to keep the SDK's log quiet, org.slf4j:slf4j-nop. {_KEYS}",
    ),
    "go": _Kind(
        "Go",
        "main.go",
        "go",
        literals.go,
        "Needs: go get github.com/aws/aws-sdk-go-v2/config "
        f"github.com/aws/aws-sdk-go-v2/service/bedrockruntime. {_KEYS}",
    ),
    "csharp": _Kind(
        "C#",
        "Program.cs",
        "csharp",
        literals.csharp,
        f"Needs: dotnet add package AWSSDK.BedrockRuntime. {_KEYS}",
    ),
    "cli": _Kind(
        "AWS CLI",
        "invoke-model.sh",
        "bash",
        literals.shell,
        "The AWS CLI cannot stream from Amazon Bedrock: this sends the same body with invoke-model, and the "
        "answer comes in one piece.",
    ),
    "json": _Kind(
        "JSON body", "body.json", "json", str, "The body of the request, byte for byte, without a line break."
    ),
}
_EITHER = ["stop_reason", "finish_reason"]  # some models of Bedrock use OpenAI's name
_CHUNK: dict[Dialect, dict[str, str | list[str]]] = {
    "text": {"list": "outputs", "within": "", "text": "text", "stop": ["stop_reason"]},
    "message": {"list": "choices", "within": "message", "text": "content", "stop": _EITHER},
    "delta": {"list": "choices", "within": "delta", "text": "content", "stop": _EITHER},
}
"""Where a chunk's text is: an object in a list, and in most dialects one object further in. The object in the
list also tells why the answer ended; an answer that never does was cut."""

_BREAKS = re.compile(
    r'(?<=\\n)(?!\\n|")'  # where the text itself breaks
    rf'|(?<=, )(?="(?:{"|".join(SETTINGS)})": |\{{"role": )'  # between settings and between messages
)


def snippet(
    language: Language, recipe: Recipe, *, region: str | None = None, model_id: str | None = None
) -> Snippet:
    """The program for `recipe`.

    `region` is written into it where known, else the environment decides. `model_id` is the id that was
    called, where that is not the recipe's own in that region (an inference profile).
    """
    kind = _KINDS[language]
    sent = body(recipe).decode()
    code = sent
    if language != "json":
        call_id = model_id or recipe.model.call_id(region)
        code = (
            _environment()
            .get_template(f"{kind.file_name}.jinja")
            .render(
                pieces=[kind.literal(piece) for piece in pieces(sent)],
                model_id=kind.literal(call_id),
                region=None if region is None else kind.literal(region),
                model=recipe.model.name,
                local=recipe.model.local,
                chunk=_CHUNK[recipe.model.dialect],
            )
        )
    return Snippet(language, kind.label, code, kind.file_name, kind.highlight, kind.note)


def pieces(sent: str) -> list[str]:
    """The body in the lines that a program shows it in; joined they are the body again."""
    lines = [line for part in _BREAKS.split(sent) for line in _wrapped(part)]
    if len(lines) <= MOST_PIECES:
        return lines
    size = len(sent) // MOST_PIECES + 1
    return [sent[at : at + size] for at in range(0, len(sent), size)]


def _wrapped(text: str) -> list[str]:
    lines = []
    while len(text) > WIDTH:
        end = text.rfind(" ", WIDTH // 2, WIDTH) + 1 or WIDTH
        lines.append(text[:end])
        text = text[end:]
    return [*lines, text]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        undefined=StrictUndefined,
        autoescape=False,  # programs, not HTML; every value is a literal of the language already
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
