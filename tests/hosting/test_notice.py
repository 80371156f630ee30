"""The line for visitors says where prompts go."""

import pytest

from lib.bedrock.backend import Backend
from lib.hosting.notice import where_prompts_go
from lib.mistral.catalog import LOCAL_MODEL_ID, SAMPLE_MODEL_ID, find

AWS = Backend("aws", "us-east-1", find(SAMPLE_MODEL_ID), SAMPLE_MODEL_ID)
LOCAL = Backend("local", None, find(LOCAL_MODEL_ID), LOCAL_MODEL_ID, endpoint_url="http://127.0.0.1:9")


@pytest.mark.parametrize(
    ("backend", "at_home", "says"),
    [
        (AWS, False, "What you write goes to Amazon Bedrock in us-east-1. This server stores nothing of it"),
        (AWS, True, "What you write goes to Amazon Bedrock in us-east-1."),
        (LOCAL, False, "What you write goes to the embedded model on this server. This server stores"),
        (LOCAL, True, "Runs on this computer and is free."),
    ],
)
def test_visitors_are_told_where_prompts_go(backend: Backend, at_home: bool, says: str) -> None:
    assert where_prompts_go(backend, at_home=at_home).startswith(says)


def test_only_who_sits_at_the_computer_is_told_that_it_is_this_one() -> None:
    assert "this computer" not in where_prompts_go(LOCAL, at_home=False)
