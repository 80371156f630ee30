"""What the page says when its connection to the server has ended, and when it is back."""

from __future__ import annotations

import pytest

from tests.support.browser_tab import Browser
from tests.support.page_script import ScriptedPage

APP, LINE = '[data-testid="stApp"]', "#sirocco-connection"
SAFE = "What you typed and what has arrived is kept in this browser."


class Outage(ScriptedPage):
    def become(self, state: str, ms: float) -> str | None:
        """Streamlit notes another state of its websocket; what the page says some time later."""
        self.ask("attribute", at=APP, name="data-test-connection-state", value=state)
        self.settle(ms)
        return self.said

    @property
    def said(self) -> str | None:
        return self.text('[role="status"]')


@pytest.fixture
def page(node_browser: Browser) -> Outage:
    page = Outage(node_browser)
    page.add("div", **{"data-testid": "stApp", "data-test-connection-state": "CONNECTED"})
    page.run()
    return page


def test_nothing_is_said_while_the_connection_stands(page: Outage) -> None:
    assert page.settle(60_000).text('[role="status"]') == ""


def test_an_outage_is_said_within_two_seconds_with_what_is_safe(page: Outage) -> None:
    assert page.become("PINGING_SERVER", 1900) == f"The server cannot be reached. {SAFE} Trying again…"


def test_a_device_without_network_is_named(page: Outage) -> None:
    page.browser.set(online=False)
    assert page.become("PINGING_SERVER", 1900) == f"This device is offline. {SAFE} Trying again…"


def test_an_outage_that_is_over_at_once_is_not_said(page: Outage) -> None:
    assert page.become("PINGING_SERVER", 300) == ""
    assert page.become("CONNECTED", 5000) == ""


def test_the_return_is_said_for_a_while(page: Outage) -> None:
    page.become("PINGING_SERVER", 1000)
    page.become("CONNECTING", 1000)
    assert page.become("CONNECTED", 100) == "Connected again."
    assert page.settle(5000).text('[role="status"]') == ""


def test_when_streamlit_gives_up_the_page_says_what_to_do(page: Outage) -> None:
    page.become("PINGING_SERVER", 1000)
    said = page.become("DISCONNECTED_FOREVER", 100)
    assert said == f"The server cannot be reached. {SAFE} Load the page anew to go on."


@pytest.mark.parametrize(("text", "clicks"), [("streamlit run yourscript.py", 1), ("Stream X-ray", 0)])
def test_only_streamlits_own_dialog_about_the_outage_is_closed(page: Outage, text: str, clicks: int) -> None:
    page.become("PINGING_SERVER", 1000)
    page.add("div", role="dialog")
    page.add("button", text, inside='[role="dialog"]', **{"class": "close"})
    page.settle()
    assert page.ask("clicks", at=".close") == clicks
