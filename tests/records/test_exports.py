"""The files of a comparison: JSON and CSV."""

from __future__ import annotations

import csv
import io
import json

import pytest

from lib.comparison import plan
from lib.records import exports
from lib.records.answer_json import recipe_to_json
from tests.support.makers import replied
from tests.support.runs import Sender, begun, planned, to_the_end
from tests.support.scripted_endpoint import Endpoint


@pytest.fixture
def send(endpoint: Endpoint) -> Sender:
    return Sender(endpoint.url)


def test_the_json_file_holds_every_recipe_text_and_timing(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=4 rate=0", repeats=2))
    file = json.loads(exports.to_json(run))
    assert file["prompt"] == "chunks=4 rate=0"
    for column, kept in zip(run.columns, file["columns"], strict=True):
        assert kept["recipe"] == recipe_to_json(column.recipe)
        assert kept["recipe"]["turns"] == [{"role": "user", "text": "chunks=4 rate=0"}]
        assert [answer["text"] for answer in kept["answers"]] == ["w1 w2 w3 w4 "] * 2
        assert all(len(answer["times"]) == len(answer["characters"]) == 4 for answer in kept["answers"])
        assert kept["answers"][0]["usage"]["output_tokens"] == 4
        assert kept["figures"] == {"answers": 2, "different": 1, "shared_words": 4.0, "interval": None}


def test_the_csv_file_has_a_line_for_each_answer_and_no_formulas(send: Sender) -> None:
    prompt = "=cmd() text=echo rate=0"
    run = to_the_end(begun(send, prompt, repeats=2))
    rows = list(csv.DictReader(io.StringIO(exports.to_csv(run))))
    assert [row["label"] for row in rows] == ["Temperature 0"] * 2 + ["Temperature 0.3"] * 2
    assert {row["text"] for row in rows} == {f"'{prompt}"}
    assert rows[0]["input_tokens"] == "3"


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_of_the_csv_file_is_a_formula_of_a_spreadsheet(sign: str) -> None:
    run = planned("Hello")
    for repeat in run.repeats:
        repeat.reply = replied(repeat.recipe, f"{sign}cmd()")
    rows = csv.DictReader(io.StringIO(exports.to_csv(run)))
    assert [row["text"] for row in rows] == [f"'{sign}cmd()"] * 2


def test_the_csv_file_keeps_what_was_asked_with_old_settings_apart(send: Sender) -> None:
    run = to_the_end(begun(send, "chunks=2 rate=0", repeats=2))
    column = run.columns[1]
    column.again(plan.change(column.recipe, "temperature", 0.9))
    run.start(send)
    to_the_end(run)
    rows = list(csv.DictReader(io.StringIO(exports.to_csv(run))))
    told = [(row["label"], row["attempt"], row["repeat"], row["temperature"]) for row in rows[2:]]
    assert told == [
        ("Temperature 0.3", "earlier", "1", "0.3"),
        ("Temperature 0.3", "earlier", "2", "0.3"),
        ("Temperature 0.9", "", "1", "0.9"),
        ("Temperature 0.9", "", "2", "0.9"),
    ]
