"""Many streams over HTTP/2 with the SDKs that speak it: all arrive whole, those that are left are freed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from lib.bedrock.local_endpoint import LocalEndpoint
from lib.mistral.catalog import LOCAL_MODEL_ID
from tests.sdks import toolchains
from tests.sdks.recipes import environment
from tests.sdks.toolchains import HERE, JAVA_SDKS
from tests.support.javascript import SDK, install_sdk
from tests.support.processes import memory_mb
from tests.support.scripted_endpoint import state
from tests.support.waiting import eventually

pytestmark = [pytest.mark.slow, pytest.mark.sdks]

MOST_GROWN_MB = 10


@pytest.fixture(scope="class")
def endpoint() -> Iterator[LocalEndpoint]:
    endpoint = LocalEndpoint("tests.support.scripted_endpoint")
    endpoint.start()
    endpoint.url()
    yield endpoint
    endpoint.close()


@pytest.fixture(scope="class")
def command(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    if request.cls.sdk == "javascript":
        install_sdk()
        return ["node", str(SDK / "many-streams.mjs")]
    source = Path(shutil.copy(HERE / "java" / "ManyStreams.java", tmp_path_factory.mktemp("many")))
    return toolchains.java(JAVA_SDKS[0], source)


def streams(endpoint: LocalEndpoint, command: list[str], count: int, leave: bool, script: str) -> str:
    """What the program prints. Its connections stay open until the endpoint has no running stream."""
    body = json.dumps({"prompt": script, "max_tokens": 1024})
    with subprocess.Popen(
        [*command, str(count), str(leave).lower(), LOCAL_MODEL_ID, body],
        env=environment(endpoint.url()),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        said = process.stdout.readline().strip()
        eventually(lambda: state(endpoint.url())["active"] == 0, within=1)
    return said


class ManyStreams:
    sdk: ClassVar[str]

    def test_two_hundred_streams_are_whole_and_memory_is_flat(
        self, endpoint: LocalEndpoint, command: list[str]
    ) -> None:
        assert streams(endpoint, command, 20, False, "chunks=20 rate=400") == "20 1"
        before = memory_mb(endpoint.pid or 0)
        assert streams(endpoint, command, 200, False, "chunks=20 rate=400") == "200 1"
        assert memory_mb(endpoint.pid or 0) - before < MOST_GROWN_MB

    def test_a_hundred_that_are_left_are_freed_within_a_second(
        self, endpoint: LocalEndpoint, command: list[str]
    ) -> None:
        assert streams(endpoint, command, 50, True, "chunks=1024 rate=100") == "50 0"
        before = memory_mb(endpoint.pid or 0)
        assert streams(endpoint, command, 100, True, "chunks=1024 rate=100") == "100 0"
        assert memory_mb(endpoint.pid or 0) - before < MOST_GROWN_MB


class TestJavaScript(ManyStreams):
    sdk = "javascript"


class TestJava(ManyStreams):
    sdk = "java"
