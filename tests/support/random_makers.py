"""Random recipes and answers in every dialect, with texts that break careless code."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any, get_args

from lib.bedrock.answer import Answer, Beat, Status
from lib.mistral.catalog import Model, models
from lib.mistral.dialects import Usage
from lib.mistral.recipe import Message, Recipe
from lib.records.shared import PARTS, Shared, share
from lib.records.tasting import questions
from tests.support.makers import DAY

HOSTILE = (
    "\"quotes\" 'both' `back` \"\"\" '''",
    "\\ \\\\ \\n \\u0041 \\x41 \\0101 C:\\new\\temp\\",
    "line\nline\r\nreturn\rtab\tfeed\fbell\a\0null",
    "$HOME ${HOME} $(id) `id` %s %d %n %% {} {{ }} {0} {{ x }} {% raw %} #{x} !{x} @@",
    "\u2028\u2029\u0085\ufeff\u200b\u200d\u202e\u2066\u00a0\u00ad\u061c",
    "😀👩‍👩‍👧🇫🇷é\u0301日本語العربية\U0010ffff\U000e0041\uffff",
    "</script><script>alert(1)</script><img src=x onerror=alert(1)> ]]> --> */ //",
    "[INST] </s> <<SYS>> [/INST]",
    "'; exit 1; ' \"); System.exit(1); (\" #EOF\nEOF\n.\n\x1a\x7f\x80\x9f",
    " leading and trailing \n\n",
    "-n -e \\c \\0 \\07 \\x0",
    "??/ ??' trigraphs \\\r\n continued \\\n",
    "![x](http://203.0.113.7/x.png) <!-- sirocco abc --> [a](javascript:alert(1))",
)
STORY = (
    "the wind comes over the hills and down to the sea where it turns warm and a little salt is in it so "
    "that every window along the coast has its own grey film by noon though nobody minds because it is "
    "dry and clear and one can see islands that stay hidden all summer when the air hardly moves at all"
)
WORDS = STORY.split()


def text(rng: random.Random) -> str:
    """A text that is not blank: words, hostile strings and single characters from all of Unicode."""
    parts = [_part(rng) for _ in range(rng.randint(1, 4))]
    return " ".join(parts) if any(part.strip() for part in parts) else "x"


def _part(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return rng.choice(HOSTILE)
    if kind < 0.7:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, 30)))
    return "".join(_character(rng) for _ in range(rng.randint(1, 12)))


def _character(rng: random.Random) -> str:
    code = rng.randint(0, rng.choice((0x7F, 0xFF, 0x2FFF, 0x10FFFF)))
    return chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"


def recipe(rng: random.Random, model: Model | None = None) -> Recipe:
    model = model or rng.choice(models())
    fields: dict[str, Any] = {}
    for name, parameter in model.parameters.items():
        if name == "stop":
            fields[name] = tuple(text(rng) for _ in range(rng.choice((0, 0, 1, int(parameter.high)))))
        elif rng.random() < 0.6:
            low, high = parameter.low, parameter.high
            whole = name in ("top_k", "max_tokens")
            fields[name] = rng.randint(int(low), int(high)) if whole else _number(rng, low, high)
    count = rng.choice((1, 1, 3, 5))
    if model.dialect == "text" and rng.random() < 0.2:
        count += 1  # the beginning of an answer to go on with
    roles = ("user", "assistant")
    messages = tuple(Message(roles[at % 2], text(rng)) for at in range(count))  # type: ignore[arg-type]
    reference = rng.choice((model.id, *model.profiles.values()))
    return Recipe(model_id=reference, messages=messages, system=rng.choice(("", text(rng))), **fields)


def _number(rng: random.Random, low: float, high: float) -> float:
    return rng.choice(
        (int(low), int(high), low, high, round(rng.uniform(low, high), 2), rng.uniform(low, high))
    )


def answer(rng: random.Random, made_by: Recipe, tokens: int | None = None) -> Answer:
    """An answer as a stream leaves it, with times between whole milliseconds."""
    count = rng.randint(0, 40) if tokens is None else tokens
    said = [rng.choice(WORDS) + " " if tokens or rng.random() < 0.9 else text(rng) for _ in range(count)]
    ms, beats = rng.uniform(80, 900), []
    for piece in said:
        beats.append(Beat(ms, len(piece)))
        ms += rng.lognormvariate(3, 0.6)
    beats.append(Beat(ms, 0))
    return Answer(
        recipe=made_by,
        text="".join(said),
        status=rng.choice([status for status in get_args(Status) if status != "running"]),
        stop_reason=rng.choice((None, "stop", "length", "tool_calls")),
        usage=rng.choice((None, _usage(rng, count, int(ms)))),
        timeline=tuple(beats),
        duration_ms=ms + rng.random(),
        request_id="5a1e9e0c-0000-4000-8000-000000000000",
        problem=None,
        chunks=tuple("{}" for _ in beats),
    )


def _usage(rng: random.Random, count: int, ms: int) -> Usage:
    tokens = rng.randint(1, 9999)
    return Usage(tokens, count, rng.choice((None, ms)), None, rng.choice((0, 0, tokens)))


def shared(rng: random.Random) -> Shared:
    without = {part for part in PARTS if rng.random() < 0.15}
    kind = rng.random()
    if kind < 0.6:
        return share("answer", [answer(rng, recipe(rng))], on=DAY, without=without)
    if kind < 0.8:
        return share("conversation", conversation(rng, rng.randint(1, 5)), on=DAY, without=without)
    columns = [answer(rng, recipe(rng)) for _ in range(rng.randint(2, 4))]
    made = share("comparison", columns, on=DAY, without=without)
    return replace(made, question=rng.choice((None, *questions(made))))


def conversation(rng: random.Random, messages: int, most: int = 1000) -> list[Answer]:
    """Answers each of which was asked for with at most `most` of the turns before it."""
    model = rng.choice(models())
    answers: list[Answer] = []
    said: tuple[Message, ...] = ()
    for _ in range(messages):
        said = (*said, Message("user", text(rng)))
        asked = said[-most:]
        answers.append(
            answer(rng, Recipe(model_id=model.id, messages=asked, temperature=rng.choice((None, 0.5))))
        )
        text_of_it = answers[-1].text
        said = (*said, Message("assistant", text_of_it)) if text_of_it.strip() else said[:-1]
    return answers
