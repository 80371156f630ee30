"""Calls of a model with real boto3, and what they leave in the process."""

from __future__ import annotations

import os
import threading
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from lib.bedrock.connection import make_cuttable
from lib.bedrock.problems import explain
from lib.bedrock.reply import Reply
from lib.mistral.dialects import body
from lib.mistral.recipe import Recipe
from tests.support.makers import recipe


def client(url: str, service: str = "bedrock-runtime", certificate: str | None = None, **config: Any) -> Any:
    """A client of boto3 that sends each call once; boto3 takes half a second to make one."""
    fixed = {"retries": {"total_max_attempts": 1}, "signature_version": "v4", "proxies": {}}
    return boto3.client(
        service,
        endpoint_url=url,
        verify=certificate,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(**fixed, **config),
    )


@cache
def runtime(url: str, connections: int = 64, certificate: str | None = None) -> Any:
    """A client of the endpoint at `url` whose calls can be cut."""
    made = client(url, certificate=certificate, max_pool_connections=connections)
    make_cuttable(made)
    return made


def start(client: Any, asked: Recipe | str, **more: Any) -> Reply:
    """Send it; `more` as Reply takes it."""
    asked = recipe(asked) if isinstance(asked, str) else asked
    call = partial(client.invoke_model_with_response_stream, modelId=asked.model_id, body=body(asked))
    return Reply(asked, call, explain, **{"patience_s": (), **more})


def answer_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("answer-")]


def open_sockets() -> int:
    """How many sockets this process holds (Linux)."""
    count = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            count += os.readlink(descriptor).startswith("socket:")
        except OSError:  # the descriptor of this very listing
            continue
    return count


def counted(chunks: int) -> str:
    """The text of the scripted engine's first `chunks` chunks."""
    return "".join(f"w{number} " for number in range(1, chunks + 1))
