"""Deployments that several tests share. `make test-hosting` installs what they need and runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, BrowserType, Page

from tests.browser.conftest import Endpoint, browser_type_launch_args, endpoint_process
from tests.deployed.cluster import Cluster, Proxy, cluster

__all__ = ["browser_type_launch_args"]


@dataclass(frozen=True)
class Bedrock(Endpoint):
    """The scripted endpoint; its log is the witness of what was asked and what was cut."""

    log: Path = Path()

    def ends(self) -> list[dict[str, Any]]:
        """One entry for each call that has ended; its `event` is "end" for those that were not cut."""
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return [line for line in map(json.loads, lines) if line["event"] in ("end", "gone", "error")]


@pytest.fixture(scope="session")
def bedrock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bedrock]:
    log = tmp_path_factory.mktemp("bedrock") / "events.jsonl"
    with endpoint_process("tests.endpoint", "--log", str(log)) as running:
        yield Bedrock(running.url, log)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def deployed(
    request: pytest.FixtureRequest, bedrock: Bedrock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Two replicas at the root of a name."""
    proxy = cast(Proxy, request.param)
    with cluster(proxy, tmp_path_factory.mktemp(proxy), bedrock) as running:
        yield running


@pytest.fixture(scope="session")
def trusting(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """Chromium, in which each context is told to trust the test's certificate."""
    browser = browser_type.launch(**browser_type_launch_args)
    yield browser
    browser.close()


@pytest.fixture
def tab(trusting: Browser) -> Iterator[Page]:
    """A tab in a fresh profile."""
    with trusting.new_context(ignore_https_errors=True, accept_downloads=True) as context:
        yield context.new_page()
