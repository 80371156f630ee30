"""Tokens that the real model draws after a text, including those that are only a part of a character."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from lib.bedrock.backend import Backend
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.bedrock.odds import Odds, OddsClient
from lib.local.llama_draws import ends_inside_a_character
from lib.mistral.catalog import LOCAL_MODEL_ID, find

EMOJI = "The weather today: \N{SUN WITH FACE} \N{CLOUD} \N{UMBRELLA WITH RAIN DROPS} \N{SNOWMAN} "
SETTINGS: Any = {"temperature": 1.0, "top_p": 1.0, "top_k": 200}


@pytest.fixture(scope="module")
def client(real_endpoint: LocalEndpoint) -> OddsClient:
    model = find(LOCAL_MODEL_ID)
    return OddsClient(Backend("local", None, model, model.id, (), real_endpoint))


def drawn(client: OddsClient, seed: int, draw: int = 16) -> list[Odds]:
    *written, coming = client.of_text(EMOJI, draw=draw, settings=SETTINGS, seed=seed, shown=200).tokens
    assert coming.drawn is None
    return written


@pytest.mark.parametrize(
    ("data", "inside"),
    [
        (b"", False),
        (b"sea", False),
        ("é".encode(), False),
        ("🌞".encode(), False),
        ("海".encode()[:1], True),
        ("海".encode()[:2], True),
        (" 🌞".encode()[:-1], True),
        ("🌞".encode()[1:], False),
        ("🌞".encode()[2:], False),
    ],
)
def test_a_token_that_begins_a_character_and_does_not_complete_it_ends_inside_it(
    data: bytes, inside: bool
) -> None:
    assert ends_inside_a_character(data) is inside


def test_no_draw_is_lost_where_a_character_takes_several_tokens(client: OddsClient) -> None:
    """The ids of the tokens decode to the text; a character is the text of its last token."""
    told: list[Odds] = []
    for seed in range(1, 6):
        written = drawn(client, seed)
        ids = [token.drawn.id for token in written if token.drawn]
        ended = written[-1].drawn is not None and written[-1].drawn.control
        assert len(ids) == len(written)
        assert len(ids) == 16 or ended
        again = client.of_text(EMOJI, ids[:-1], settings=SETTINGS, shown=200).tokens[0]
        assert again.candidates[0].id in [each.id for each in written[-1].candidates[:3]]
        told += written
    signs = [after.text for token, after in pairwise(told) if token.text == "" and len(after.text) == 1]
    assert [sign for sign in signs if ord(sign) > 0x2000]


def test_the_same_seed_draws_the_same_tokens(client: OddsClient) -> None:
    first, second = ([token.drawn for token in drawn(client, 1)] for _ in range(2))
    assert [each and each.id for each in first] == [each and each.id for each in second]


@pytest.mark.slow
def test_parts_of_characters_are_drawn_as_often_as_their_odds_say(client: OddsClient) -> None:
    signs, draws = EMOJI.strip(), 80
    told = client.of_text(signs, settings=SETTINGS, shown=200).tokens[0].candidates
    whole = sum(each.probability for each in told)
    came = Counter[int]()
    for seed in range(1, draws + 1):
        (token, _) = client.of_text(signs, draw=1, settings=SETTINGS, seed=seed, shown=1).tokens
        came[token.drawn.id if token.drawn else -1] += 1
    parts = [each for each in told if each.text.endswith("\ufffd")]
    assert sum(each.probability for each in parts) > 0.1
    for each in told:
        awaited = draws * each.probability / whole
        assert abs(came[each.id] - awaited) < 4 * max(1.5, awaited**0.5), each
