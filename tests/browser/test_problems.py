"""Every error of Bedrock, of the network and of the stream, as a person sees it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from lib.bedrock.problems import ENTRIES
from tests.support.app_process import app_process
from tests.support.chromium_pages import Chat
from tests.support.fake_bedrock import words
from tests.support.fault_table import ACCOUNT, FAULTS, ROLE
from tests.support.scripted_endpoint import Endpoint

NAMES = [name for name, fault in FAULTS.items() if fault.kind]
GROUPS = [NAMES[start::4] for start in range(4)]


@pytest.mark.parametrize("names", GROUPS, ids=lambda names: names[0])
def test_every_fault_has_its_own_card_and_keeps_the_text_that_had_arrived(
    chat: Chat, broken_app: str, names: list[str]
) -> None:
    chat.open(broken_app)
    for name in names:
        fault = FAULTS[name]
        chat.send(f"fault:{name}")
        expect(chat.page.get_by_test_id("stChatMessage").nth(-2)).to_contain_text(f"fault:{name}")
        expect(chat.last).to_contain_text(ENTRIES[fault.kind].title)
        shown = chat.page.get_by_test_id("stApp").inner_text()
        if fault.arriving:
            expect(chat.last).to_contain_text(words(fault.arriving).strip())
        for hidden in ("Traceback", "Exception", ACCOUNT, ROLE, "arn:"):
            assert hidden not in shown, name


def test_retry_sends_the_same_again_and_keeps_what_the_first_attempt_had_brought(
    chat: Chat, broken_app: str, broken_endpoint: Endpoint
) -> None:
    chat.open(broken_app).send("fault:half-frame")
    expect(chat.last).to_contain_text("The answer broke off")
    requests = broken_endpoint.state()["requests"]
    chat.last.get_by_role("button", name="Retry").click()
    expect(chat.last).to_contain_text("2/2 · same settings")
    expect(chat.last).to_contain_text("The answer broke off")
    assert broken_endpoint.state()["requests"] == requests + 1


def test_nobody_listening_is_a_card_and_no_traceback(chat: Chat, dead_app: str) -> None:
    chat.open(dead_app).send("Hello")
    expect(chat.last).to_contain_text(ENTRIES["unreachable"].title)
    expect(chat.last).to_contain_text("127.0.0.1:9")


def test_a_missing_region_is_a_card_that_names_the_setting(chat: Chat) -> None:
    with app_process(SIROCCO_BACKEND="aws", AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y") as url:
        chat.open(url).send("Hello")
        expect(chat.last).to_contain_text("AWS_DEFAULT_REGION")


def test_an_image_in_an_answer_is_never_fetched(chat: Chat, app: str) -> None:
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.open(app).send("chunks=60 rate=0 text=image")
    chat.settled("finished")
    expect(chat.last).to_contain_text("![a chart]")
    assert [url for url in asked if not url.startswith((app, "data:", "blob:"))] == []


def test_prices_stay_prices(chat: Chat, app: str) -> None:
    chat.open(app).send("chunks=40 rate=0 text=prices")
    chat.settled("finished")
    expect(chat.last).to_contain_text("A coffee is $3.50, two are $7.00")
    expect(chat.last.locator(".katex")).to_have_count(0)
