"""Sign-in with a real OpenID Connect provider, in Chromium."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.deployed.cluster import Bedrock
from tests.support.app_process import free_port
from tests.support.chromium_pages import Chat
from tests.support.replica import Replica, get, replica
from tests.support.visitor import Visitor

HERE = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "oidc"
pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(
        not INSTALLED.exists(), reason="oidc-provider is not here; make test-hosting installs it"
    ),
]


@contextmanager
def signing_in(folder: Path, bedrock: Bedrock, **settings: str) -> Iterator[Replica]:
    """The app, with a provider that runs beside it."""
    app_port, port = free_port(), free_port()
    redirect = f"http://localhost:{app_port}/oauth2callback"
    node = str(Path(sys.executable).with_name("node"))
    command = [node, str(HERE / "oidc_provider.mjs"), str(INSTALLED), str(port), redirect]
    secrets = folder / "secrets.toml"
    secrets.write_text(
        f"""[auth]
redirect_uri = "{redirect}"
cookie_secret = "another secret of the test"
client_id = "sirocco"
client_secret = "a secret of the test"
server_metadata_url = "http://localhost:{port}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid email", prompt = "login" }}
""",
        encoding="utf-8",
    )
    provider = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert provider.stdout
        assert any("ready" in line for line in provider.stdout)
        settings = {"STREAMLIT_SECRETS_FILES": str(secrets), **settings}
        with replica(folder / "log", bedrock, port=app_port, **settings) as app:
            yield app
    finally:
        provider.terminate()
        provider.wait(10)


def sign_in_as(tab: Page, address: str) -> None:
    """Sign in on the provider's own pages."""
    tab.get_by_role("button", name="Sign in").click()
    tab.locator("input[name=login]").fill(address)
    tab.locator("input[name=password]").fill("any")
    tab.get_by_role("button", name="Sign-in").click()
    tab.get_by_role("button", name="Continue").click()


def sign_out(tab: Page) -> None:
    """Sign out, at the provider as well."""
    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_role("button", name="Yes, sign me out").click()


def test_where_sign_in_is_required_only_those_on_the_list_are_admitted(
    bedrock: Bedrock, tab: Page, other: Page, tmp_path: Path
) -> None:
    settings = {"SIROCCO_SIGN_IN": "required", "SIROCCO_SIGN_IN_ALLOWED": "example.com"}
    with signing_in(tmp_path, bedrock, **settings) as app:
        address = f"http://localhost:{app.port}"
        tab.goto(f"{address}/compare")
        expect(tab.get_by_text("Sign in to use this page.")).to_be_visible()
        expect(tab.get_by_test_id("stChatInputTextArea")).to_have_count(0)
        sign_in_as(tab, "ada@example.com")
        chat = Chat(tab).open(address)
        chat.send("chunks=5 rate=0")
        chat.settled("finished")
        sign_out(tab)
        expect(tab.get_by_text("Sign in to use this page.")).to_be_visible()
        for stranger in ("eve@evil.example", "new@example.com"):
            other.goto(address)
            sign_in_as(other, stranger)
            expect(other.get_by_text(f"{stranger} may not use this page.")).to_be_visible()
            sign_out(other)
            expect(other.get_by_text("Sign in to use this page.")).to_be_visible()


def test_a_websocket_without_a_browser_gets_no_page_where_sign_in_is_required(
    bedrock: Bedrock, tmp_path: Path
) -> None:
    with signing_in(tmp_path, bedrock, SIROCCO_SIGN_IN="required") as app:
        stranger = Visitor(app.url)
        with pytest.raises(AssertionError, match="Sign in to use this page"):
            stranger.connect(patience_s=5)


def test_where_sign_in_is_optional_everybody_is_admitted_and_may_sign_in(
    bedrock: Bedrock, tab: Page, tmp_path: Path
) -> None:
    with signing_in(tmp_path, bedrock, SIROCCO_SIGN_IN="optional") as app:
        address = f"http://localhost:{app.port}"
        chat = Chat(tab).open(address)
        chat.send("chunks=5 rate=0")
        chat.settled("finished")
        sign_in_as(tab, "ada@example.com")
        expect(tab.get_by_role("button", name="Sign out")).to_be_visible()


def test_where_sign_in_is_off_its_addresses_do_not_exist(bedrock: Bedrock, tmp_path: Path) -> None:
    with replica(tmp_path / "log", bedrock) as app:
        for path in ("/auth/login", "/oauth2callback"):
            assert get(app.url + path).status == 404
