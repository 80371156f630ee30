"""Odds and seeds through Backend and OddsClient, with the real model."""

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.bedrock import local_headers, odds
from lib.bedrock.backend import Backend
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.bedrock.odds import OddsClient, OddsError
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, find
from lib.mistral.recipe import Message, Recipe


@pytest.fixture(scope="module")
def here() -> Iterator[Backend]:
    endpoint = LocalEndpoint()
    endpoint.start()
    model = find(LOCAL_MODEL_ID)
    yield Backend("local", None, model, model.id, (), endpoint)
    endpoint.close()


def recipe(temperature: float, prompt: str = "Tell me about a fox.", max_tokens: int = 24) -> Recipe:
    return Recipe(
        model_id=LOCAL_MODEL_ID,
        messages=(Message("user", prompt),),
        temperature=temperature,
        max_tokens=max_tokens,
    )


def answer(here: Backend, sent: Recipe, seed: int | None) -> str:
    reply = here.stream(sent, seed=seed)
    assert reply.wait_ended(60)
    assert reply.answer.status == "complete"
    return reply.answer.text


def test_a_seed_gives_the_same_answer_again_and_another_seed_another_one(here: Backend) -> None:
    hot = recipe(1.0)
    assert answer(here, hot, 1) == answer(here, hot, 1)
    assert answer(here, hot, 1) != answer(here, hot, 2)
    assert answer(here, hot, None) != answer(here, hot, None)


def test_a_seed_gives_the_same_answer_while_four_run_at_the_same_time(here: Backend) -> None:
    sent = [(recipe(temperature), seed) for seed in (1, 2, 3) for temperature in (0.3, 0.7, 1.0)]
    alone = [answer(here, one, seed) for one, seed in sent]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            together = list(pool.map(lambda each: answer(here, *each), sent))
            assert together == alone


def test_an_answer_has_the_odds_of_each_of_its_tokens(here: Backend) -> None:
    reply = here.stream(recipe(0.7), seed=1, odds=10)
    assert reply.wait_ended(60)
    request_id = reply.answer.request_id
    assert request_id
    weighed = OddsClient(here).of_answer(request_id)
    assert "".join(token.text for token in weighed.tokens) == reply.answer.text
    assert weighed.settings["temperature"] == 0.7
    assert all(token.drawn and not token.drawn.cut for token in weighed.tokens)


def test_a_recipe_and_a_plain_text_have_the_odds_of_the_next_token(here: Backend) -> None:
    client = OddsClient(here)
    (first,) = client.of_recipe(recipe(0.7)).tokens
    assert len(first.candidates) == odds.SHOWN
    *drawn, coming = client.of_text(
        "The cat sat on the", draw=2, settings={"temperature": 0.0}, shown=3
    ).tokens
    assert drawn[0].text == " mat"
    assert len(coming.candidates) == 3
    mass = sum(each.probability for each in coming.candidates) + sum(each for _, each in coming.rest)
    assert math.isclose(mass, 1, abs_tol=0.001)


def test_what_the_endpoint_refuses_is_an_error_with_its_sentence(here: Backend) -> None:
    with pytest.raises(OddsError, match="maximum context length"):
        OddsClient(here).of_text("word " * 3000)
    with pytest.raises(OddsError, match="No odds are kept"):
        OddsClient(here).of_answer("unknown")


def test_on_aws_the_embedded_model_is_started_for_odds_and_ended_with_the_client() -> None:
    model = find(SAMPLE_MODEL_ID)
    client = OddsClient(Backend("aws", "us-east-1", model, model.id))
    assert client.of_text("The cat sat on the").model == "SmolLM2 135M"
    client.close()
    assert client._own
    assert client._own.state == "failed"


def test_a_client_of_aws_sends_none_of_the_endpoints_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    model = find(SAMPLE_MODEL_ID)
    sent: list[dict[str, str]] = []
    client = Backend("aws", "us-east-1", model, model.id).client()

    class SendingStoppedError(Exception):
        pass

    def stop(request: object, **_: object) -> None:
        sent.append(dict(request.headers))  # type: ignore[attr-defined]
        raise SendingStoppedError

    client.meta.events.register("before-send.bedrock-runtime", stop)
    with local_headers.sent(local_headers.headers(5, 40)), pytest.raises(SendingStoppedError):
        client.invoke_model_with_response_stream(modelId=model.id, body="{}")
    assert not [name for name in sent[0] if "sirocco" in name.lower()]
