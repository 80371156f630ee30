"""Records as a broken or hostile browser gives them back."""

from __future__ import annotations

import json
import random
from typing import Any

from lib.conversation.tree import new_id

NASTY: list[Any] = [
    None, True, False, 0, -1, 1, 10**30, 1e308, float("nan"), float("inf"), "", "x", "\ud800", "0" * 16,
    "a" * 2000, [], {}, [[]], {"parent": None}, [None] * 60, "running", "left", -0.5, "../../x",
    [["[" * 50]], {"": ""},
]  # fmt: skip
"""Wrong values for a field."""
TEXTS = [
    "",
    "null",
    "[]",
    "{}",
    "{",
    "[" * 100_000,
    '{"a":' * 5000,
    "9" * 5000,
    '"\\ud800"',
    "\x00",
    "NaN",
    "💨",
]
"""Texts that are no JSON, or JSON of the wrong shape."""


def mutated(texts: dict[str, str], chance: random.Random) -> dict[Any, Any]:
    """A valid save with one to six things wrong with it."""
    wrong: dict[Any, Any] = dict(texts)
    for _ in range(chance.randint(1, 6)):
        name = chance.choice(list(wrong) or [new_id()])
        match chance.randrange(8):
            case 0:
                wrong.pop(name, None)
            case 1:
                wrong[name] = chance.choice([*TEXTS, *NASTY])
            case 2:
                wrong[chance.choice([new_id(), "x", "", "a/b/c", f"{new_id()}/at"])] = wrong.get(name)
            case 3 if isinstance(wrong.get(name), str) and wrong[name]:
                text = wrong[name]
                at = chance.randrange(len(text))
                wrong[name] = text[:at] + chance.choice(["", '"', "9", "}", "\\", text[at:]]) + text[at + 1 :]
            case 4:
                other = chance.choice(list(wrong) or [name])
                wrong[name], wrong[other] = wrong.get(other), wrong.get(name)
            case _:
                wrong[name] = altered(wrong.get(name), chance)
    return wrong


def altered(text: object, chance: random.Random) -> object:
    """The JSON with one value somewhere in it replaced, doubled or taken out."""
    try:
        whole = json.loads(text)  # type: ignore[arg-type]
    except (TypeError, ValueError, RecursionError):
        return text
    at = whole
    while isinstance(at, dict | list) and at:
        key = chance.choice(list(at)) if isinstance(at, dict) else chance.randrange(len(at))
        if isinstance(at[key], dict | list) and at[key] and chance.random() < 0.7:
            at = at[key]
            continue
        if chance.random() < 0.2:
            del at[key]
        else:
            at[key] = chance.choice(NASTY)
        break
    return json.dumps(whole)
