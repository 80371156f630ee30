"""The list of chats that a browser sends, and the file of all chats, whatever is in them."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from datetime import date
from typing import Any

import pytest

from lib.conversation.tree import new_id
from lib.records import chat_records, kept_chats
from lib.records.kept_chats import KeptChat
from lib.records.shared import LinkError
from tests.support.broken_json import NASTY, TEXTS, mutated
from tests.support.makers import LARGE, nothing_runs, rich, stored, tree

ID = "0123456789abcdef"
FIELDS = {"id": ID, "day": "2026-11-22", "prompt": "Hello\n  you", "model": LARGE, "open": "here"}


def a_file(*chats: dict[str, Any], version: object = 1) -> bytes:
    return json.dumps({"sirocco_chats": version, "chats": list(chats)}).encode()


def test_the_list_has_titles_on_one_line_and_names_of_models() -> None:
    (chat,) = kept_chats.told([FIELDS])
    assert chat == KeptChat(ID, date(2026, 11, 22), "Hello\n  you", "Mistral Large", "here")
    assert (chat.title, chat.about) == ("Hello you", "22 November 2026 · Mistral Large")


def test_what_is_not_known_of_a_chat_is_left_out() -> None:
    for odd in ({"day": "yesterday", "prompt": " ", "model": "gpt"}, {}, {"prompt": None}):
        (chat,) = kept_chats.told([{"id": ID, **odd}])
        assert (chat.title, chat.about) == ("A chat without a prompt", "")


def test_a_prompt_that_was_cut_inside_a_character_can_be_shown() -> None:
    (chat,) = kept_chats.told([FIELDS | {"prompt": "cut \ud83d"}])
    assert chat.title == "cut ?"


@pytest.mark.parametrize("name", [*FIELDS, "records"])
@pytest.mark.parametrize("wrong", NASTY)
def test_nothing_that_a_browser_sends_or_a_file_holds_breaks_the_list(name: str, wrong: object) -> None:
    assert len(kept_chats.told([FIELDS | {name: wrong}, FIELDS])) in (1, 2)
    for document in (a_file(FIELDS | {"records": {}, name: wrong}), a_file(FIELDS, version=wrong)):
        with suppress(LinkError):
            assert kept_chats.from_file(document)


@pytest.mark.parametrize("wrong", NASTY)
def test_a_list_of_another_shape_is_empty(wrong: object) -> None:
    assert kept_chats.told(wrong) == []


@pytest.mark.parametrize("text", [*TEXTS, '{"sirocco_chats":1}', '{"sirocco_chats":1,"chats":[7]}'])
def test_a_file_that_holds_no_chats_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(LinkError, match="This file"):
        kept_chats.from_file(text.encode(errors="replace"))


def test_only_a_file_of_chats_begins_as_one() -> None:
    assert kept_chats.is_file(b'\xef\xbb\xbf\n{\n  "sirocco_chats" : 1}')
    assert not kept_chats.is_file(b'{"sirocco": 1}')
    assert not kept_chats.is_file(b'# An answer\n{"sirocco_chats": 1}')


def test_a_chat_of_a_file_is_the_chat_that_was_saved_except_for_what_a_stranger_may_have_made_up() -> None:
    chat = rich()
    (saved,) = kept_chats.from_file(a_file(FIELDS | {"records": stored(chat)}))
    restored = chat_records.restore(None, dict(saved.records), nothing_runs, "shared")
    assert restored.note == ""
    assert restored.conversation.id != ID
    parts = [part for *_, variant in restored.conversation.variants() for part in variant.answers]
    assert {part.origin for part in parts} == {"shared"}
    assert {part.problem for part in parts} == {part.request_id for part in parts} == {None}
    own = chat_records.restore(None, stored(chat), nothing_runs)
    texts = [[row[0], row[1], row[4]] for row in tree(own.conversation)]
    assert [[row[0], row[1], row[4]] for row in tree(restored.conversation)] == texts


def test_no_broken_chat_of_a_file_raises() -> None:
    chance, texts = random.Random(17), stored(rich())
    for _ in range(60):
        records = {str(name): str(text) for name, text in mutated(texts, chance).items()}
        (saved,) = kept_chats.from_file(a_file(FIELDS | {"records": records}))
        chat_records.restore(new_id(), dict(saved.records), nothing_runs, "shared")
