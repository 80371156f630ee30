"""What a model thought: kept in the visitor's own browser, and shared only if the sender wants it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import pytest

from lib.bedrock.answer import Answer
from lib.bedrock.summary import answer_line
from lib.conversation.tree import Conversation
from lib.mistral.dialects import body
from lib.records import exports, run_records
from lib.records.links import from_file, from_link, to_file, to_link, unpacked
from lib.records.markdown_file import from_markdown, to_markdown
from lib.records.shared import Kind, share
from tests.support.makers import DAY, answered, asked, recipe, replied, restored, run_of, stored

SECRET = "They ask for 2 + 2 🙂.\n\n$2+2=4$"
THOUGHT = answered(recipe(), "4", thinking=SECRET, thinking_ms=3960.4)
KINDS: tuple[Kind, ...] = ("answer", "conversation", "comparison")


def back(made: Answer, *without: str) -> Answer:
    opened = from_link(to_link(share("answer", [made], on=DAY, without=without))).entries[0].answer  # type: ignore[arg-type]
    assert opened
    return opened


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_shared_holds_the_thinking_unless_the_sender_wants_it(kind: Kind) -> None:
    answers = [THOUGHT] if kind == "answer" else [THOUGHT, replace(THOUGHT, text="four")]
    sent = share(kind, answers, on=DAY)
    assert sent.left_out == ("thinking",)
    for text in (to_file(sent).decode(), to_markdown(sent), str(unpacked(to_link(sent)))):
        assert "They ask" not in text
    assert from_markdown(to_markdown(sent)) == sent
    wanted = share(kind, answers, on=DAY, without=())
    assert wanted.left_out == ()
    assert "They ask" in to_file(wanted).decode()
    assert "> They ask" in to_markdown(wanted)
    assert from_markdown(to_markdown(wanted)) == wanted == from_link(to_link(wanted))


def test_the_recipient_gets_the_thinking_and_how_long_it_took() -> None:
    assert (back(THOUGHT).thinking, back(THOUGHT).thinking_ms) == (SECRET, 3960.0)


def test_where_the_thinking_is_left_out_no_speed_is_claimed() -> None:
    opened = back(THOUGHT, "thinking")
    assert (opened.thinking, opened.thinking_ms, opened.tokens_per_second) == ("", 3960.0, None)
    assert "thought for 4.0 s" in answer_line(opened)
    assert "out including thinking" in answer_line(opened)


def test_without_thinking_nothing_is_said_to_be_left_out_and_older_versions_open_it() -> None:
    sent = share("answer", [replace(THOUGHT, thinking="", thinking_ms=None, made_on=DAY)], on=DAY)
    assert sent.left_out == ()
    assert json.loads(to_file(sent))["sirocco"] == 1
    assert json.loads(to_file(share("answer", [THOUGHT], on=DAY)))["sirocco"] == 3


@pytest.mark.parametrize(
    "wrong", [{"thinking": 5}, {"thinking_ms": -1}, {"thinking_ms": 1.5}, {"thinking_ms": "1"}]
)
def test_a_file_with_odd_thinking_is_refused(wrong: dict[str, object]) -> None:
    document = json.loads(to_file(share("answer", [THOUGHT], on=DAY, without=())))
    document["entries"][0]["answer"] |= wrong
    with pytest.raises(ValueError, match="This file"):
        from_file(json.dumps(document).encode())


def test_a_reload_keeps_the_thinking() -> None:
    chat = Conversation()
    asked(chat, "2 + 2?", "4").parts = [replied(recipe("2 + 2?"), "4", thinking=SECRET, thinking_ms=3960.4)]
    answer = restored(stored(chat)).conversation.turns()[0].variant.answer
    assert (answer.thinking, answer.thinking_ms) == (SECRET, 3960.4)


def test_the_thinking_is_never_sent_back_to_a_model() -> None:
    chat = Conversation()
    asked(chat, "2 + 2?", "4").parts = [replied(recipe("2 + 2?"), "4", thinking=SECRET, thinking_ms=3960.4)]
    sent = body(asked(chat, "And 3 + 3?", "6").parts[0].recipe).decode()
    assert "2 + 2?" in sent
    assert "They ask" not in sent


def test_a_kept_comparison_has_the_thinking_and_its_exports_have_the_figures_only() -> None:
    run = run_of("Hello", [0.0, 0.5])
    for column in run.columns:
        column.repeats[0].reply = replied(column.recipe, "4", thinking=SECRET, thinking_ms=3960.4)
    kept = run_records.restore(run_records.to_text([run_records.record(run)]), 4).runs[0].columns[0].answer
    assert kept
    assert (kept.thinking, kept.thinking_ms) == (SECRET, 3960.0)
    whole = exports.to_json(run)
    assert "They ask" not in whole + exports.to_csv(run)
    told = json.loads(whole)["columns"][0]["answers"][0]
    assert (told["thinking_characters"], told["thinking_ms"]) == (len(SECRET), 3960.4)
    assert next(csv.DictReader(io.StringIO(exports.to_csv(run))))["tokens_per_second"] == ""
