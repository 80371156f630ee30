"""View code on the chat page: a program that calls what the page has called."""

from __future__ import annotations

import logging
from urllib.parse import unquote

import pytest
from streamlit.testing.v1 import AppTest

from lib.ui.app.startup import backend
from tests.support.app_page import ask, more, on_aws, run
from tests.support.fake_bedrock import FakeBedrock
from tests.support.makers import profile, summary
from tests.support.scripted_endpoint import Endpoint
from tests.support.waiting import eventually

LARGE, OTHER = "mistral.mistral-large-2402-v1:0", "mistral.ministral-3-8b-instruct"
pytestmark = pytest.mark.usefixtures("pages_open_fast")


def called(caplog: pytest.LogCaptureFixture) -> str:
    """The model id in the path of the newest call."""
    urls = [str(record.args) for record in caplog.records if record.msg.startswith("Making request")]
    return unquote(urls[-1].partition("/model/")[2].partition("/invoke")[0])


def program(at: AppTest) -> str:
    """The Python program of the last answer."""
    return more(at, -1, "View code").code[-1].value


@pytest.mark.parametrize(
    "named", [LARGE, f"us.{LARGE}", f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.{LARGE}"]
)
def test_the_program_calls_the_id_that_the_host_has_named(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture, named: str
) -> None:
    with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
        at = ask(on_aws(endpoint.url, BEDROCK_MODEL_ID=named), "chunks=1 rate=0")
    assert called(caplog) == named
    assert f"model_id = {named!r}\n" in program(at)


def test_the_program_calls_the_profile_that_the_account_lists(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    listed = [summary(LARGE), summary(OTHER, inferenceTypesSupported=["INFERENCE_PROFILE"])]
    with FakeBedrock(models=listed, profiles=[[profile(f"us.{OTHER}", OTHER)]]) as account:
        at = on_aws(endpoint.url, AWS_ENDPOINT_URL_BEDROCK=account.url)
        eventually(lambda: backend().account.listing().source == "account")
        at.selectbox(key="model").set_value(OTHER)
        with caplog.at_level(logging.DEBUG, "botocore.endpoint"):
            at = ask(run(at), "chunks=1 rate=0")
        assert called(caplog) == f"us.{OTHER}"
        assert f"model_id = 'us.{OTHER}'\n" in program(at)
