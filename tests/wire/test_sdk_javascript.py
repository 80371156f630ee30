"""AWS SDK for JavaScript v3 against the endpoint in all dialects, over HTTP/2 (its default) and HTTP/1.1."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.javascript import PATH, SDK
from tests.support.scripted_endpoint import scripted

pytestmark = pytest.mark.usefixtures("javascript_sdk")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with scripted() as endpoint:
        yield endpoint.url


def run(url: str, handler: str, model: str, body: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": PATH,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "dummy",
        "AWS_SECRET_ACCESS_KEY": "dummy",
        "NODE_NO_WARNINGS": "1",
    }
    command = ["node", "stream.mjs", handler, model, json.dumps(body)]
    return subprocess.run(command, cwd=SDK, env=environment, capture_output=True, text=True, timeout=60)


QUESTION = "chunks=20 rate=0"
MESSAGES = [{"role": "user", "content": QUESTION}]


handlers = pytest.mark.parametrize("handler", ["default", "http1"])


@handlers
@pytest.mark.parametrize(
    ("model", "body", "path"),
    [
        (
            "mistral.mistral-large-2402-v1:0",
            {"prompt": f"<s>[INST] {QUESTION} [/INST]"},
            ("outputs", 0, "text"),
        ),
        ("us.mistral.pixtral-large-2502-v1:0", {"messages": MESSAGES}, ("choices", 0, "message", "content")),
        ("mistral.ministral-3-8b-instruct", {"messages": MESSAGES}, ("choices", 0, "delta", "content")),
    ],
)
def test_the_javascript_sdk_reads_every_dialect(
    url: str, handler: str, model: str, body: dict[str, Any], path: tuple[str | int, ...]
) -> None:
    result = run(url, handler, model, body)
    assert result.stderr == ""
    text = ""
    for line in result.stdout.splitlines():
        found = json.loads(line)
        for step in path:
            found = found[step]
        text += found
    assert text.split() == [f"w{n}" for n in range(1, 21)]


@handlers
def test_the_javascript_sdk_reads_an_error_before_the_stream(url: str, handler: str) -> None:
    result = run(url, handler, "mistral.mistral-large-2402-v1:0", {"prompt": "Hi", "temperature": 2})
    assert result.stderr.startswith(
        "ValidationException: Malformed input request: #/temperature: 2 is not less"
    )


@handlers
def test_the_javascript_sdk_reads_an_error_in_the_stream(url: str, handler: str) -> None:
    result = run(url, handler, "mistral.mistral-large-2402-v1:0", {"prompt": "chunks=9 fail=4 rate=0"})
    assert len(result.stdout.splitlines()) == 4
    assert result.stderr.startswith("ModelStreamErrorException: The scripted engine failed")
