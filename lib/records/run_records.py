"""The saved form of comparison runs: one text for the visitor's browser, and how it is read back.

    {"version": 1, "runs": [{"id": ..., "began": "2026-11-22T18:46:31", "subject": "temperature",
                             "order": [0, 1], "blind": false, "picked": null, "calls": [1, 1],
                             "entries": "eNq..."}],
     "rounds": [["3f0c9a1b2d4e", "haiku", "Temperature 0.7", "best", false]]}

The newest run is first. `entries` is a comparison as lib.records.links packs it, column by column; a call
that was never sent, or whose answer has not ended, is a recipe without an answer. Request ids, problems, raw
chunks and earlier attempts are not saved, and of a very long run the times of the pieces are not. A visitor
can change what is saved, so a run in which anything is wrong is left out and counted.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from lib.bedrock.reply import Reply
from lib.bedrock.wording import unreadable
from lib.comparison.blind import KINDS, LONGEST_LABEL, QUESTIONS, Round
from lib.comparison.blind import MOST as ROUNDS
from lib.comparison.comparisons import MOST as RUNS
from lib.comparison.comparisons import age
from lib.comparison.plan import FEWEST, MOST, REPEATS, SUBJECTS, Subject
from lib.comparison.run import Column, Repeat, Run
from lib.mistral.recipe import NUMBERS
from lib.records.json_reader import ODD, Refusal
from lib.records.links import pack, unpacked
from lib.records.shared import Entry, Part, Shared, share

VERSION = 1
CHARACTERS = 300_000
"""The longest text; localStorage holds about five million characters, which the conversations need."""
_ROOMY = CHARACTERS // 2
"""What is longer is saved without the times of its pieces, so that it leaves room for other runs."""
_ID = re.compile(r"[0-9a-f]{12}")
_BEGAN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_NAMES = {"id", "began", "subject", "order", "blind", "picked", "calls", "entries"}


class Restored(NamedTuple):
    """`note`: one sentence about what was ignored, or "". `rounds`: the blind pick of each run."""

    runs: list[Run]
    note: str
    rounds: Mapping[str, Round]


def to_text(records: Sequence[str], rounds: Mapping[str, Round] = MappingProxyType({})) -> str:
    """One text of what `record` made, newest first, and of the blind picks; "" for none. What has no room is
    left out."""
    kept: list[str] = []
    # Sorted, so that two tabs with the same rounds make the same text.
    picks = [[run_id, *one] for run_id, one in sorted(rounds.items())[:ROUNDS]]
    told = f',"rounds":{json.dumps(picks, separators=(",", ":"))}' if picks else ""
    room = CHARACTERS - 50 - len(told)  # for the JSON around the records
    for one in records:
        if len(kept) < RUNS and 0 < len(one) < room:
            kept.append(one)
            room -= len(one) + 1
    return f'{{"version":{VERSION},"runs":[{",".join(kept)}]{told}}}' if kept or picks else ""


def record(run: Run) -> str:
    """A run as JSON, ASCII only; "" for one that is too large to be read back.

    Of a run that is going, the answers that have ended are saved.
    """
    try:
        packed = _packed(run, ())
        if len(packed) > _ROOMY:
            packed = _packed(run, ("times",))
    except ValueError:  # too long, or half a surrogate pair in it
        return ""
    fields = {
        "id": run.id,
        "began": run.began.isoformat(timespec="seconds"),
        "subject": run.subject,
        "order": run.order,
        "blind": run.blind,
        **({"question": run.question} if run.question != "best" else {}),
        "picked": run.picked,
        "calls": [len(column.repeats) for column in run.columns],
        "entries": packed,
    }
    return json.dumps(fields, separators=(",", ":"))


def restore(text: object, width: int) -> Restored:
    """The runs that `text` holds, newest first. Never raises, whatever it is.

    `width`: calls that the backend is given at the same time, should a column be run again.
    """
    whole = _whole(text)
    if whole is None:
        return Restored([], "The saved comparison runs could not be read and were left out.", {})
    records: list[Any] = whole["runs"]
    runs: dict[str, Run] = {}
    bad = max(0, len(records) - RUNS)
    for saved in records[:RUNS]:
        try:
            run = _run(saved, width)
        except ValueError:  # also a Refusal or a LinkError
            bad += 1
            continue
        bad += run.id in runs
        runs.setdefault(run.id, run)
    note = unreadable(bad, "comparison run")
    return Restored(sorted(runs.values(), key=age, reverse=True), note, _rounds(whole.get("rounds")))


def _rounds(saved: object) -> dict[str, Round]:
    """The blind picks; those in which anything is wrong are left out."""
    found = {}
    for one in saved[:ROUNDS] if isinstance(saved, list) else []:
        match one:
            case [str(run_id), str(kind), str(label), "best" | "hottest" as question, bool(right)] if (
                _ID.fullmatch(run_id) and kind in KINDS and len(label) <= LONGEST_LABEL
            ):
                found[run_id] = Round(kind, label, question, right)
    return found


def _whole(text: object) -> dict[str, Any] | None:
    """The JSON object that the text is; None if it is not a text of `to_text`."""
    if not isinstance(text, str) or len(text) > CHARACTERS:
        return None
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        return None
    known = isinstance(whole, dict) and whole.get("version") == VERSION
    return whole if known and isinstance(whole.get("runs"), list) else None


def _packed(run: Run, without: Sequence[Part]) -> str:
    repeats = [repeat for column in run.columns for repeat in column.repeats]
    entries = tuple(_entry(repeat, run, without) for repeat in repeats)
    return pack(Shared("comparison", run.began.date(), entries))


def _entry(repeat: Repeat, run: Run, without: Sequence[Part]) -> Entry:
    answer = repeat.answer
    if answer is None or not repeat.ended:
        return Entry(repeat.recipe)
    return share("comparison", [answer], on=run.began.date(), without=without).entries[0]


def _run(saved: object, width: int) -> Run:
    if not isinstance(saved, dict) or set(saved) - {"question"} != _NAMES:
        raise Refusal(ODD)
    subject, order, picked = saved["subject"], _numbers(saved["order"]), saved["picked"]
    columns = _columns(saved["calls"], saved["entries"])
    places = range(len(columns))
    if not isinstance(subject, str) or subject not in SUBJECTS or type(saved["blind"]) is not bool:
        raise Refusal(ODD)
    missing = subject in NUMBERS and any(getattr(column.recipe, subject) is None for column in columns)
    if missing or sorted(order) != list(places) or len({column.recipe.messages for column in columns}) > 1:
        raise Refusal(ODD)
    if picked is not None and not (saved["blind"] and type(picked) is int and picked in places):
        raise Refusal(ODD)
    question = saved.get("question", "best")
    if question not in (QUESTIONS if subject == "temperature" else QUESTIONS[:1]):
        raise Refusal(ODD)
    return Run(
        columns=columns,
        question=question,
        subject=cast(Subject, subject),
        width=width,
        order=order,
        blind=saved["blind"],
        picked=picked,
        id=_matching(_ID, saved["id"]),  # ids become keys of widgets
        began=min(datetime.fromisoformat(_matching(_BEGAN, saved["began"])), datetime.now()),
    )


def _columns(saved: object, packed: object) -> list[Column]:
    counts = _numbers(saved)
    if not FEWEST <= len(counts) <= MOST or not all(0 < count <= REPEATS for count in counts):
        raise Refusal(ODD)
    if not isinstance(packed, str):
        raise Refusal(ODD)
    shared = unpacked(packed)
    if shared.kind != "comparison" or shared.left_out or len(shared.entries) != sum(counts):
        raise Refusal(ODD)
    entries = iter(shared.entries)
    return [_column(islice(entries, count)) for count in counts]


def _column(entries: Iterator[Entry]) -> Column:
    repeats = [_repeat(entry, number) for number, entry in enumerate(entries, 1)]
    recipe = repeats[0].recipe
    if len(recipe.messages) != 1 or any(repeat.recipe != recipe for repeat in repeats):
        raise Refusal(ODD)
    return Column(recipe, repeats)


def _repeat(entry: Entry, seed: int) -> Repeat:
    if entry.answer is None:
        return Repeat(entry.recipe, given_up=True, seed=seed)
    return Repeat(entry.recipe, Reply.of(replace(entry.answer, origin="restored")), seed=seed)


def _numbers(value: object) -> list[int]:
    if not isinstance(value, list) or not all(type(one) is int for one in value):
        raise Refusal(ODD)
    return value


def _matching(pattern: re.Pattern[str], value: object) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Refusal(ODD)
    return value
