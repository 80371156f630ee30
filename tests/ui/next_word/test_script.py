"""What the script calculates, in Node: the bars are what the local endpoint draws from."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from lib.local.chain import Chain, cuts, weights
from tests.support.live_odds import evaluate


def odds(number: int) -> list[list[Any]]:
    """Candidates with falling probabilities; some would be less likely for DRY."""
    dice = random.Random(number)
    raw = sorted((dice.expovariate(1) ** 3 for _ in range(200)), reverse=True)
    dried = [dice.choice([0, 0, 0, 0.8, 1.4]) for _ in raw]
    return [
        [at, f" w{at}", each / sum(raw), dry, False]
        for at, (each, dry) in enumerate(zip(raw, dried, strict=True))
    ]


@pytest.mark.parametrize("temperature", [0, 0.05, 0.3, 0.7, 1])
@pytest.mark.parametrize(("top_p", "top_k"), [(1, 200), (0.9, 200), (0.5, 20), (1, 1), (0.05, 50)])
def test_bars_and_cuts_are_those_of_the_endpoint(temperature: float, top_p: float, top_k: int) -> None:
    dial = {"temperature": temperature, "top_p": top_p, "top_k": top_k}
    chain = Chain(temperature, top_k, top_p, 0.0, 0.8, 1.75, 4)
    for number in range(3):
        candidates = odds(number)
        own = [math.log(probability) for _, _, probability, _, _ in candidates]
        dried = [log - dry for log, (*_, dry, _) in zip(own, candidates, strict=True)]
        without, found = cuts(own, chain), cuts(dried, chain)
        expected = [
            "dry" if each[3] and cut and without[at] is None else cut or ""
            for at, (each, cut) in enumerate(zip(candidates, found, strict=True))
        ]
        weighed = evaluate("weigh(given.candidates, given.dial)", candidates=candidates, dial=dial)
        assert [each["cut"] for each in weighed] == expected
        weight = weights(dried, temperature or 1)
        total = sum(each for each, cut in zip(weight, found, strict=True) if cut is None)
        chances = [0.0 if cut else each / total for each, cut in zip(weight, found, strict=True)]
        assert [each["chance"] for each in weighed] == pytest.approx(chances, abs=1e-9)


def test_the_dice_choose_by_chance_and_never_what_is_cut() -> None:
    weighed = [{"chance": chance} for chance in (0.5, 0.0, 0.3, 0.2, 0.0)]
    lucks = [index / 1000 for index in range(1000)]
    rolled = evaluate("given.lucks.map((luck) => roll(given.weighed, luck))", weighed=weighed, lucks=lucks)
    assert [rolled.count(at) for at in range(5)] == [500, 0, 300, 200, 0]
    assert evaluate("roll(given.weighed, 0.9999999999)", weighed=weighed) == 3


def test_a_state_is_a_link_and_comes_back_from_it() -> None:
    state = {
        "text": "Say “yes” & go: 50 %\n#now",
        "words": [{"id": 28}, {"id": 1171}],
        "dial": {"temperature": 0.35, "top_p": 1, "top_k": 20},
    }
    back = evaluate("readHash(writeHash(given.state))", state=state)
    assert back == {"text": state["text"], "ids": [28, 1171], "dial": state["dial"]}


@pytest.mark.parametrize(
    ("told", "ids"),
    [("", []), ("#text=a&ids=1.x", []), ("#ids=-1", []), (f"#ids={'1.' * 201}", []), ("#ids=5.6", [5, 6])],
)
def test_a_link_may_hold_anything(told: str, ids: list[int]) -> None:
    told += "&temperature=9&top_p=no&top_k=0.5"
    back = evaluate("readHash(given.told)", told=told)
    assert back["ids"] == ids
    assert back["dial"] == {"temperature": 1, "top_p": 1, "top_k": 200}


@pytest.mark.parametrize(
    ("text", "control", "first", "shown"),
    [
        (" mat", False, False, "mat"),
        ("ing", False, False, "…ing"),
        ("The", False, True, "The"),
        (",", False, False, ","),
        ("\n\n", False, False, "(new line)"),
        ("  ", False, False, "(space)"),
        ("", True, False, "(the end)"),
        ("\ufffd", False, False, "(part of a character)"),
    ],
)
def test_a_token_is_named_so_that_a_reader_knows_it(
    text: str, control: bool, first: bool, shown: str
) -> None:
    assert evaluate("shownText(given.t, given.c, given.f)", t=text, c=control, f=first) == shown


def test_shares_are_told_as_exactly_as_a_reader_needs() -> None:
    told = evaluate("given.shares.map(percent)", shares=[0, 0.0004, 0.0123, 0.0999, 0.42, 1])
    assert told == ["0 %", "< 0.1 %", "1.2 %", "10.0 %", "42 %", "100 %"]
