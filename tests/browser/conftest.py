"""The app in its own process, driven in real Chromium; each fixture is one kind of deployment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page

from tests.support import find_chromium, find_firefox
from tests.support.app_process import app_process
from tests.support.chromium_pages import Chat, Compare, wait_until
from tests.support.environment import NOBODY, aws_settings
from tests.support.fake_bedrock import FakeBedrock
from tests.support.scripted_endpoint import Endpoint


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is given the most time begins first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: -max((mark.args[0] for mark in item.iter_markers("timeout")), default=0))


# A library of Streamlit's frontend asks whether there is WebAssembly, and does without it where the policy
# forbids it. Firefox reports the refusal as an error of the page.
_HARMLESS = "blocked WebAssembly"
_WINDOW: Any = {"width": 1280, "height": 850}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_name: str) -> dict[str, Any]:
    return (find_firefox if browser_name == "firefox" else find_chromium).launch_args()


@pytest.fixture(scope="session")
def profile(
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[BrowserContext]:
    """Chromium with a profile that stays: Streamlit's scripts are compiled once, so pages start sooner."""
    kept = tmp_path_factory.mktemp("profile")
    with browser_type.launch_persistent_context(
        kept, **browser_type_launch_args, viewport=_WINDOW
    ) as context:
        yield context


@pytest.fixture
def context(browser_name: str, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """An empty profile: in Chromium the one that stays, emptied when the test has ended."""
    if browser_name == "firefox":
        browser: Browser = request.getfixturevalue("browser")
        with browser.new_context(viewport=_WINDOW) as context:
            yield context
        return
    profile: BrowserContext = request.getfixturevalue("profile")
    yield profile
    _empty(profile)


def _empty(profile: BrowserContext) -> None:
    blank, *visited = profile.pages  # one blank page keeps it open
    origins = {"://".join(urlsplit(page.url)[:2]) for page in visited}
    for page in visited:
        page.close()
    storage = profile.new_cdp_session(blank)
    for origin in origins:
        storage.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "local_storage"})
    storage.detach()
    profile.clear_cookies()
    profile.clear_permissions()


@pytest.fixture
def chat(page: Page) -> Iterator[Chat]:
    errors: list[str] = []
    page.on("pageerror", lambda error: None if _HARMLESS in str(error) else errors.append(str(error)))
    yield Chat(page)
    assert not errors
    assert page.get_by_test_id("stException").count() == 0


@pytest.fixture
def compare(page: Page) -> Iterator[Compare]:
    page.set_viewport_size({"width": 1440, "height": 1000})
    yield Compare(page)
    assert page.get_by_test_id("stException").count() == 0


@pytest.fixture
def resting(endpoint: Endpoint) -> Endpoint:
    """The endpoint once every answer of earlier tests has ended."""
    wait_until(lambda: endpoint.state()["active"] == 0, 30)
    return endpoint


@pytest.fixture(scope="session")
def app(endpoint: Endpoint) -> Iterator[str]:
    with app_process(**aws_settings(endpoint.url)) as url:
        yield url


@pytest.fixture(scope="session")
def broken_endpoint() -> Iterator[Endpoint]:
    """A Bedrock that breaks on request."""
    with FakeBedrock() as bedrock:
        yield Endpoint(bedrock.url)


@pytest.fixture(scope="session")
def broken_app(broken_endpoint: Endpoint) -> Iterator[str]:
    with app_process(**aws_settings(broken_endpoint.url), SIROCCO_READ_TIMEOUT="1") as url:
        yield url


@pytest.fixture(scope="session")
def dead_app() -> Iterator[str]:
    """An app whose calls go to an address where nothing listens."""
    with app_process(**aws_settings(NOBODY)) as url:
        yield url


@pytest.fixture(scope="session")
def silent_app() -> Iterator[str]:
    """A deployment without credentials and without a running model: only what was recorded can be seen."""
    with app_process(SIROCCO_BACKEND="local", SIROCCO_LOCAL_URL=NOBODY) as url:
        yield url


@pytest.fixture(scope="session")
def local_app() -> Iterator[str]:
    """An app without AWS, in which the embedded model answers."""
    with app_process(SIROCCO_BACKEND="local") as url:
        yield url


@pytest.fixture
def dark(page: Page) -> Page:
    page.emulate_media(color_scheme="dark")
    return page


@pytest.fixture
def phone(page: Page, browser_name: str) -> Page:
    page.set_viewport_size({"width": 390, "height": 844})
    if browser_name == "chromium":
        page.context.new_cdp_session(page).send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    return page
