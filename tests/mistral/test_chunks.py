"""Events of an answer, in every form and however they were cut."""

from __future__ import annotations

import random

import pytest

from lib.local.shapes import FORMS, THINKING_FORMS, payloads
from lib.mistral.chunks import ChunkReader
from lib.mistral.dialects import ChunkError

THINKING = ("Two and two… ", "that is \u201cfour\u201d 🙂", ", surely.")
TEXT = ("The answer ", "is 4 🎉", " (四).")


def read(events: list[bytes]) -> tuple[str, str, str | None, int | None]:
    """Text, thinking, stop reason and output tokens of a whole answer."""
    reader = ChunkReader()
    chunks = [chunk for event in events for chunk in reader.read(event)] + [reader.finish()]
    usage = next((chunk.usage for chunk in chunks if chunk.usage), None)
    return (
        "".join(chunk.text for chunk in chunks),
        "".join(chunk.thinking for chunk in chunks),
        next((chunk.stop_reason for chunk in chunks if chunk.stop_reason), None),
        usage.output_tokens if usage else None,
    )


@pytest.mark.parametrize("form", THINKING_FORMS)
def test_thinking_is_kept_apart_in_every_form(form: str) -> None:
    text, thinking, reason, tokens = read(payloads(form, THINKING, TEXT))
    assert (text, thinking, reason) == ("".join(TEXT), "".join(THINKING), "stop")
    assert tokens


@pytest.mark.parametrize("form", THINKING_FORMS)
def test_thinking_without_an_answer_is_thinking(form: str) -> None:
    text, thinking, reason, _ = read(payloads(form, THINKING, (), "length"))
    assert (text, thinking, reason) == ("", "".join(THINKING), "length")


@pytest.mark.parametrize("form", [form for form in FORMS if form not in THINKING_FORMS])
def test_text_is_whole_however_the_events_were_cut(form: str) -> None:
    text, thinking, reason, _ = read(payloads(form, (), TEXT))
    assert (text, thinking, reason) == ("".join(TEXT), "", "stop")


@pytest.mark.parametrize("form", FORMS)
def test_200_random_cuts_change_nothing(form: str) -> None:
    rng = random.Random(form)
    events = payloads(form, THINKING if form in THINKING_FORMS else (), TEXT)
    whole, stream = read(events), b"".join(events)
    for _ in range(200):
        cuts = sorted(rng.choices(range(len(stream) + 1), k=rng.randint(0, 60)))
        pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
        assert read(pieces) == whole


@pytest.mark.parametrize(
    "text",
    [
        "The tag <think> is text here.",
        "[THIN ice]",
        "<thin",
        "<b>bold</b> </think>",
        "  indented",
        "I said <think>x</think>",
        "",
    ],
)
def test_a_text_that_does_not_begin_with_thinking_is_left_as_it_is(text: str) -> None:
    for size in (1, 3, 100):
        pieces = tuple(text[at : at + size] for at in range(0, len(text), size))
        assert read(payloads("reasoning", (), pieces))[:2] == (text, "")


def test_white_space_around_the_tags_belongs_to_neither() -> None:
    assert read(payloads("two-in-one", (), ("\n<think>\nhm\n", "</thi", "nk>\n\n", " Yes")))[:2] == (
        "Yes",
        "\nhm\n",
    )


def test_tags_are_text_where_thinking_has_a_field_of_its_own() -> None:
    assert read(payloads("reasoning", ("hm",), ("<think>x</think>",)))[:2] == ("<think>x</think>", "hm")


@pytest.mark.parametrize(
    "events",
    [
        [b"<html>"],
        [b"[1]"],
        [b'{"outputs":[{"te', b'{"outputs":[{"text":"x"}]}'],
        [b'{"a":1}}'],
        [b'{"a":tru}'],
        [b"{" * 5_000_000],
    ],
)
def test_what_is_no_object_is_refused(events: list[bytes]) -> None:
    with pytest.raises(ChunkError):
        read(events)


def test_half_a_character_that_stays_alone_is_replaced() -> None:
    lone = b'{"choices":[{"delta":{"content":"a\\ud83d"}}]}'
    other = b'{"choices":[{"delta":{"content":"b"}}]}'
    assert read([lone, other])[0] == "a\ufffdb"
    assert read([lone])[0] == "a\ufffd"
