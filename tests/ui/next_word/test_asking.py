"""What the script asks and is told, with the real model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from lib.bedrock.backend import Backend
from lib.bedrock.gate import ANYBODY, Refused
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.bedrock.odds import OddsClient
from lib.hosting.gate import ODDS_PER_CALL, HostGate
from lib.hosting.settings import read as read_settings
from lib.mistral.catalog import LOCAL_MODEL_ID, find
from lib.ui.next_word.asking import GONE, LISTED, answer, read

ASKED: dict[str, Any] = {
    "number": 3,
    "text": "The cat sat on the",
    "ids": [],
    "draw": 0,
    "replay": [],
    "temperature": 0.7,
    "top_p": 1,
    "top_k": 50,
}


@pytest.fixture(scope="module")
def client() -> Iterator[OddsClient]:
    endpoint = LocalEndpoint()
    endpoint.start()
    model = find(LOCAL_MODEL_ID)
    yield OddsClient(Backend("local", None, model, model.id, (), endpoint))
    endpoint.close()


def told(client: OddsClient, **more: Any) -> dict[str, Any]:
    asked = read(ASKED | more)
    assert asked
    return answer(client, asked, ANYBODY)


def test_the_next_word_has_as_many_candidates_as_top_k_can_leave(client: OddsClient) -> None:
    reply = told(client)
    assert reply["number"] == 3
    assert reply["drawn"] == []
    assert len(reply["candidates"]) == LISTED
    assert reply["candidates"][0][1] == " mat"


def test_words_are_drawn_with_the_settings_of_the_dial(client: OddsClient) -> None:
    reply = told(client, draw=4, temperature=0)
    assert reply["written"]
    assert [each[1] for each in reply["drawn"]][:2] == [" mat", ","]
    assert len(reply["drawn"]) == 4


def test_a_link_is_followed_word_by_word_and_its_probabilities_are_the_models(client: OddsClient) -> None:
    first = told(client, draw=5)
    ids = [each[0] for each in first["drawn"]]
    again = told(client, replay=ids)
    assert [each[1] for each in again["drawn"]] == [each[1] for each in first["drawn"]]
    # Read in one piece or token by token, the engine's sums differ in the third digit.
    assert [each[2] for each in again["drawn"]] == pytest.approx(
        [each[2] for each in first["drawn"]], abs=0.01
    )
    assert again["candidates"][0][0] == first["candidates"][0][0]
    assert not again["note"]


def test_a_link_whose_words_the_model_does_not_list_is_followed_as_far_as_it_goes(client: OddsClient) -> None:
    reply = told(client, replay=[1171, 49_000, 5])
    assert [each[1] for each in reply["drawn"]] == [" mat"]
    assert reply["note"] == GONE


def test_what_the_endpoint_refuses_is_told(client: OddsClient) -> None:
    assert "ids takes" in told(client, ids=[99_999])["problem"]


def test_each_question_needs_a_permit_and_gives_its_place_back(client: OddsClient) -> None:
    settings = read_settings({"SIROCCO_VISITOR_PER_MINUTE": "1", "SIROCCO_AT_ONCE": "1"})
    gate = HostGate(settings, None, "local")
    limited = OddsClient(replace(client._backend, gate=gate))
    for _ in range(ODDS_PER_CALL):
        assert told(limited)["candidates"]
    with pytest.raises(Refused) as refused:
        told(limited)
    assert refused.value.problem.kind == "pace"
    gate.close()


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        "text",
        {},
        ASKED | {"text": 5},
        ASKED | {"text": "x" * 2001},
        ASKED | {"ids": "1"},
        ASKED | {"ids": [True]},
        ASKED | {"ids": [1] * 201},
        ASKED | {"replay": [1.5]},
        ASKED | {"draw": 33},
        ASKED | {"draw": True},
        ASKED | {"temperature": "1"},
        ASKED | {"top_k": None},
        ASKED | {"top_p": True},
    ],
)
def test_what_the_script_would_not_send_is_not_read(wrong: Any) -> None:
    assert read(wrong) is None


def test_the_odds_are_told_even_if_half_a_character_would_be_drawn(client: OddsClient) -> None:
    """llama.cpp tells nothing of a drawn token that ends inside a character."""
    text = "The weather today: \N{SUN WITH FACE} \N{CLOUD} "
    for seed in range(40):
        weighed = client.of_text(text, settings={"temperature": 1.0, "top_p": 1.0, "top_k": 200}, seed=seed)
        (odds,) = weighed.tokens
        assert 0 < sum(each.probability for each in odds.candidates) <= 1
        assert odds.candidates[0].probability < 0.9
