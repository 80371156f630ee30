"""Deployments that several tests share. `make test-hosting` installs what they need and runs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, BrowserType, Page

from tests.deployed.cluster import Bedrock, Cluster, Proxy, cluster
from tests.support.find_chromium import launch_args
from tests.support.scripted_endpoint import scripted


@pytest.fixture(scope="session")
def bedrock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bedrock]:
    log = tmp_path_factory.mktemp("bedrock") / "events.jsonl"
    with scripted(log) as running:
        yield Bedrock(running.url, log)


@pytest.fixture(scope="session", params=["nginx", "caddy"])
def deployed(
    request: pytest.FixtureRequest, bedrock: Bedrock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Two replicas at the root of a name."""
    proxy = cast(Proxy, request.param)
    with cluster(proxy, tmp_path_factory.mktemp(proxy), bedrock) as running:
        yield running


@pytest.fixture(scope="session")
def trusting(browser_type: BrowserType) -> Iterator[Browser]:
    """Chromium, in which each context is told to trust the test's certificate."""
    browser = browser_type.launch(**launch_args())
    yield browser
    browser.close()


@pytest.fixture
def tab(trusting: Browser) -> Iterator[Page]:
    """A tab in a fresh profile."""
    with trusting.new_context(ignore_https_errors=True) as context:
        yield context.new_page()


@pytest.fixture
def other(trusting: Browser) -> Iterator[Page]:
    """A tab of somebody else."""
    with trusting.new_context(ignore_https_errors=True) as context:
        yield context.new_page()
