"""The bare boto3 loop: what the plain page streams, and what a first paint is measured against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MODEL_ID = "mistral.mistral-large-2402-v1:0"


def chunks(client: Any, prompt: str) -> Iterator[str]:
    """The texts of the chunks, as boto3's iterator brings them."""
    body = json.dumps({"prompt": f"<s>[INST] {prompt} [/INST]", "max_tokens": 4096})
    response = client.invoke_model_with_response_stream(modelId=MODEL_ID, body=body)
    for event in response["body"]:
        yield json.loads(event["chunk"]["bytes"])["outputs"][0]["text"]
