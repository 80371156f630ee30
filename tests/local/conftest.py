"""Fixtures: clients of the scripted endpoint, and of the endpoint with the real model."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.calls import client
from tests.support.processes import processor_s
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
def real_endpoint() -> Iterator[LocalEndpoint]:
    """The endpoint with the real model."""
    endpoint = LocalEndpoint()
    endpoint.start()
    endpoint.url(30)
    yield endpoint
    endpoint.close()


@pytest.fixture(scope="session")
def model(real_endpoint: LocalEndpoint) -> Any:
    """A client of the real model."""
    return client(real_endpoint.url())


@pytest.fixture
def spent_s(real_endpoint: LocalEndpoint) -> Callable[[], float]:
    """Seconds of processor time that the real model's process has used since the test began."""
    assert real_endpoint.pid
    pid, began = real_endpoint.pid, processor_s(real_endpoint.pid)
    return lambda: processor_s(pid) - began
