"""Links whose payload stands behind `#`: no request has it, and the address is what a reader expects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from lib.records.links import to_file
from lib.records.shared import share
from tests.support.app_process import ROOT
from tests.support.chromium_pages import READY, Chat, browser_holds, press, shows, wait_until
from tests.support.makers import DAY, answered, link, recipe

OLD = ROOT / "tests" / "fixtures" / "saved_by_0_1" / "shared"
WORDS = ("First words.", "Second words.")
ONE, TWO = (link(answered(recipe(), text)) for text in WORDS)
SYSTEM = "Answer like a zebra."


class Seen:
    """All that the browser asks servers for: addresses, headers and bodies of requests, and of websockets the
    address."""

    def __init__(self, page: Page) -> None:
        self.requests: list[str] = []
        page.on("request", self._add)
        page.on("websocket", lambda opened: self.requests.append(opened.url))

    def _add(self, request: Request) -> None:
        self.requests.append(f"{request.url} {request.headers} {request.post_data}")

    def with_text(self, text: str) -> list[str]:
        return [request for request in self.requests if text in request]


@pytest.fixture
def reader(page: Page) -> Iterator[Page]:
    yield page
    assert page.get_by_test_id("stException").count() == 0


def at(page: Page, address: str) -> None:
    wait_until(lambda: page.evaluate("location.href") == address, 20)


def test_no_request_has_what_the_link_holds(reader: Page, app: str) -> None:
    seen = Seen(reader)
    reader.goto(f"{app}/shared#r={ONE}")
    shows(reader, WORDS[0])
    reader.reload()
    shows(reader, WORDS[0])
    at(reader, f"{app}/shared#r={ONE}")
    assert len(seen.requests) > 10
    assert seen.with_text(ONE[:40]) == []


@pytest.mark.parametrize("dialect", ["text", "message", "delta", "local"])
def test_an_old_link_opens_and_the_address_is_rewritten_at_once(dialect: str, reader: Page, app: str) -> None:
    old = next(iter(json.loads((OLD / f"{dialect}.links.json").read_text(encoding="utf-8")).values()))
    seen = Seen(reader)
    reader.goto(f"{app}/shared?r={old}")
    shows(reader, "Recorded by the sender")
    at(reader, f"{app}/shared#r={old}")
    assert len(seen.with_text(old)) == 1  # the first request, which the docs tell of
    reader.reload()
    shows(reader, "Recorded by the sender")
    assert len(seen.with_text(old)) == 1


def test_a_link_pasted_into_the_same_tab_and_the_way_back_and_forward(reader: Page, app: str) -> None:
    reader.goto(f"{app}/shared")
    shows(reader, "Open a shared answer")
    reader.goto(f"{app}/shared#r={ONE}")  # a change behind "#" loads nothing
    shows(reader, WORDS[0])
    reader.goto(f"{app}/shared#r={TWO}")
    shows(reader, WORDS[1])
    reader.go_back()
    shows(reader, WORDS[0])
    reader.go_back()
    shows(reader, "Open a shared answer")
    reader.go_forward()
    shows(reader, WORDS[0])
    reader.reload()
    shows(reader, WORDS[0])
    at(reader, f"{app}/shared#r={ONE}")


def test_the_way_to_the_chat_and_back(reader: Page, app: str) -> None:
    reader.goto(f"{app}/shared#r={ONE}")
    shows(reader, WORDS[0])
    reader.get_by_role("button", name="Continue in chat").click()
    expect(reader.get_by_test_id("stChatMessage").last).to_contain_text(WORDS[0])
    expect(reader.locator(READY)).to_be_visible()
    wait_until(lambda: ONE not in reader.evaluate("location.href"), 20)
    reader.go_back()
    shows(reader, "Recorded by the sender")
    at(reader, f"{app}/shared#r={ONE}")
    reader.get_by_role("link", name="Chat", exact=True).click()
    expect(reader.get_by_test_id("stChatInputTextArea")).to_be_visible()
    reader.get_by_role("link", name="Shared", exact=True).click()
    shows(reader, "Recorded by the sender")
    at(reader, f"{app}/shared#r={ONE}")


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        ("x" * 200_000, "This link is longer than any that Sirocco makes."),
        (ONE[:-20], "This link"),
        ("%3Cscript%3E", "This link does not hold a Sirocco recipe."),
    ],
    ids=["very long", "cut", "nonsense"],
)
def test_a_bad_payload_gives_one_sentence_and_a_good_one_opens_after_it(
    payload: str, told: str, reader: Page, app: str
) -> None:
    reader.goto(f"{app}/shared#r={payload}")
    expect(reader.locator(".st-key-shared-refused")).to_contain_text(told)
    reader.goto(f"{app}/shared#r={ONE}")
    shows(reader, WORDS[0])
    expect(reader.locator(".st-key-shared-refused")).to_have_count(0)


def test_a_file_that_is_opened_takes_the_link_out_of_the_address(
    reader: Page, app: str, tmp_path: Path
) -> None:
    reader.goto(f"{app}/shared?embed=true#r={ONE}")
    shows(reader, WORDS[0])
    file = tmp_path / "a.recipe.json"
    file.write_bytes(to_file(share("answer", [answered(recipe(), "Words of a file.")], on=DAY)))
    reader.get_by_text("Open another").click()
    reader.locator("input[type=file]").set_input_files(file)
    shows(reader, "Words of a file.")
    at(reader, f"{app}/shared?embed=true")
    reader.go_forward()
    shows(reader, "Words of a file.")


def test_a_system_text_stays_out_of_the_address_and_comes_back_after_a_reload(chat: Chat, app: str) -> None:
    page, seen = chat.open(app).page, Seen(chat.page)
    page.get_by_text("More settings").first.click()
    box = page.get_by_label("System text", exact=True)
    box.fill(SYSTEM)
    press(chat, "Precise")
    expect(page.locator(READY)).to_be_visible()
    page.reload()
    page.get_by_text("More settings").first.click()
    expect(box).to_have_value(SYSTEM)
    box.fill(f"{SYSTEM} Twice.")  # not yet told to the server
    page.reload()
    page.get_by_text("More settings").first.click()
    expect(box).to_have_value(f"{SYSTEM} Twice.")
    for name in ("Compare", "Doctor", "Chat"):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name if name != "Chat" else "Sirocco")
        expect(page.locator(READY)).to_be_visible()
    page.get_by_text("More settings").first.click()
    expect(box).to_have_value(f"{SYSTEM} Twice.")
    press(chat, "Reset to defaults")
    expect(box).to_have_value("")
    assert "zebra" not in page.evaluate("location.href")
    assert seen.with_text("zebra") == []
    assert page.evaluate("sessionStorage.getItem('sirocco/1/system')") is None


def test_a_system_text_in_an_old_address_is_used_and_leaves_it(chat: Chat, app: str) -> None:
    page = chat.open(f"{app}/?system=Answer+like+a+zebra.&temperature=0.3").page
    at(page, f"{app}/?temperature=0.3")
    press(chat, "Wild")
    wait_until(lambda: "temperature=1" in page.evaluate("location.href"), 20)
    assert "zebra" not in page.evaluate("location.href")
    page.reload()
    page.get_by_text("More settings").first.click()
    expect(page.get_by_label("System text", exact=True)).to_have_value(SYSTEM)
    assert "zebra" not in page.evaluate("location.href")


def test_the_address_has_only_settings_that_the_model_takes_and_a_reload_complains_of_none(
    reader: Page, app: str
) -> None:
    reader.goto(f"{app}/?top_k=7&temperature=0.2")
    expect(reader.locator(READY)).to_be_visible()
    models = reader.get_by_test_id("stSidebar").get_by_role("combobox").first

    def choose(name: str, address: str) -> None:
        models.click()
        reader.get_by_role("option", name=name, exact=True).click()
        at(reader, f"{app}/?{address}")

    choose("Mistral Large 3", "model=Mistral+Large+3&temperature=0.2")
    reader.reload()
    expect(models).to_have_value("Mistral Large 3")
    expect(reader.locator(READY)).to_be_visible()
    assert reader.locator(".st-key-link-notice").count() == 0
    reader.goto(f"{app}/?top_k=7")
    expect(reader.locator(READY)).to_be_visible()
    choose("Mistral Large 3", "model=Mistral+Large+3")
    choose("Mistral Large", "top_k=7")  # the visitor's own value was kept


@pytest.mark.parametrize(("setting", "told"), [("top_p=0.4", "top p 0.4"), ("top_k=7", "top k 7")])
def test_the_settings_of_a_link_act_are_counted_and_are_named_under_the_answer(
    setting: str, told: str, chat: Chat, app: str
) -> None:
    page = chat.open(f"{app}/?system=Answer+like+a+zebra.&stop=END&{setting}").page
    expect(page.get_by_test_id("stSidebar").get_by_text("More settings · 3 changed")).to_be_visible()
    chat.send("chunks=3 rate=0")
    for named in (told, "1 stop sequence", "system text"):
        expect(chat.settled("finished")).to_contain_text(named)


LARGE_3 = "mistral.mistral-large-3-675b-instruct"


def has_model(page: Page, address: str) -> None:
    models = page.get_by_test_id("stSidebar").get_by_role("combobox").first
    expect(models).to_have_value("Mistral Large 3")
    expect(page.locator(READY)).to_be_visible()
    at(page, address)
    assert page.locator(".st-key-link-notice").count() == 0


@pytest.mark.parametrize("place", ["", "compare"])
def test_a_model_that_a_link_names_by_its_id_stays_after_a_reload(place: str, reader: Page, app: str) -> None:
    reader.goto(f"{app}/{place}?model={LARGE_3}&max_tokens=100")
    for _ in range(2):
        has_model(reader, f"{app}/{place}?model=Mistral+Large+3&max_tokens=100")
        reader.reload()


def test_the_model_of_a_shared_answer_stays_in_the_chat_after_a_reload(reader: Page, app: str) -> None:
    reader.goto(f"{app}/shared#r={link(answered(recipe(model_id=LARGE_3), WORDS[0]))}")
    shows(reader, WORDS[0])
    reader.get_by_role("button", name="Continue in chat").click()
    for _ in range(2):
        has_model(reader, f"{app}/?model=Mistral+Large+3")
        browser_holds(Chat(reader), conversation=True)
        reader.reload()


def test_settings_that_came_with_a_link_are_those_of_the_next_page(reader: Page, app: str) -> None:
    reader.goto(f"{app}/?temperature=0.9&top_p=0.4")
    expect(reader.locator(READY)).to_be_visible()
    reader.get_by_role("link", name="Compare", exact=True).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Compare")
    expect(reader.locator(READY)).to_be_visible()
    reader.get_by_text("More settings · 1 changed").click()
    top_p = reader.get_by_test_id("stSidebar").get_by_role("slider", name="Top p")
    expect(top_p).to_have_attribute("aria-valuetext", "0.40")
