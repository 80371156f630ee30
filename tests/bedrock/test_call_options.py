"""What a host adds to every call is in the request, under the names of AWS's reference."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from lib.bedrock.backend import Backend
from lib.bedrock.call_options import CallOptions, call_options
from lib.mistral.catalog import SAMPLE_MODEL_ID, find
from tests.support.makers import recipe

ARN = "arn:aws:bedrock:us-east-1:123456789012:guardrail/abc123"
SETTINGS = {
    "SIROCCO_GUARDRAIL": "abc123:7",
    "SIROCCO_SERVICE_TIER": "Flex",
    "SIROCCO_REQUEST_METADATA": "team=demo, app=sirocco",
}


def headers(options: CallOptions) -> dict[str, Any]:
    """The headers of the request that boto3 builds for a call."""
    client = boto3.client(
        "bedrock-runtime", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    sent: list[Any] = []
    client.meta.events.register("before-send", lambda request, **_: sent.append(request) or refuse())
    backend = Backend("aws", "us-east-1", find(SAMPLE_MODEL_ID), SAMPLE_MODEL_ID, options=options)
    backend._clients["bedrock-runtime", False] = client
    reply = backend.stream(recipe("hello"))
    assert reply.wait_ended(10)
    return {
        name: value.decode() if isinstance(value, bytes) else value for name, value in sent[0].headers.items()
    }


def refuse() -> None:
    raise ConnectionError("nothing is sent in this test")


def test_every_setting_is_in_the_request() -> None:
    sent = headers(call_options(SETTINGS))
    assert sent["X-Amzn-Bedrock-GuardrailIdentifier"] == "abc123"
    assert sent["X-Amzn-Bedrock-GuardrailVersion"] == "7"
    assert sent["X-Amzn-Bedrock-Trace"] == "ENABLED"
    assert sent["X-Amzn-Bedrock-Service-Tier"] == "flex"
    metadata = json.loads(sent["X-Amzn-Bedrock-Request-Metadata"])
    assert metadata == {"team": "demo", "app": "sirocco"}


def test_without_settings_nothing_is_added_to_a_call() -> None:
    assert call_options({}) == CallOptions()
    assert not [name for name in headers(CallOptions()) if "Guardrail" in name or "Tier" in name]


def test_a_guardrail_may_be_named_by_its_arn() -> None:
    assert call_options({"SIROCCO_GUARDRAIL": f"{ARN}:DRAFT"}).guardrail == (ARN, "DRAFT")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIROCCO_GUARDRAIL", "abc123"),
        ("SIROCCO_GUARDRAIL", "abc123:latest"),
        ("SIROCCO_SERVICE_TIER", "cheap"),
        ("SIROCCO_REQUEST_METADATA", "team"),
        ("SIROCCO_REQUEST_METADATA", "=demo"),
        ("SIROCCO_REQUEST_METADATA", "a=" + "x" * 9000),
    ],
)
def test_a_setting_that_is_not_understood_is_left_out_and_noted(name: str, value: str) -> None:
    read = call_options({name: value})
    assert read.arguments() == {}
    (note,) = read.notes
    assert note.startswith(name)
