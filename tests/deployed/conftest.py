"""Deployments that several tests share. `make test-hosting` installs what they need and runs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest
from playwright.sync_api import Browser, BrowserType, Page

from tests.deployed.cluster import Bedrock, Cluster, Proxy, cluster
from tests.support.find_chromium import launch_args
from tests.support.redis_server import RedisServer, running_redis
from tests.support.scripted_endpoint import scripted


@pytest.fixture(scope="session")
def bedrock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bedrock]:
    log = tmp_path_factory.mktemp("bedrock") / "events.jsonl"
    with scripted(log) as running:
        yield Bedrock(running.url, log)


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with running_redis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session", params=["nginx", "caddy"])
def deployed(
    request: pytest.FixtureRequest,
    bedrock: Bedrock,
    redis: RedisServer,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Cluster]:
    """Two replicas at the root of a name, which share a ledger, as the compose file has it."""
    proxy, money = cast(Proxy, request.param), {"SIROCCO_DAILY_USD": "200", "SIROCCO_VISITOR_SHARE": "1"}
    folder = tmp_path_factory.mktemp(proxy)
    with cluster(proxy, folder, bedrock, SIROCCO_LEDGER=redis.url, **money) as running:
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
