"""Fixtures for tests of all folders."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import botocore.session
import pytest

from lib.bedrock.account import Account, Listing
from tests.support.browser_tab import Browser, Node
from tests.support.environment import without_aws
from tests.support.fake_bedrock import FakeBedrock
from tests.support.javascript import install_sdk
from tests.support.scripted_endpoint import Endpoint, scripted


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    """The real endpoint with the scripted engine, for all tests of this process."""
    with scripted(tmp_path_factory.mktemp("scripted") / "events.jsonl") as running:
        yield running


@pytest.fixture(scope="module")
def faults() -> Iterator[FakeBedrock]:
    """A Bedrock that breaks on request."""
    with FakeBedrock() as bedrock:
        yield bedrock


@pytest.fixture
def no_aws(tmp_path: Path) -> Iterator[None]:
    """The test finds no AWS account, no setting and no proxy; the environment is restored at its end."""
    with patch.dict(os.environ, without_aws(tmp_path), clear=True):
        yield


@pytest.fixture(scope="session")
def javascript_sdk() -> None:
    """The AWS SDK for JavaScript is installed."""
    install_sdk()


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    """A process of Node that runs the components' scripts."""
    node = Node()
    yield node
    node.close()


@pytest.fixture
def node_browser(node: Node) -> Browser:
    """A browser without tabs that has stored nothing."""
    return Browser(node)


@pytest.fixture(scope="session")
def pages_open_fast() -> Iterator[None]:
    """AppTest looks through every installed package each time it opens a page; once is enough."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patched:
        found = manifest_scanner.scan_component_manifests()
        patched.setattr(manifest_scanner, "scan_component_manifests", lambda *_: found)
        yield


@pytest.fixture(scope="session", autouse=True)
def service_models_are_read_once() -> Iterator[None]:
    """botocore's loader keeps what it has read; every session of these tests shares one."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(botocore.session, "create_loader", functools.cache(botocore.session.create_loader))
        yield


@pytest.fixture
def no_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of an account that nobody asks: the models are the catalogue's, and no thread calls AWS."""

    def known(account: Account) -> Listing:
        return account._catalogue

    monkeypatch.setattr(Account, "listing", known)
