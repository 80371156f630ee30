"""boto3's clients for Bedrock and for the endpoint on this computer."""

from __future__ import annotations

import os
from typing import Any, Literal

import boto3
import botocore.session
from botocore.config import Config

from lib.bedrock import local_headers
from lib.bedrock.connection import make_cuttable
from lib.bedrock.credentials import in_time

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 120
"""The longest wait for the first byte or between two chunks. SIROCCO_READ_TIMEOUT overrides it."""
LIST_TIMEOUTS_S = {"connect_timeout": 3, "read_timeout": 8}
"""Timeouts for the control plane, which only lists models."""
POOL_SIZE = 256
"""How many connections are kept for later calls."""
Service = Literal["bedrock-runtime", "bedrock"]
"""`bedrock-runtime` answers prompts; `bedrock` is the control plane, which lists models."""


def _config(service: Service, **more: Any) -> Config:
    answering = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "read_timeout": read_timeout_s(),
    }
    return Config(
        **(answering if service == "bedrock-runtime" else LIST_TIMEOUTS_S),
        # One attempt only: botocore would repeat a call that timed out, and AWS would bill both answers.
        retries={"total_max_attempts": 1, "mode": "standard"},
        max_pool_connections=POOL_SIZE,
        tcp_keepalive=True,
        user_agent_extra="sirocco",
        **more,
    )


def read_timeout_s() -> float:
    """The longest wait for the first byte of an answer or between two chunks."""
    return _seconds("SIROCCO_READ_TIMEOUT", READ_TIMEOUT_S)


def _seconds(name: str, default: float) -> float:
    try:
        seconds = float(os.environ.get(name, default))
    except ValueError:
        return default
    return seconds if 0 < seconds < float("inf") else default


def aws_client(region: str | None, service: Service) -> Any:
    """The client of an AWS service. Raises BotoCoreError, ValueError or CredentialsTimeoutError."""
    client = in_time(lambda: boto3.Session().client(service, region_name=region, config=_config(service)))
    make_cuttable(client)
    return client


def local_client(url: str, service: Service) -> Any:
    """A client of the endpoint on this computer, which ignores every AWS profile, bearer token and proxy."""
    no_profile = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    client = boto3.Session(botocore_session=no_profile).client(
        service,
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=_config(service, signature_version="v4", proxies={}),
    )
    make_cuttable(client)
    local_headers.accept(client)
    return client
