"""One model of each kind, and deployments that offer them."""

from __future__ import annotations

from lib.bedrock.backend import Backend
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, Model, find

TEXT, DELTA, MIXTRAL, MESSAGE, LOCAL = (
    find(SAMPLE_MODEL_ID),
    find("mistral.mistral-large-3-675b-instruct"),
    find("mistral.mixtral-8x7b-instruct-v0:1"),
    find("mistral.mistral-large-2407-v1:0"),
    find(LOCAL_MODEL_ID),
)


def aws(model: Model = TEXT) -> Backend:
    return Backend("aws", "us-east-1", model, model.id)


def local() -> Backend:
    return Backend("local", None, LOCAL, LOCAL.id)
