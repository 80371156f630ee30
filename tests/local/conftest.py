"""One scripted endpoint and one real model for all tests of this room."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.scripted_endpoint import client, scripted


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("endpoint") / "events.jsonl"


@pytest.fixture(scope="session")
def url(log: Path) -> Iterator[str]:
    with scripted(log) as url:
        yield url


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
