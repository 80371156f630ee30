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
def tab(node_browser: Browser) -> Outage:
    tab = Outage(node_browser)
    tab.add("div", **{"data-testid": "stApp", "data-test-connection-state": "CONNECTED"})
    tab.run()
    return tab


def test_nothing_is_said_while_the_connection_stands(tab: Outage) -> None:
    assert tab.settle(60_000).text('[role="status"]') == ""


def test_an_outage_is_said_within_two_seconds_with_what_is_safe(tab: Outage) -> None:
    assert tab.become("PINGING_SERVER", 1900) == f"The server cannot be reached. {SAFE} Trying again…"


def test_a_device_without_network_is_named(tab: Outage) -> None:
    tab.browser.set(online=False)
    assert tab.become("PINGING_SERVER", 1900) == f"This device is offline. {SAFE} Trying again…"


def test_an_outage_that_is_over_at_once_is_not_said(tab: Outage) -> None:
    assert tab.become("PINGING_SERVER", 300) == ""
    assert tab.become("CONNECTED", 5000) == ""


def test_the_return_is_said_for_a_while(tab: Outage) -> None:
    tab.become("PINGING_SERVER", 1000)
    tab.become("CONNECTING", 1000)
    assert tab.become("CONNECTED", 100) == "Connected again."
    assert tab.settle(5000).text('[role="status"]') == ""


def test_when_streamlit_gives_up_the_page_says_what_to_do(tab: Outage) -> None:
    tab.become("PINGING_SERVER", 1000)
    said = tab.become("DISCONNECTED_FOREVER", 100)
    assert said == f"The server cannot be reached. {SAFE} Load the page anew to go on."


@pytest.mark.parametrize(("text", "clicks"), [("streamlit run yourscript.py", 1), ("Stream X-ray", 0)])
def test_only_streamlits_own_dialog_about_the_outage_is_closed(tab: Outage, text: str, clicks: int) -> None:
    tab.become("PINGING_SERVER", 1000)
    tab.add("div", role="dialog")
    tab.add("button", text, inside='[role="dialog"]', **{"class": "close"})
    tab.settle()
    assert tab.ask("clicks", at=".close") == clicks
