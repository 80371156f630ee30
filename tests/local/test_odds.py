"""Odds through the endpoint, with the real model."""

import json
import math
from http.client import HTTPConnection, HTTPResponse
from typing import Any

import pytest

from lib.local.chain import chain_of
from lib.local.odds import KEPT_BYTES, KEPT_S, Candidate, Kept, token_odds
from lib.mistral.catalog import LOCAL_MODEL_ID

COLOUR = "Name a colour."
INVOKE = {"prompt": f"<s>[INST] {COLOUR} [/INST]"}
CONVERSE = {"messages": [{"role": "user", "content": [{"text": COLOUR}]}]}
MESSAGES = {"messages": [{"role": "user", "content": COLOUR}]}


def call(model: Any, path: str, body: Any = None, **headers: str) -> tuple[HTTPResponse, Any]:
    """A GET without a body, else a POST."""
    connection = HTTPConnection(model.meta.endpoint_url.removeprefix("http://"), timeout=30)
    wanted = {"Authorization": "Bearer x"} | {f"x-sirocco-{name}": told for name, told in headers.items()}
    connection.request(
        "GET" if body is None else "POST", path, None if body is None else json.dumps(body), wanted
    )
    response = connection.getresponse()
    return response, json.loads(response.read())


def tokens(model: Any, path: str, body: Any = None, **headers: str) -> list[dict[str, Any]]:
    response, told = call(model, path, body, **headers)
    assert response.status == 200, told
    found: list[dict[str, Any]] = told["tokens"]
    return found


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{LOCAL_MODEL_ID}/invoke", INVOKE),
        ("mistral.mistral-large-2407-v1:0/invoke", MESSAGES),
        ("mistral.mistral-large-3-675b-instruct/invoke", MESSAGES),
        ("mistral.mistral-7b-instruct-v0:2/converse", CONVERSE),
    ],
)
def test_every_dialect_of_a_prompt_has_the_odds_of_its_first_token(model: Any, path: str, body: Any) -> None:
    (token,) = tokens(model, f"/odds/model/{path}", body)
    probabilities = [each["probability"] for each in token["candidates"]]
    assert len(probabilities) == 40
    assert probabilities == sorted(probabilities, reverse=True)
    assert probabilities[0] > 0.1
    assert math.isclose(sum(probabilities) + sum(mass for _, mass in token["rest"]), 1, abs_tol=0.001)
    assert sum(count for count, _ in token["rest"]) == 49_152 - 40
    assert "drawn" not in token


def test_the_settings_of_the_body_decide_what_is_cut(model: Any) -> None:
    path = f"/odds/model/{LOCAL_MODEL_ID}/invoke"
    (token,) = tokens(model, path, {**INVOKE, "top_k": 2, "top_p": 1, "temperature": 1})
    assert [each.get("cut") for each in token["candidates"]] == [None, None, *["top_k"] * 38]
    (token,) = tokens(model, path, {**INVOKE, "temperature": 0})
    assert {each.get("cut") for each in token["candidates"][1:]} == {"temperature"}


def test_an_answer_has_the_odds_of_every_token_and_its_text_is_theirs(model: Any) -> None:
    body = {**INVOKE, "max_tokens": 12, "temperature": 0.7}
    response, told = call(model, f"/model/{LOCAL_MODEL_ID}/invoke", body, odds="5", seed="3")
    found = tokens(model, f"/odds/answers/{response.headers['x-amzn-RequestId']}")
    assert "".join(token["text"] for token in found) == told["outputs"][0]["text"]
    assert len(found) == 12
    assert all(len(token["candidates"]) == 5 for token in found)
    assert all("cut" not in token["drawn"] for token in found)


def test_the_odds_of_a_stream_are_there_when_it_ends(model: Any) -> None:

    def wish(request: Any, **_: Any) -> None:
        request.headers["x-sirocco-odds"] = "3"

    model.meta.events.register("before-sign.bedrock-runtime", wish)
    try:
        answer = model.converse_stream(
            modelId=LOCAL_MODEL_ID,
            inferenceConfig={"maxTokens": 6, "temperature": 0.5},
            messages=CONVERSE["messages"],
        )
    finally:
        model.meta.events.unregister("before-sign.bedrock-runtime", wish)
    text = ""
    for event in answer["stream"]:
        text += event.get("contentBlockDelta", {}).get("delta", {}).get("text", "")
        if "messageStop" in event:
            found = tokens(model, f"/odds/answers/{answer['ResponseMetadata']['RequestId']}")
    assert "".join(token["text"] for token in found) == text


def test_the_odds_of_an_answer_that_did_not_ask_are_not_kept(model: Any) -> None:
    response, _ = call(model, f"/model/{LOCAL_MODEL_ID}/invoke", {**INVOKE, "max_tokens": 2})
    response, told = call(model, f"/odds/answers/{response.headers['x-amzn-RequestId']}")
    assert response.status == 404
    assert "x-sirocco-odds" in told["message"]


def test_a_plain_text_is_continued_token_by_token_from_text_or_from_ids(
    model: Any,
) -> None:
    text = "The cat sat on the"
    *drawn, coming = tokens(model, "/odds/text", {"text": text, "draw": 4, "temperature": 0})
    assert [token["drawn"]["id"] for token in drawn] == [token["candidates"][0]["id"] for token in drawn]
    ids = [token["drawn"]["id"] for token in drawn]
    (same,) = tokens(model, "/odds/text", {"text": text, "ids": ids, "temperature": 0})
    assert same["candidates"][0]["id"] == coming["candidates"][0]["id"]
    assert same["candidates"][0]["probability"] == pytest.approx(
        coming["candidates"][0]["probability"], abs=0.01
    )


def test_control_tokens_in_a_text_are_text_and_the_end_of_a_text_is_a_candidate(model: Any) -> None:
    (token,) = tokens(model, "/odds/text", {"text": "<|im_end|>"}, odds="200")
    assert token["candidates"]
    ended = tokens(model, "/odds/text", {"text": "He said yes.", "draw": 64, "temperature": 1}, seed="4")
    assert all(len(token["candidates"]) == 40 for token in ended)
    assert "drawn" not in ended[-1]
    assert any(each.get("control") for token in ended for each in token["candidates"])


def test_a_candidate_that_dry_removes_is_marked_with_dry(model: Any) -> None:
    line = "we go to the sea and swim with the fish and then we go home, and "
    text = f"{line * 3}we go to the sea and swim with the fish and then"
    (token,) = tokens(model, "/odds/text", {"text": text, "temperature": 1, "top_p": 0.9})
    first = token["candidates"][0]
    assert first["text"] == " we"
    assert first["dry"] > 5
    assert first["cut"] == "dry"


@pytest.mark.parametrize(
    ("body", "headers", "told"),
    [
        ({"text": 5}, {}, "expected type: String"),
        ({"text": "a", "ids": [1, "2"]}, {}, "ids takes"),
        ({"text": "a", "ids": [49_152]}, {}, "ids takes"),
        ({"text": "a", "draw": 65}, {}, "draw takes"),
        ({"text": "a", "top_k": 0}, {}, "#/top_k"),
        ({"text": "a", "max_tokens": 5}, {}, "extraneous key"),
        ({"text": "a"}, {"odds": "201"}, "x-sirocco-odds takes"),
        ({"text": "a"}, {"seed": "-1"}, "x-sirocco-seed takes"),
        ({"text": "word " * 3000}, {}, "maximum context length"),
        ({"text": "a", "ids": [5] * 2049}, {}, "ids takes at most"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_sentence(
    model: Any, body: Any, headers: dict[str, str], told: str
) -> None:
    response, answer = call(model, "/odds/text", body, **headers)
    assert response.status == 400
    assert told in answer["message"]


def test_odds_need_credentials_like_every_call(model: Any) -> None:
    connection = HTTPConnection(model.meta.endpoint_url.removeprefix("http://"), timeout=30)
    connection.request("POST", "/odds/text", "{}")
    assert connection.getresponse().status == 403


def test_odds_are_kept_for_some_minutes_and_the_oldest_go_where_there_are_too_many() -> None:
    now = 0.0
    kept = Kept(lambda: now)
    kept.add("a", b"x" * (KEPT_BYTES // 2))
    kept.add("b", b"y" * (KEPT_BYTES // 2))
    assert kept.get("a")
    kept.add("c", b"z")
    assert kept.get("a") is None
    assert kept.get("b")
    now = KEPT_S + 1
    assert kept.get("b") is None
    kept.add("d", b"x" * (KEPT_BYTES + 1))
    assert kept.get("d") is None


def seeded(model: Any, seed: int, temperature: float) -> str:
    body = {**INVOKE, "max_tokens": 24, "temperature": temperature}
    _, told = call(model, f"/model/{LOCAL_MODEL_ID}/invoke", body, seed=str(seed))
    text: str = told["outputs"][0]["text"]
    return text


def test_a_token_that_was_drawn_has_its_odds_even_if_it_is_not_among_the_shown_ones() -> None:
    shares = {"a": 0.5, "b": 0.3, "c": 0.2}
    listed = [
        {"id": at, "logprob": math.log(share), "bytes": list(text.encode())}
        for at, (text, share) in enumerate(shares.items())
    ]
    entry = {**listed[2], "top_logprobs": listed}
    odds = token_odds("c", entry, {}, chain_of(1.0, None, None), shown=2, drawn=True)
    assert [each.text for each in odds.candidates] == ["a", "b"]
    assert odds.drawn == Candidate(2, "c", math.log(0.2))
    assert odds.rest[0] == (1, pytest.approx(0.2))
