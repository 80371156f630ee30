"""Whatever a browser gives back, the page opens and says what it ignored."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.records import chat_records
from tests.support.broken_json import NASTY, mutated
from tests.support.makers import LARGE, restored, rich, stored


def usable(back: chat_records.Restored) -> None:
    """It can be shown, asked on and stored again."""
    seen = [variant.id for *_, variant in back.conversation.variants()]
    assert len(seen) == len(set(seen))
    for turn in back.conversation.turns():
        assert turn.variant.answer.status != "running"
        assert turn.variant.answer.recipe.messages
    texts = stored(back.conversation)
    json.dumps(texts).encode()
    for text in (
        turn.text for *_, one in back.conversation.variants() for turn in one.answer.recipe.messages
    ):
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
        shown = {variant.id for *_, variant in back.conversation.variants()}
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
