"""Links and files from strangers: one clear sentence or a sound `Shared`, at little cost."""

from __future__ import annotations

import base64
import copy
import json
import random
import re
import time
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lib.records.links import FILE_LIMIT, LIMIT, from_file, from_link, to_file, unpacked
from lib.records.markdown_file import from_any_file, from_markdown, to_markdown
from lib.records.shared import LinkError, Shared
from tests.support import random_makers

MOST_BYTES = 50_000_000
MOST_SECONDS = 1.0
SCRIPT = "<script>fetch('http://203.0.113.7/')</script>![x](http://203.0.113.7/x.png)"
WRONG: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 1, 2, 10**30, 1.5, -0.0, 1e308, float("nan"), float("inf")),
    *("", "x", SCRIPT, "\ud800", "\0", "answer", "user", "2026-13-45", "20261122", "x" * 3000),
    *([], [[]], [None], [1, -1], ["turns", "system"], {}, {"x": {}}, {"role": [], "text": {}}, [{}] * 400),
)
OPENED: dict[str, Callable[[Any], Shared]] = {
    "link": from_link,
    "file": from_file,
    "packed": unpacked,
    "markdown": from_markdown,
    "any file": from_any_file,
}


def attempt(how: str, what: str | bytes) -> str:
    """The sentence, or "opened"."""
    try:
        shared = OPENED[how](what)
    except LinkError as error:
        sentence = error.sentence
        assert re.fullmatch(r"This (link|file) [^\n<>!]{10,120}\.", sentence), sentence
        assert "203.0.113.7" not in sentence
        return sentence
    assert shared.entries
    return "opened"


def packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data)).rstrip(b"=").decode()


def nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON document: the container and the key or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield value, key
        yield from nodes(inner)


def wrong(rng: random.Random) -> Any:
    return copy.deepcopy(rng.choice(WRONG))


def mutated_document(rng: random.Random, document: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(document)
    for _ in range(rng.choice((1, 1, 2, 5))):
        place, key = rng.choice(list(nodes(document)))
        kind = rng.random()
        if kind < 0.5:
            place[key] = wrong(rng)
        elif kind < 0.65:
            del place[key]
        elif kind < 0.8 and isinstance(place, dict):
            place[rng.choice((SCRIPT, "after", "dropped", "version", "", "\ud800"))] = wrong(rng)
        elif isinstance(place, list):
            place.insert(key, wrong(rng))
        if not document:
            break
    return document


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(changed))
        kind = rng.random()
        if kind < 0.4:
            changed[at] ^= 1 << rng.randrange(8)
        elif kind < 0.7:
            del changed[at : at + rng.choice((1, 10, len(changed) // 2)) or None]
        else:
            changed[at:at] = rng.choice((b"\0", b'"', b"[", b"{" * 50, rng.randbytes(9), bytes(changed[:at])))
        if not changed:
            return b""
    return bytes(changed)


def mutations(rng: random.Random) -> Iterator[tuple[str, str | bytes]]:
    """One mutant after another, half of them links."""
    while True:
        sent = random_makers.shared(rng)
        data = to_file(sent)
        document = mutated_document(rng, json.loads(data))
        text = packed(data)
        yield "link", text[: rng.randrange(len(text))]
        yield "link", mutated_bytes(rng, text.encode()).decode("latin-1")
        yield "link", base64.urlsafe_b64encode(mutated_bytes(rng, zlib.compress(data))).decode()
        yield "link", packed(mutated_bytes(rng, data))
        yield "link", packed(json.dumps(document).encode())
        yield "file", data[: rng.randrange(len(data))]
        yield "file", mutated_bytes(rng, data)
        yield "file", json.dumps(document).encode()
        yield "packed", packed(json.dumps(mutated_document(rng, document)).encode() if document else b"")
        yield "any file", mutated_bytes(rng, to_markdown(sent).encode())


@pytest.mark.slow
def test_ten_thousand_mutants_open_or_get_one_sentence() -> None:
    rng = random.Random(1)
    stream = mutations(rng)
    found: Counter[str] = Counter()
    slowest = 0.0
    for _ in range(10_000):
        how, what = next(stream)
        began = time.process_time()
        found[attempt(how, what)] += 1
        slowest = max(slowest, time.process_time() - began)
    assert slowest < MOST_SECONDS
    assert found["opened"] < 3_000
    assert len(found) > 15


def test_script_in_any_field_is_kept_as_text_or_refused() -> None:
    kept = set()
    for seed in range(30):
        document = json.loads(to_file(random_makers.shared(random.Random(seed))))
        for index in range(len(list(nodes(document)))):
            changed = copy.deepcopy(document)
            place, key = list(nodes(changed))[index]
            place[key] = SCRIPT
            if attempt("file", json.dumps(changed).encode()) == "opened":
                kept.add(key if isinstance(key, str) else "stop")
            else:
                del place[key]
                if isinstance(place, dict):
                    place[SCRIPT] = 1
                    assert attempt("file", json.dumps(changed).encode()) != "opened"
    assert kept <= {"text", "system", "stop"}


def recipes_of(**fields: Any) -> bytes:
    recipe = {
        "model_id": "mistral.mistral-large-2402-v1:0",
        "turns": [{"role": "user", "text": "x"}],
    } | fields
    return entries([{"recipe": recipe}])


def entries(found: list[Any]) -> bytes:
    document = {"sirocco": 1, "kind": "comparison", "date": "2026-11-22", "entries": found}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def chain(said: list[dict[str, str]]) -> bytes:
    """A conversation in which every entry goes on from the one before and brings its turns along."""
    model = "mistral.ministral-3-8b-instruct"
    answer = {"text": "y", "status": "stopped", "duration_ms": 1}
    first = {"recipe": {"model_id": model, "turns": said}, "answer": answer}
    more = {"recipe": {"model_id": model, "turns": [{"role": "user", "text": "x"}]}, "answer": answer}
    return entries([first, *({"after": at, **more} for at in range(299))])


def one(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "text": text}]


def full(start: str, part: str, end: str = "") -> bytes:
    """A file as long as the limit allows, made of one part over and over."""
    space = FILE_LIMIT - len((start + end).encode())
    return (start + part * (space // len(part.encode())) + end).encode()


NUMBERS = '{"sirocco":1,"kind":"answer","date":"2026-11-22","entries":['
TURNS = [{"role": ("user", "assistant")[at % 2], "text": "x"} for at in range(8_001)]
WORST: dict[str, bytes] = {
    "brackets": full("", "["),
    "closed brackets": full("[", "[],", "[]]"),
    "braces": full("", '{"a":'),
    "quotes": full("", '"'),
    "words": full("", '"a",'),
    "backslashes": full('"', "\\"),
    "escaped backslashes": full('{"a":"', "\\\\", '"}'),
    "escaped controls": full('{"sirocco":1,"kind":"', "\\u0001", '"}'),
    "half surrogates": full('{"sirocco":1,"kind":"', "\\ud800", '"}'),
    "keys": ("{" + ",".join(f'"key{n}":{n}' for n in range(49_000)) + "}").encode(),
    "numbers": full(NUMBERS, "999,", "1]}"),
    "half a million numbers": (NUMBERS + ",".join(["9999"] * 390_000) + "]}").encode(),
    "floats": full(NUMBERS, "1.5,", "1]}"),
    "one integer": full('{"sirocco":', "9", "}"),
    "one fraction": full('{"sirocco":0.', "9", "}"),
    "one exponent": full('{"sirocco":1e', "9", "}"),
    "spaces": full('{"sirocco":', " ", "1}"),
    "not UTF-8": b"\xff" * FILE_LIMIT,
    "UTF-16": '{"sirocco":1}'.encode("utf-16"),
    "a wide text": recipes_of(system="x" * 1_900_000 + "😀"),
    "wide text": recipes_of(system="😀" * 480_000),
    "a blank turn": recipes_of(turns=[{"role": "user", "text": "\u2003" * 600_000}]),
    "an unknown model": recipes_of(model_id="mistral." + "a" * 1_900_000),
    "an unprintable model": recipes_of(model_id="\U000e0041" * 480_000),
    "a stop list": recipes_of(stop=["x" * 180_000 + "é"] * 10),
    "eight thousand turns": recipes_of(turns=TURNS),
    "three hundred times eight thousand turns": chain(TURNS),
    "a long conversation": chain(one("x")),
    "a long conversation about a blank text": chain(one("\u2003" * 180_000 + "é")),
    "a long conversation about a wide text": chain(one("x" * 1_800_000 + "😀")),
    "a timeline": entries(
        [
            {
                "recipe": {"model_id": "mistral.ministral-3-8b-instruct", "turns": TURNS[:1]},
                "answer": {
                    "text": "x" * 190_000,
                    "status": "complete",
                    "duration_ms": 1,
                    "times": [300] * 190_000,
                    "characters": [1] * 190_000,
                },
            }
        ]
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WORST)
def test_the_worst_files_cost_little(name: str) -> None:
    assert len(WORST[name]) <= FILE_LIMIT
    measure(name, "file", WORST[name])
    if len(WORST[name]) < FILE_LIMIT:
        measure(name, "packed", packed(WORST[name]))


@pytest.mark.parametrize("how", ["link", "packed"])
def test_a_zip_bomb_is_left_packed(how: str) -> None:
    for size in (2_000_001, 4_000_000):
        bomb = packed(b" " * size)
        assert len(bomb) <= LIMIT
        assert measure("spaces", how, bomb).endswith("holds more than Sirocco opens.")
    nested = base64.urlsafe_b64encode(zlib.compress(zlib.compress(b"\0" * 20_000_000))).decode()
    assert measure("nested", how, nested) != "opened"


@pytest.mark.slow
def test_a_large_zip_bomb_in_a_file_is_left_packed() -> None:
    bomb = packed(b"\0" * 250_000_000)
    assert len(bomb) < FILE_LIMIT
    assert measure("a large bomb", "packed", bomb) == "This file holds more than Sirocco opens."
    assert "opens" in measure("a large bomb", "markdown", f"<!-- sirocco {bomb} -->")


def test_markdown_full_of_comments_costs_little() -> None:
    measure("comments", "markdown", "<!-- sirocco " * 400_000)
    measure("comments", "markdown", "<!-- sirocco a -->" * 300_000 + " " * 100_000 + "x")
    measure("comments", "markdown", "<!-- sirocco " + "a" * 5_000_000)


def measure(name: str, how: str, what: str | bytes) -> str:
    """What came of it, within a second and fifty megabytes on top of what was sent."""
    began = time.process_time()
    outcome = attempt(how, what)
    seconds = time.process_time() - began
    tracemalloc.start()
    try:
        attempt(how, what)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    print(f"{name} ({how}, {len(what):,}): {seconds:.3f} s, {peak / 1e6:.1f} MB, {outcome}")
    assert seconds < MOST_SECONDS
    assert peak < MOST_BYTES
    return outcome


def test_what_cannot_be_opened_has_a_sentence_of_its_own() -> None:
    sent = random_makers.shared(random.Random(2))
    whole = packed(to_file(sent))
    assert attempt("link", whole[: len(whole) // 2]) == "This link is not complete: its end is missing."
    assert attempt("link", "") == "This link does not hold a Sirocco recipe."
    assert attempt("link", "é?") == "This link does not hold a Sirocco recipe."
    assert attempt("link", "x" * (LIMIT + 1)) == "This link is longer than any that Sirocco makes."
    assert attempt("link", packed(b"{}")) == "This link does not hold a Sirocco recipe."
    assert attempt("file", b"\x89PNG") == "This file does not hold a Sirocco recipe."
    assert attempt("file", b'{"sirocco":1}' + b"[" * 9) == "This file is nested more deeply than any recipe."
    assert attempt("file", b" " * (FILE_LIMIT + 1)) == "This file holds more than Sirocco opens."
    assert attempt("file", recipes_of(model_id="gpt")).startswith(
        "This file does not fit: as model_id, Sirocco"
    )
