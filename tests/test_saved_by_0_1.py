"""What people saved and shared with version 0.1.0 opens whole: links, files, saved chats and kept runs.

tests/fixtures/saved_by_0_1/README.md says what the fixtures are. Only the imports and the functions
`..._as_json` and `opened_...` know names of the product; when those change, nothing else here has to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.bedrock.answer import Answer
from lib.bedrock.problems import Problem
from lib.comparison.run import Column, Run
from lib.conversation.tree import Conversation, Turn
from lib.mistral.recipe import Recipe
from lib.records.chat_records import restore as restore_chat
from lib.records.links import from_link
from lib.records.markdown_file import from_any_file
from lib.records.run_records import restore as restore_runs
from lib.records.shared import Shared

FIXTURES = Path(__file__).parent / "fixtures" / "saved_by_0_1"
SETTINGS = ("system", "temperature", "top_p", "top_k", "max_tokens")
TIMES = ("duration_ms", "arrived_ms")
TOLERANCE_MS = 0.05001
"""Saved chats keep durations to a tenth of a millisecond. The times of links and runs are whole."""


def recipe_as_json(recipe: Recipe) -> dict[str, Any]:
    messages = [[turn.role, turn.text] for turn in recipe.messages]
    settings = {name: getattr(recipe, name) for name in SETTINGS}
    return {"model_id": recipe.model_id, "messages": messages, **settings, "stop": list(recipe.stop)}


def answer_as_json(answer: Answer, asked: Recipe | None = None) -> dict[str, Any]:
    """Without its recipe where that is `asked`, which is told beside it.

    Version 0.1 also called an answer stopped that nobody followed any more, which is now broken or failed.
    """
    usage = answer.usage
    return {
        "recipe": None if answer.recipe == asked else recipe_as_json(answer.recipe),
        "text": answer.text,
        "status": "stopped" if answer.problem and answer.problem.kind == "left" else answer.status,
        "stop_reason": answer.stop_reason,
        "usage": usage and [usage.input_tokens, usage.output_tokens, usage.latency_ms, usage.first_byte_ms],
        "duration_ms": answer.duration_ms,
        "arrived_ms": [beat.ms for beat in answer.timeline],
        "characters": [beat.characters for beat in answer.timeline],
        "request_id": answer.request_id,
        "problem": answer.problem and problem_as_json(answer.problem),
    }


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """Title, level and the offer to retry are not saved. Nor are the sentences of the problem `left` where a
    reload found it, so that a later version may word them anew."""
    told = {"kind": problem.kind, "shown": problem.shown}
    return told if problem.kind == "left" else {**told, "cause": problem.cause, "fix": problem.fix}


def shared_as_json(shared: Shared) -> dict[str, Any]:
    return {
        "kind": shared.kind,
        "date": shared.date.isoformat(),
        "left_out": list(shared.left_out),
        "entries": [
            {
                "recipe": recipe_as_json(entry.recipe),
                "answer": entry.answer and answer_as_json(entry.answer, entry.recipe),
            }
            for entry in shared.entries
        ],
    }


def chat_as_json(chat: Conversation) -> dict[str, Any]:
    return {"id": chat.id, "variants": list(variants_as_json(chat.root, None))}


def variants_as_json(turn: Turn | None, parent: str | None) -> Iterator[dict[str, Any]]:
    """Every variant of the tree, those that continue it behind it."""
    for place, variant in enumerate(turn.variants if turn else ()):
        yield {
            "id": variant.id,
            "continues": parent,
            "place": place,
            "chosen": turn is not None and turn.variant is variant,
            "prompt": variant.prompt,
            "sent": list(variant.sent),
            "left_out": variant.left_out,
            "foreign": variant.answers[0].origin == "shared",
            "parts": [answer_as_json(answer) for answer in variant.answers],
        }
        yield from variants_as_json(variant.next, variant.id)


def run_as_json(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "began": run.began.isoformat(timespec="seconds"),
        "prompt": run.prompt,
        "subject": run.subject,
        "order": run.order,
        "blind": run.blind,
        "picked": run.picked,
        "ended": run.ended,
        "columns": [column_as_json(column) for column in run.columns],
    }


def column_as_json(column: Column) -> dict[str, Any]:
    calls = [
        {
            "recipe": None if repeat.recipe == column.recipe else recipe_as_json(repeat.recipe),
            "never_sent": repeat.given_up,
            "answer": repeat.answer and answer_as_json(repeat.answer, column.recipe),
        }
        for repeat in column.repeats
    ]
    return {"recipe": recipe_as_json(column.recipe), "calls": calls}


def opened_chat(saved: dict[str, Any]) -> dict[str, Any]:
    """What the browser has of a chat, read by a process that no longer has any of its streams."""
    restored = restore_chat(saved["chat"], saved["records"], lambda _: None)
    return {
        "note": restored.note,
        "incomplete": sorted(restored.incomplete),
        "chat": chat_as_json(restored.conversation),
    }


def opened_runs(text: str) -> dict[str, Any]:
    restored = restore_runs(text, 4)
    return {"note": restored.note, "runs": [run_as_json(run) for run in restored.runs]}


def fixtures(pattern: str) -> list[str]:
    return sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.glob(pattern))


def read(name: str) -> Any:
    return json.loads((FIXTURES / name).read_text(encoding="utf-8"))


def differences(found: Any, expected: Any, where: str = "") -> Iterator[str]:
    """Where and how `found` is not as `expected`. A field that is missing is one that is None or empty."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted({*expected, *found}):
            yield from differences(found.get(name), expected.get(name), f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        for number, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from differences(one, other, f"{where}[{number}]")
    elif any(f".{name}" in where for name in TIMES) and None not in (found, expected):
        if found != pytest.approx(expected, rel=0, abs=TOLERANCE_MS):
            yield f"{where}: {found!r} is not {expected!r}"
    elif found != expected and not _nothing(found, expected):
        yield f"{where}: {found!r} is not {expected!r}"


def _nothing(*values: Any) -> bool:
    return all(value is None or value in ("", []) for value in values)


def assert_same(found: Any, expected: Any) -> None:
    told = "\n".join(differences(found, expected))
    assert not told, told


@pytest.mark.parametrize("name", fixtures("shared/*.links.json"))
def test_a_link_opens_as_it_was_shared(name: str) -> None:
    found = {about: shared_as_json(from_link(link)) for about, link in read(name).items()}
    assert_same(found, read(name.replace(".links.", ".expected.")))


@pytest.mark.parametrize("name", [*fixtures("shared/*.recipe.json"), *fixtures("shared/*.md")])
def test_a_file_opens_as_it_was_shared(name: str) -> None:
    dialect, about, *_ = name.split(".")
    found = shared_as_json(from_any_file((FIXTURES / name).read_bytes()))
    assert_same(found, read(f"{dialect}.expected.json")[about])


@pytest.mark.parametrize("name", fixtures("chats/*.saved.json"))
def test_a_saved_chat_comes_back_as_it_was(name: str) -> None:
    assert_same(opened_chat(read(name)), read(name.replace(".saved.", ".expected.")))


@pytest.mark.parametrize("name", fixtures("runs/*.txt"))
def test_kept_runs_come_back_as_they_were(name: str) -> None:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    assert_same(opened_runs(text), read(name.replace(".txt", ".expected.json")))


def test_no_fixture_is_missing() -> None:
    """The tests above would pass without any."""
    assert [len(fixtures(f"{kind}/*")) for kind in ("shared", "chats", "runs")] == [40, 18, 4]
