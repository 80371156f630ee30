"""Clients of the scripted endpoint and of the real model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.calls import client
from tests.support.scripted_endpoint import Endpoint


@pytest.fixture(scope="session")
def log(endpoint: Endpoint) -> Path:
    return endpoint.log_file


@pytest.fixture(scope="session")
def url(endpoint: Endpoint) -> str:
    return endpoint.url


@pytest.fixture(scope="session")
def runtime(url: str) -> Any:
    return client(url)


@pytest.fixture(scope="session")
def model() -> Iterator[Any]:
    """A client of the real model."""
    endpoint = LocalEndpoint()
    endpoint.start()
    yield client(endpoint.url(30))
    endpoint.close()
