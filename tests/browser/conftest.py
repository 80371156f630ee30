"""The app in its own process, driven in real Chromium; each fixture is one kind of deployment."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, BrowserType, Locator, Page, expect

from tests.browser.find_chromium import MISSING, find_chromium

ROOT = Path(__file__).resolve().parents[2]
READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is given the most time begins first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: -max((mark.args[0] for mark in item.iter_markers("timeout")), default=0))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    chromium = find_chromium()
    assert chromium, MISSING
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    return {
        "executable_path": chromium,
        "args": [*quiet, "--disable-background-networking", "--disable-component-update"],
    }


@pytest.fixture(scope="session")
def profile(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    """A browser profile that stays: Streamlit's scripts are compiled once, which halves a page's start."""
    kept = tmp_path_factory.mktemp("profile")
    viewport: Any = {"width": 1280, "height": 850}
    with browser_type.launch_persistent_context(
        kept, **browser_type_launch_args, viewport=viewport
    ) as context:
        yield context


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """That profile, as empty as a new one when the test has ended; one blank page keeps it open."""
    yield profile
    blank, *visited = profile.pages
    origins = {"://".join(urlsplit(page.url)[:2]) for page in visited}
    for page in visited:
        page.close()
    storage = profile.new_cdp_session(blank)
    for origin in origins:
        storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})
    storage.detach()
    profile.clear_cookies()
    profile.clear_permissions()


@dataclass(frozen=True)
class Endpoint:
    """A Bedrock endpoint of the tests."""

    url: str

    def state(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/_state") as answer:
            state: dict[str, Any] = json.load(answer)
        return state


@dataclass
class Chat:
    """The chat page as a person uses it."""

    page: Page

    def open(self, url: str) -> Chat:
        self.page.goto(url)
        expect(self.box).to_be_enabled()
        expect(self.page.locator(READY)).to_be_visible()
        expect(self.page.locator("#sirocco-voice")).to_be_attached()  # the keeper listens, to keys too
        return self

    @property
    def box(self) -> Locator:
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def last(self) -> Locator:
        """The newest answer with its line and card."""
        return self.page.get_by_test_id("stChatMessage").last

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def stop(self) -> None:
        self.page.get_by_test_id("stChatInputStopButton").click()

    def settled(self, ending: str) -> Locator:
        """The newest answer, once its line says how it ended."""
        expect(self.last).to_contain_text(ending)
        expect(self.page.locator(READY)).to_be_visible()
        expect(self.last.get_by_role("button", name="More")).to_be_visible()  # painted last
        return self.last

    def words(self) -> list[str]:
        """The numbered words of the newest answer."""
        return re.findall(r"\bw\d+\b", self.last.inner_text())


@pytest.fixture
def chat(page: Page) -> Iterator[Chat]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Chat(page)
    assert not errors
    assert page.get_by_test_id("stException").count() == 0


def wait_until(condition: Callable[[], bool], seconds: float) -> float:
    """How long it took; fails when `seconds` are over."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
    return time.monotonic() - begun


@contextmanager
def running(command: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """The command as a child that always ends with the block."""
    child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()


@contextmanager
def endpoint_process(module: str, *options: str) -> Iterator[Endpoint]:
    command = [sys.executable, "-m", module, "--port", "0", *options]
    with running(command, clean_environment()) as child:
        assert child.stdout
        yield Endpoint(json.loads(child.stdout.readline())["url"])


@contextmanager
def app_process(**env: str) -> Iterator[str]:
    """The app's URL, once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options]
    with running(command, {**clean_environment(), **env}) as child:
        assert child.stdout
        assert any("URL:" in line for line in child.stdout)
        yield f"http://localhost:{port}"


def clean_environment() -> dict[str, str]:
    """Nothing of AWS or Sirocco from around the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SIROCCO_"))}
    empty = Path(tempfile.gettempdir()) / "sirocco-no-aws-files"
    return {
        **kept,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(empty),
        "AWS_SHARED_CREDENTIALS_FILE": str(empty),
    }


def aws_like(endpoint: Endpoint) -> dict[str, str]:
    """A deployment on AWS, except for who answers."""
    return {
        "SIROCCO_BACKEND": "aws",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": endpoint.url,
        "AWS_ENDPOINT_URL_BEDROCK": "http://127.0.0.1:9",  # nobody lists models there
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


@pytest.fixture(scope="session")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the endpoint writes down what it sent, a JSON object a line."""
    return tmp_path_factory.mktemp("browser") / "events.jsonl"


@pytest.fixture(scope="session")
def endpoint(log: Path) -> Iterator[Endpoint]:
    """The real endpoint with the scripted engine behind it."""
    with endpoint_process("tests.support.scripted_endpoint", "--log", str(log)) as running_endpoint:
        yield running_endpoint


@pytest.fixture(scope="session")
def app(endpoint: Endpoint) -> Iterator[str]:
    with app_process(**aws_like(endpoint)) as url:
        yield url


@pytest.fixture(scope="session")
def broken_endpoint() -> Iterator[Endpoint]:
    with endpoint_process("tests.support.fake_bedrock") as running_endpoint:
        yield running_endpoint


@pytest.fixture(scope="session")
def broken_app(broken_endpoint: Endpoint) -> Iterator[str]:
    with app_process(**aws_like(broken_endpoint), SIROCCO_READ_TIMEOUT="1") as url:
        yield url


@pytest.fixture(scope="session")
def dead_app() -> Iterator[str]:
    """Nobody listens where its calls go."""
    with app_process(**aws_like(Endpoint("http://127.0.0.1:9"))) as url:
        yield url


@pytest.fixture(scope="session")
def local_app() -> Iterator[str]:
    """No AWS anywhere: the embedded model answers."""
    with app_process(SIROCCO_BACKEND="local") as url:
        yield url


@pytest.fixture
def dark(page: Page) -> Page:
    page.emulate_media(color_scheme="dark")
    return page


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    page.context.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    return page
