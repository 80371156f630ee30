"""An answer goes on as long as its tab is connected: on other pages, through an outage, and no longer."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import Page, expect

from tests.support.app_process import app_on, free_port
from tests.support.chromium_pages import Chat, Compare, wait_until
from tests.support.environment import aws_settings
from tests.support.flaky_link import FlakyLink
from tests.support.replica import get
from tests.support.scripted_endpoint import Endpoint

COLUMNS = 4
"""The columns of a comparison with the values that the page offers first."""
AWAY_MS = 5000
FROZEN_MS = 2500
OFFLINE_MS = 3000
CLOSED_S = 3.0


def whole(chat: Chat, count: int) -> None:
    chat.settled("finished")
    assert chat.words() == [f"w{number}" for number in range(1, count + 1)]


def visit_doctor(page: Page, back: str) -> None:
    page.get_by_role("link", name="Doctor").click()
    expect(page.get_by_test_id("stChatMessage")).to_have_count(0)
    page.wait_for_timeout(AWAY_MS)  # the time away is what the test is about
    page.get_by_role("link", name=back).click()


@pytest.mark.timeout(120)
def test_a_chat_answer_goes_on_while_another_page_is_shown(chat: Chat, app: str, resting: Endpoint) -> None:
    served = resting.state()["served"]
    chat.open(app).send("chunks=200 rate=25")
    expect(chat.last).to_contain_text("w10 ")
    visit_doctor(chat.page, "Chat")
    expect(chat.last).to_contain_text("w130 ")
    whole(chat, 200)
    assert resting.state()["served"] == served + 1


@pytest.mark.timeout(120)
def test_a_comparison_goes_on_while_another_page_is_shown(
    compare: Compare, app: str, resting: Endpoint
) -> None:
    served = resting.state()["served"]
    compare.open(app).send("chunks=150 rate=25")
    wait_until(lambda: len(compare.words(0)) >= 10, 20)
    visit_doctor(compare.page, "Compare")
    compare.settled()
    expect(compare.page.get_by_role("button", name="Use this one")).to_have_count(COLUMNS)
    for index in range(COLUMNS):
        assert compare.words(index) == [f"w{number}" for number in range(1, 151)]
    assert resting.state()["served"] == served + COLUMNS


@pytest.mark.timeout(120)
def test_a_server_that_stands_still_for_a_while_loses_no_answer(chat: Chat, resting: Endpoint) -> None:
    served, port = resting.state()["served"], free_port()
    with app_on(port, aws_settings(resting.url)) as server:
        chat.open(f"http://localhost:{port}").send("chunks=150 rate=25")
        expect(chat.last).to_contain_text("w10 ")
        server.send_signal(signal.SIGSTOP)
        chat.page.wait_for_timeout(FROZEN_MS)
        server.send_signal(signal.SIGCONT)
        whole(chat, 150)
    assert resting.state()["served"] == served + 1


@pytest.mark.timeout(120)
def test_a_network_that_is_down_for_a_while_loses_no_answer(chat: Chat, resting: Endpoint) -> None:
    served, port = resting.state()["served"], free_port()
    with app_on(port, aws_settings(resting.url)), FlakyLink(port).running() as link:
        chat.open(f"http://localhost:{link.port}").send("chunks=300 rate=25")
        expect(chat.last).to_contain_text("w10 ")
        link.cut()
        chat.page.wait_for_timeout(OFFLINE_MS)
        link.mend()
        whole(chat, 300)
    assert resting.state()["served"] == served + 1


def test_a_closed_tab_ends_its_answer(chat: Chat, app: str, resting: Endpoint) -> None:
    tab = Chat(chat.page.context.new_page()).open(app)
    tab.send("chunks=3000 rate=25")
    expect(tab.last).to_contain_text("w10 ")
    tab.page.close()
    wait_until(lambda: resting.state()["active"] == 0, CLOSED_S)


@pytest.mark.timeout(120)
def test_a_page_that_is_reloaded_while_its_server_is_about_to_end_gets_its_answer_whole(
    chat: Chat, resting: Endpoint
) -> None:
    served, port = resting.state()["served"], free_port()
    with app_on(port, aws_settings(resting.url)) as server:
        chat.open(f"http://localhost:{port}").send("chunks=200 rate=25")
        expect(chat.last).to_contain_text("w10 ")
        server.send_signal(signal.SIGTERM)
        wait_until(lambda: get(f"http://localhost:{port}/readyz?serve").status == 503, 5)
        chat.page.reload()
        whole(chat, 200)
        assert server.wait(15) == 0
    assert resting.state()["served"] == served + 1
