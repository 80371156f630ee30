"""What the script of the page "Next word" asks, and what it is told: plain data in both directions.

What is asked comes from a browser, so it may be anything.
"""

from dataclasses import dataclass
from typing import Any

from lib.bedrock.gate import Visitor
from lib.bedrock.local_endpoint import LocalEndpointError
from lib.bedrock.odds import Candidate, Odds, OddsClient, OddsError

LISTED = 200
"""Candidates that the script gets: as many as top k can leave, so that what it calculates is exact."""
MOST_TEXT, MOST_IDS, MOST_DRAWN = 2000, 200, 32  # characters, tokens after them, tokens drawn at once
SETTINGS = ("temperature", "top_p", "top_k")
GONE = (
    "The words of this link cannot be followed with this model; they are shown up to where that was possible."
)


@dataclass(frozen=True)
class Asked:
    """A question: the odds after `text` and the tokens `ids`. `draw`: how many tokens to draw there first,
    with `settings`. `replay`: tokens of a link, which are written one after the other instead, if the model
    lists them. `number`: the script's number of the question, which the reply repeats.
    """

    number: int
    text: str
    ids: tuple[int, ...]
    draw: int
    replay: tuple[int, ...]
    settings: dict[str, float]


def read(told: Any) -> Asked | None:
    """The question that the script sent; None for anything that the script would not send."""
    if not isinstance(told, dict):
        return None
    number, text, draw = told.get("number"), told.get("text"), told.get("draw")
    ids, replay = _ids(told.get("ids")), _ids(told.get("replay"))
    if not isinstance(number, int) or not isinstance(text, str) or len(text) > MOST_TEXT:
        return None
    if type(draw) is not int or not 0 <= draw <= MOST_DRAWN or ids is None or replay is None:
        return None
    values = [told.get(name) for name in SETTINGS]
    if not all(type(value) in (int, float) for value in values):
        return None
    settings = {name: float(str(value)) for name, value in zip(SETTINGS, values, strict=True)}
    return Asked(number, text, ids, draw, replay, settings)


def _ids(told: Any) -> tuple[int, ...] | None:
    if not isinstance(told, list) or len(told) > MOST_IDS or not all(type(each) is int for each in told):
        return None
    return tuple(told)


def answer(client: OddsClient, asked: Asked, visitor: Visitor) -> dict[str, Any]:
    """What the script is told: `drawn` and `candidates`, or a `problem` in one sentence.

    Raises gate.Refused.
    """
    try:
        with client.permitted(visitor):
            return _answer(client, asked)
    except (OddsError, LocalEndpointError) as error:
        return {"number": asked.number, "problem": str(error)}


def _answer(client: OddsClient, asked: Asked) -> dict[str, Any]:
    settings = {**asked.settings, "top_k": int(asked.settings["top_k"])}
    ids, drawn = list(asked.ids), list[Candidate]()
    problem = ""
    for wanted in asked.replay:
        (odds,) = client.of_text(asked.text, ids, shown=LISTED).tokens
        found = next((each for each in odds.candidates if each.id == wanted), None)
        if found is None:
            problem = GONE
            break
        drawn.append(found)
        ids.append(wanted)
    weighed = client.of_text(asked.text, ids, draw=asked.draw, settings=settings, shown=LISTED)
    *written, coming = weighed.tokens
    drawn += [each.drawn for each in written if each.drawn]
    told = {
        "number": asked.number,
        "drawn": [_told(each) for each in drawn],
        "written": asked.draw > 0,
        "min_p": weighed.settings["min_p"],
        "note": problem,
    }
    return told | _coming(coming)


def _coming(odds: Odds) -> dict[str, Any]:
    return {"candidates": [_told(each) for each in odds.candidates]}


def _told(candidate: Candidate) -> list[Any]:
    return [candidate.id, candidate.text, candidate.probability, candidate.dry, candidate.control]
