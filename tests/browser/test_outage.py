"""The server is gone while an answer arrives, and comes back."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.app_process import app_on, free_port
from tests.support.chromium_pages import Chat, wait_until
from tests.support.environment import aws_settings
from tests.support.scripted_endpoint import Endpoint


def test_an_outage_is_said_within_two_seconds_and_the_cut_answer_names_it_and_can_go_on(
    chat: Chat, endpoint: Endpoint
) -> None:
    port, settings = free_port(), aws_settings(endpoint.url)
    said = chat.page.locator("#sirocco-connection")
    with app_on(port, settings) as server:
        chat.open(f"http://localhost:{port}")
        chat.send("chunks=400 rate=20")
        expect(chat.last).to_contain_text("w30")
        chat.box.fill("typed before")
        server.kill()
        gone = chat.page.locator('[data-testid="stApp"]:not([data-test-connection-state="CONNECTED"])')
        expect(gone).to_be_attached()
        wait_until(lambda: "cannot be reached" in said.inner_text(), 2)
        expect(said).to_contain_text("What you typed and what has arrived is kept")
        assert said.bounding_box()
    with app_on(port, settings):
        expect(said).to_contain_text("Connected again", timeout=60_000)
        answer = chat.settled("The connection was lost")
        expect(answer).to_contain_text("w30")
        expect(answer).not_to_contain_text("stopped by you")
        expect(answer.get_by_role("button", name="Continue")).to_be_visible()
        expect(chat.box).to_have_value("typed before")
        expect(said).to_be_empty()
