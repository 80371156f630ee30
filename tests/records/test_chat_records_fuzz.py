"""Whatever a browser gives back, the page opens and says what it ignored."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.conversation.tree import new_id
from lib.records import chat_records
from tests.support.conversations import LARGE, restored, rich, stored

NASTY: list[Any] = [
    None, True, False, 0, -1, 1, 10**30, 1e308, float("nan"), float("inf"), "", "x", "\ud800", "0" * 16,
    "a" * 2000, [], {}, [[]], {"parent": None}, [None] * 60, "running", "left", -0.5, "../../x",
    [["[" * 50]], {"": ""},
]  # fmt: skip
"""What a field may hold instead of what belongs there."""
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


def usable(back: chat_records.Restored) -> None:
    """It can be shown, asked on and stored again."""
    seen = [variant.id for _, variant in back.conversation.variants()]
    assert len(seen) == len(set(seen))
    for turn in back.conversation.path():
        assert turn.variant.answer.status != "running"
        assert turn.variant.answer.recipe.messages
    texts = stored(back.conversation)
    json.dumps(texts).encode()
    for text in (turn.text for _, one in back.conversation.variants() for turn in one.answer.recipe.messages):
        text.encode()
    assert back.note == "" or back.note.endswith("left out.")


@pytest.mark.slow
def test_ten_thousand_broken_saves_open_the_page_and_say_what_was_ignored() -> None:
    valid = stored(rich())
    ids = {name for name in valid if "/" not in name}
    began, ignored = time.process_time(), 0
    for seed in range(10_000):
        texts = mutated(valid, random.Random(seed))
        back = restored(texts)
        usable(back)
        shown = {variant.id for _, variant in back.conversation.variants()}
        there = {name for name in texts if not (isinstance(name, str) and "/" in name)}
        assert bool(back.note) == bool(there - shown)
        assert shown <= ids | there
        ignored += bool(back.note)
    assert ignored > 2000
    assert time.process_time() - began < 20


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(NASTY),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "prompt": JSON | st.just("Hello?"),
        "left_out": JSON,
        "recipe": JSON
        | st.just({"model_id": LARGE})
        | st.fixed_dictionaries({"model_id": JSON, "stop": JSON}),
        "parts": JSON | st.lists(st.just({"status": "complete", "text": "a"}) | JSON, max_size=3),
        "parent": JSON | st.sampled_from(["0" * 16, "1" * 16]),
        "index": JSON,
        "after": JSON | st.sampled_from(["0" * 16, "1" * 16]),
        "drop": JSON | st.integers(0, 3),
        "sent": JSON,
    },
)
NAMES = (
    st.sampled_from(["0" * 16, "1" * 16, f"{'0' * 16}/at", f"{'1' * 16}/at", f"{'0' * 16}/live"]) | st.text()
)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, database=None)
@given(st.dictionaries(NAMES, FIELDS.map(json.dumps) | JSON, max_size=5) | JSON)
def test_anything_at_all_opens_the_page(texts: Any) -> None:
    usable(restored(texts))
