"""One scripted endpoint, in a process of its own, for all tests that need one."""

import functools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from lib.bedrock.account import Account, Listing
from tests.support.browser_tab import Browser, Node
from tests.support.scripted_endpoint import scripted, state


@dataclass(frozen=True)
class Endpoint:
    """`state()`: requests that run and have ended; `log()`: what happened to each, in order."""

    url: str
    path: Path

    def state(self) -> dict[str, int]:
        return state(self.url)

    def log(self) -> list[dict[str, Any]]:
        lines = self.path.read_text(encoding="utf-8").splitlines() if self.path.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    path = tmp_path_factory.mktemp("scripted") / "events.jsonl"
    with scripted(path) as url:
        yield Endpoint(url, path)


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
