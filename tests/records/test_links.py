"""What is shared comes back as it was: through links, through files, through Markdown."""

from __future__ import annotations

import base64
import json
import random
import re
import zlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lib.bedrock.answer import Answer, Beat
from lib.mistral.catalog import SAMPLE_MODEL_ID, find
from lib.mistral.recipe import Message, Recipe
from lib.records.document import VERSION
from lib.records.links import LIMIT, from_file, from_link, pack, to_file, to_link, unpacked
from lib.records.markdown_file import from_any_file, from_markdown, to_markdown
from lib.records.shared import Entry, LinkError, Shared, TooLong, share
from tests.support import random_makers
from tests.support.makers import DAY, answered, recipe

LICENSE = Path(__file__).parents[2] / "LICENSE"
HELLO = recipe("Hello", temperature=0.5)


@pytest.mark.slow
def test_ten_thousand_recipes_of_every_dialect_come_back_from_their_links() -> None:
    rng = random.Random(1)
    dialects, links = set(), 0
    for _ in range(10_000):
        recipe = random_makers.recipe(rng)
        sent = Shared("answer", DAY, (Entry(recipe),))
        text = pack(sent)
        if len(text) <= LIMIT:
            assert to_link(sent) == text
            links += 1
        back = from_link(text) if len(text) <= LIMIT else unpacked(text)
        assert back == sent
        assert repr(back.entries[0].recipe) == repr(recipe)  # 1 and 1.0 are equal, yet not the same
        dialects.add(recipe.model.dialect)
    assert dialects == {"text", "message", "delta"}
    assert links > 9_900


@pytest.mark.slow
def test_what_is_shared_comes_back_from_a_file_and_from_markdown() -> None:
    for seed in range(500):
        sent = random_makers.shared(random.Random(seed))
        assert from_file(to_file(sent)) == sent
        assert to_file(from_file(to_file(sent))) == to_file(sent)
        assert from_markdown(to_markdown(sent)) == sent
        assert from_any_file(to_file(sent)) == from_any_file(to_markdown(sent).encode()) == sent
        assert unpacked(pack(sent)) == sent


def test_an_answer_of_five_hundred_tokens_with_its_timeline_fits_in_a_link() -> None:
    prose = " ".join(LICENSE.read_text(encoding="utf-8").split())
    for seed in range(20):
        made = random_makers.answer(random.Random(seed), HELLO, tokens=500)
        said = prose[seed * 400 :][: len(made.text)]  # as long, and with the words of a real text
        sent = share("answer", [replace(made, text=said)], on=DAY)
        assert len(sent.entries[0].answer.timeline) == 501  # type: ignore[union-attr]
        text = to_link(sent)
        print(f"{len(said):,} characters in 500 chunks make a link of {len(text):,} characters")
        assert len(text) < LIMIT * 0.75
        assert from_link(text) == sent


def test_arrival_times_come_back_within_a_millisecond() -> None:
    made = random_makers.answer(random.Random(3), HELLO, tokens=2000)
    back = unpacked(pack(share("answer", [made], on=DAY))).entries[0].answer
    assert back is not None
    assert len(back.timeline) == 2001
    assert all(
        abs(was.ms - now.ms) <= 0.5 and was.characters == now.characters
        for was, now in zip(made.timeline, back.timeline, strict=True)
    )
    assert abs(made.duration_ms - back.duration_ms) <= 0.5


def test_a_link_needs_no_escaping_in_a_url() -> None:
    text = to_link(random_makers.shared(random.Random(5)))
    assert quote(text, safe="") == text


def test_a_conversation_is_stored_once_however_long_it_gets() -> None:
    answers = random_makers.conversation(random.Random(7), 60)
    sent = share("conversation", answers, on=DAY)
    said = sum(len(answer.text) + len(answer.recipe.messages[-1].text) for answer in answers)
    assert len(to_file(sent)) < 6 * said + 60 * 800
    assert from_file(to_file(sent)) == sent


@pytest.mark.parametrize("most", [1, 3, 7])
def test_a_conversation_whose_oldest_turns_were_not_sent_comes_back(most: int) -> None:
    sent = share("conversation", random_makers.conversation(random.Random(most), 25, most), on=DAY)
    assert from_file(to_file(sent)) == sent
    assert b'"after"' in to_file(sent) or most == 1


def test_a_conversation_is_stored_once_also_where_answers_failed() -> None:
    answers = talk("Un.", "", "", "Quatre.")
    document = json.loads(to_file(share("conversation", answers, on=DAY)))
    assert [entry.get("after") for entry in document["entries"]] == [None, 0, 0, 0]


def talk(*texts: str) -> list[Answer]:
    """What was said to `1?`, `2?` and so on; a prompt without an answer is not sent along with the next."""
    answers: list[Answer] = []
    said: tuple[Message, ...] = ()
    for number, text in enumerate(texts, 1):
        recipe = replace(HELLO, messages=(*said, Message("user", f"{number}?")))
        answers.append(replace(random_makers.answer(random.Random(number), recipe), text=text, timeline=()))
        said = (*recipe.messages, Message("assistant", text)) if text else said
    return answers


def test_a_file_can_be_read_and_its_spacing_changed() -> None:
    sent = share("answer", [random_makers.answer(random.Random(9), HELLO, tokens=50)], on=DAY)
    data = to_file(sent)
    assert b'  "kind": "answer",\n' in data
    assert re.search(rb'"times": \[\d+(, \d+)+\]\n|"times": \[\d+(, \d+)+\],\n', data)
    squeezed = json.dumps(json.loads(data)).encode()
    assert from_file(squeezed) == from_file(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")) == sent


def test_numbers_in_brackets_inside_a_text_keep_their_spaces_in_a_file() -> None:
    asked, said = replace(HELLO, messages=(Message("user", "Is [ 1, 2 ] a list?"),)), "Yes: [ 1,  2 ]."
    made = replace(random_makers.answer(random.Random(9), asked), text=said, timeline=(Beat(5.0, len(said)),))
    sent = share("answer", [made], on=DAY)
    assert from_file(to_file(sent)) == sent


def test_what_the_sender_leaves_out_is_not_in_the_link() -> None:
    recipe = Recipe(
        model_id=SAMPLE_MODEL_ID,
        messages=(Message("user", "first"), Message("assistant", "second"), Message("user", "third")),
        system="secret",
    )
    made = random_makers.answer(random.Random(11), recipe, tokens=9)
    whole = to_file(share("answer", [made], on=DAY)).decode()
    assert all(word in whole for word in ("secret", "first", "second", "third", made.text, '"times"'))
    for part, gone in {
        "system": ["secret"],
        "turns": ["first", "second"],
        "answers": [made.text, '"answer":'],
        "times": ['"times":', '"characters":'],
    }.items():
        text = to_file(share("answer", [made], on=DAY, without=[part])).decode()  # type: ignore[list-item]
        assert not any(word in text for word in gone)
        assert "third" in text
        assert f'"left_out": [\n    "{part}"\n  ]' in text
        assert from_file(text.encode()).left_out == (part,)


def test_request_ids_and_raw_chunks_are_never_shared() -> None:
    made = random_makers.answer(random.Random(13), HELLO, tokens=5)
    assert made.request_id is not None
    back = from_link(to_link(share("answer", [made], on=DAY))).entries[0].answer
    assert back is not None
    assert (back.request_id, back.problem, back.chunks) == (None, None, ())
    assert made.request_id not in to_file(share("answer", [made], on=DAY)).decode()


def test_an_answer_that_still_runs_is_shared_as_far_as_it_came() -> None:
    made = replace(random_makers.answer(random.Random(15), HELLO, tokens=5), status="running")
    back = from_link(to_link(share("answer", [made], on=DAY))).entries[0].answer
    assert back is not None
    assert (back.status, back.text) == ("stopped", made.text)


def test_a_timeline_that_does_not_account_for_the_text_is_left_out() -> None:
    made = replace(random_makers.answer(random.Random(17), HELLO, tokens=5), timeline=(Beat(10.0, 1),))
    back = from_link(to_link(share("answer", [made], on=DAY))).entries[0].answer
    assert back is not None
    assert back.timeline == ()


def test_a_timeline_that_goes_back_in_time_is_left_out() -> None:
    backwards = (Beat(20.0, 3), Beat(10.0, 2))
    made = replace(random_makers.answer(random.Random(17), HELLO), text="Hello", timeline=backwards)
    back = from_link(to_link(share("answer", [made], on=DAY))).entries[0].answer
    assert back is not None
    assert back.timeline == ()


def test_a_stop_reason_that_is_no_word_is_shared_as_other() -> None:
    made = replace(random_makers.answer(random.Random(19), HELLO, tokens=5), stop_reason="<b>a sentence</b>")
    back = from_link(to_link(share("answer", [made], on=DAY))).entries[0].answer
    assert back is not None
    assert back.stop_reason == "other"


def test_a_link_that_would_be_too_long_says_by_how_much() -> None:
    noise = random.Random(21).randbytes(6000).hex()
    sent = Shared("answer", DAY, (Entry(replace(HELLO, system=noise)),))
    with pytest.raises(TooLong) as caught:
        to_link(sent)
    assert caught.value.length > caught.value.limit == LIMIT
    assert f"{caught.value.length:,} characters" in caught.value.sentence
    assert from_file(to_file(sent)) == sent


def test_what_could_not_be_opened_again_is_not_made() -> None:
    long = Shared("answer", DAY, (Entry(replace(HELLO, system="x" * 2_000_000)),))
    many = Shared("comparison", DAY, (Entry(HELLO),) * 301)
    deep = replace(HELLO, messages=(Message("user", "x" * 900_000),))
    heavy = Shared("comparison", DAY, (Entry(deep),) * 70)
    for sent in (long, many, heavy):
        for make in (to_file, to_link, to_markdown):
            with pytest.raises(TooLong):
                make(sent)


def test_a_link_may_come_with_padding_and_space_around_it() -> None:
    sent = Shared("answer", DAY, (Entry(HELLO),))
    text = to_link(sent)
    assert from_link(f" {text}{'=' * (-len(text) % 4)}\n") == sent


def test_an_answer_is_one_entry_and_nothing_shared_is_empty() -> None:
    for kind, count in (("answer", 0), ("answer", 2), ("conversation", 0), ("comparison", 0)):
        with pytest.raises(ValueError, match=kind):
            Shared(kind, DAY, (Entry(HELLO),) * count)  # type: ignore[arg-type]


def test_a_newer_format_is_refused_as_newer() -> None:
    document = json.loads(to_file(Shared("answer", DAY, (Entry(HELLO),))))
    document |= {"sirocco": VERSION + 1, "entries": {"something": "new"}, "news": True}
    packed = zlib.compress(json.dumps(document).encode())
    with pytest.raises(LinkError, match=r"^This link was made by a newer version of Sirocco; this one reads"):
        from_link(base64.urlsafe_b64encode(packed).decode())
    with pytest.raises(LinkError, match=r"^This file was made by a newer version of Sirocco; this one reads"):
        from_file(json.dumps(document).encode())


def test_an_answer_that_is_shared_again_keeps_the_day_on_which_it_was_recorded() -> None:
    rng = random.Random(12)
    first = share("answer", [random_makers.answer(rng, HELLO)], on=DAY)
    opened = from_link(to_link(first)).entries[0].answer
    assert opened
    assert (opened.origin, opened.made_on) == ("shared", DAY)
    again = share("answer", [opened], on=DAY + timedelta(days=9))
    assert again.date == DAY
    assert from_link(to_link(again)) == again


def test_answers_of_two_days_each_keep_theirs_and_only_then_the_format_is_the_newer_one() -> None:
    rng = random.Random(12)
    later = DAY + timedelta(days=9)
    old, new = (replace(random_makers.answer(rng, HELLO), made_on=day) for day in (DAY, later))
    both = share("comparison", [old, new], on=later)
    back = from_link(to_link(both))
    assert [entry.answer and entry.answer.made_on for entry in back.entries] == [DAY, later]
    assert json.loads(to_file(both))["sirocco"] == 2
    assert json.loads(to_file(share("comparison", [new, new], on=later)))["sirocco"] == 1


def test_a_setting_out_of_range_is_named_without_its_value() -> None:
    document = json.loads(to_file(Shared("answer", DAY, (Entry(HELLO),))))
    document["entries"][0]["recipe"]["temperature"] = 7
    with pytest.raises(LinkError) as caught:
        from_file(json.dumps(document).encode())
    assert caught.value.sentence == "This file does not fit: as temperature, Sirocco allows 0 to 1."


def test_markdown_shows_what_was_said_and_hides_the_rest_in_one_comment() -> None:
    asked = replace(HELLO, system="Be brief.", messages=(Message("user", "Hello\n\nthere"),))
    made = replace(random_makers.answer(random.Random(23), asked, tokens=3), text="# Hi\n", timeline=())
    lines = to_markdown(share("answer", [made], on=DAY)).splitlines()
    assert lines[0] == f"# An answer of {find(SAMPLE_MODEL_ID).name}"
    assert "Recorded on 2026-11-22 with Sirocco." in lines
    assert lines[lines.index("## System text") + 2] == "> Be brief."
    assert lines[lines.index("## Prompt") + 2 :][:3] == ["> Hello", ">", "> there"]
    assert "# Hi" in lines
    assert any(f"`{SAMPLE_MODEL_ID}` · temperature 0.5" in line for line in lines)
    assert re.fullmatch(r"<!-- sirocco \S+ -->", lines[-1])
    assert sum("<!--" in line for line in lines) == 1


def test_markdown_of_a_conversation_has_every_prompt_once_and_in_order() -> None:
    lines = to_markdown(share("conversation", talk("Un.", "Deux.", "Trois."), on=DAY)).splitlines()
    told = [line for line in lines if line in ("> 1?", "> 2?", "> 3?", "Un.", "Deux.", "Trois.")]
    assert told == ["> 1?", "Un.", "> 2?", "Deux.", "> 3?", "Trois."]


def test_markdown_of_a_comparison_has_the_prompt_once_and_the_settings_above_each_answer() -> None:
    recipes = [replace(HELLO, temperature=temperature) for temperature in (0.1, 0.9)]
    answers = [
        replace(random_makers.answer(random.Random(at), recipe), text=f"Answer {at}", timeline=())
        for at, recipe in enumerate(recipes)
    ]
    lines = to_markdown(share("comparison", answers, on=DAY)).splitlines()
    named = [f"## `{SAMPLE_MODEL_ID}` · temperature {temperature}" for temperature in (0.1, 0.9)]
    told = [line for line in lines if line in ("> Hello", "Answer 0", "Answer 1", *named)]
    assert told == ["> Hello", named[0], "Answer 0", named[1], "Answer 1"]


def test_edits_of_the_visible_markdown_do_not_count() -> None:
    sent = share("answer", [random_makers.answer(random.Random(25), HELLO, tokens=3)], on=DAY)
    assert from_markdown("Note.\r\n\r\n" + to_markdown(sent).replace("Hello", "Goodbye") + "\n\n") == sent


def test_markdown_without_its_comment_says_what_is_missing() -> None:
    with pytest.raises(LinkError, match="the comment at its end is missing"):
        from_markdown("# A conversation\n\nHello")


@pytest.mark.parametrize("harm", [lambda data: data[:-9], lambda data: data[9:]])
def test_a_broken_json_file_is_not_told_about_the_comment_of_a_markdown_file(harm: Any) -> None:
    data = harm(to_file(share("answer", [answered(recipe(), "Hi.")], on=DAY)))
    with pytest.raises(LinkError) as refused:
        from_any_file(data, "sirocco-answer.recipe.JSON")
    assert refused.value.sentence == "This file does not hold a Sirocco recipe."
