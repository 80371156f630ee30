"""The models and profiles that the endpoint lists are those that it answers for."""

import json
from typing import Any

import pytest

from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID
from tests.support.calls import client


def messages(text: str, **more: Any) -> str:
    return json.dumps({"messages": [{"role": "user", "content": text}], **more})


def ask(runtime: Any, body: str, model: str) -> list[dict[str, Any]]:
    response = runtime.invoke_model_with_response_stream(modelId=model, body=body)
    return [json.loads(event["chunk"]["bytes"]) for event in response["body"]]


def test_the_runtime_answers_for_every_model_that_is_listed(url: str, runtime: Any) -> None:
    listed = client(url, "bedrock").list_foundation_models()["modelSummaries"]
    assert len(listed) > 10
    for model in listed:
        message = {"role": "user", "content": [{"text": "chunks=1 rate=0"}]}
        for named in (model["modelId"], model["modelArn"]):
            answer = runtime.converse(modelId=named, messages=[message])
            assert answer["output"]["message"]["content"] == [{"text": "w1 "}]


def test_a_listed_model_is_found_by_id_and_by_arn(url: str) -> None:
    bedrock = client(url, "bedrock")
    for model in bedrock.list_foundation_models()["modelSummaries"]:
        for named in (model["modelId"], model["modelArn"]):
            assert bedrock.get_foundation_model(modelIdentifier=named)["modelDetails"] == model


def test_the_names_say_who_answers(url: str) -> None:
    *mistral, local = client(url, "bedrock").list_foundation_models()["modelSummaries"]
    assert local["modelId"] == LOCAL_MODEL_ID
    assert local["modelArn"] == f"arn:aws:bedrock:us-east-1::foundation-model/{LOCAL_MODEL_ID}"
    assert all("answered here by SmolLM2" in model["modelName"] for model in mistral)


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"byProvider": "Hugging Face"}, {LOCAL_MODEL_ID}),
        ({"byProvider": "Anthropic"}, set()),
        ({"byOutputModality": "IMAGE"}, set()),
        ({"byInferenceType": "PROVISIONED"}, set()),
        ({"byInferenceType": "INFERENCE_PROFILE"}, {"mistral.pixtral-large-2502-v1:0"}),
    ],
)
def test_a_filter_leaves_the_models_that_fit(url: str, filters: dict[str, str], ids: set[str]) -> None:
    listed = client(url, "bedrock").list_foundation_models(**filters)["modelSummaries"]
    assert {model["modelId"] for model in listed} == ids


@pytest.mark.parametrize("provider", ["Mistral AI", "mistral ai"])
def test_the_models_of_mistral_are_listed_by_provider(url: str, provider: str) -> None:
    listed = client(url, "bedrock").list_foundation_models(byProvider=provider)["modelSummaries"]
    assert all(model["modelId"].startswith("mistral.") for model in listed)
    assert SAMPLE_MODEL_ID in {model["modelId"] for model in listed}


def test_a_listed_profile_is_found_and_answered_for(url: str, runtime: Any) -> None:
    bedrock = client(url, "bedrock")
    (profile,) = bedrock.list_inference_profiles()["inferenceProfileSummaries"]
    assert profile["inferenceProfileId"] == "us.mistral.pixtral-large-2502-v1:0"
    for named in (profile["inferenceProfileId"], profile["inferenceProfileArn"]):
        found = bedrock.get_inference_profile(inferenceProfileIdentifier=named)
        assert found["models"] == profile["models"]
        assert "message" in ask(runtime, messages("Hello rate=0"), named)[0]["choices"][0]
    assert bedrock.list_inference_profiles(typeEquals="APPLICATION")["inferenceProfileSummaries"] == []


@pytest.mark.parametrize("model", ["anthropic.claude-3-haiku", "us.mistral.pixtral-large-2502-v1:0"])
def test_what_is_no_foundation_model_of_this_endpoint_is_not_found(url: str, model: str) -> None:
    bedrock = client(url, "bedrock")
    with pytest.raises(bedrock.exceptions.ResourceNotFoundException):
        bedrock.get_foundation_model(modelIdentifier=model)


def test_a_profile_of_another_region_is_not_found(url: str) -> None:
    bedrock = client(url, "bedrock")
    with pytest.raises(bedrock.exceptions.ResourceNotFoundException):
        bedrock.get_inference_profile(inferenceProfileIdentifier="eu.mistral.pixtral-large-2502-v1:0")
