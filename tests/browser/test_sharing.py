"""A link is made in one browser and opened in another, on a server that has neither AWS nor a model."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from lib.bedrock.answer import Answer, Beat
from lib.mistral.recipe import Message, Recipe
from lib.records.links import from_link, to_file
from lib.records.shared import share
from tests.support.chromium_pages import READY, Chat, browser_holds, open_link, pasted
from tests.support.makers import DAY, answered, link, recipe

TRAP = (
    "[click](http://203.0.113.7/a) ![i](http://203.0.113.7/i.png) http://203.0.113.7/b www.example.com "
    "a@example.com <https://203.0.113.7/> <img src=http://203.0.113.7/i.png onerror=alert(1)> "
    "<script>alert(1)</script> [r]\n\n[r]: http://203.0.113.7/\n\n"
    "- ```\n  x\n[click](http://203.0.113.7/c)\n\n$$\\includegraphics{http://203.0.113.7/i.png}$$\n"
)
STAMP_WORDS = """() => {
  window.stamps = {};
  new MutationObserver(() => {
    const main = document.querySelector('[data-testid="stMain"]');
    for (const word of (main ? main.textContent : '').match(/w\\d+/g) || [])
      window.stamps[word] ??= performance.now();
  }).observe(document, { subtree: true, childList: true, characterData: true });
}"""


@contextmanager
def meeting_no_other_host(page: Page) -> Iterator[Page]:
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or "data"))
    yield page
    assert hosts <= {"localhost", "data"}
    assert page.get_by_test_id("stException").count() == 0


@pytest.fixture
def reader(page: Page) -> Iterator[Page]:
    """The tab of somebody who opens a link."""
    with meeting_no_other_host(page):
        yield page


@pytest.fixture
def stranger(browser: Browser) -> Iterator[Page]:
    """A reader with a browser profile that is new."""
    context = browser.new_context()
    context.add_init_script(f"({STAMP_WORDS})()")
    with meeting_no_other_host(context.new_page()) as page:
        yield page
    context.close()


def recorded(text: str, *, system: str = "", prompt: str = "Say it.", earlier: str = "") -> Answer:
    messages = (Message("user", "Hello"), Message("assistant", earlier)) if earlier else ()
    asked = (*messages, Message("user", prompt))
    made_by = recipe(messages=asked, system=system, temperature=0.7)
    return answered(made_by, text, timeline=(Beat(40, len(text)),))


def pick(page: Page, entry: str) -> Locator:
    """Choose an entry from the menu of the newest answer."""
    expect(page.locator(READY)).to_be_visible()
    page.get_by_test_id("stMenuButton").last.get_by_role("button").click()
    page.get_by_role("menuitem").filter(has_text=entry).click()
    return page.get_by_role("dialog")


@pytest.mark.every_browser
def test_an_answer_shared_here_plays_at_its_pace_in_a_fresh_browser_elsewhere(
    chat: Chat, app: str, silent_app: str, stranger: Page
) -> None:
    chat.open(app).send("chunks=60 rate=20")
    chat.settled("finished")
    dialog = pick(chat.page, "Share")
    dialog.get_by_role("button", name="Copy the link").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    chat.page.keyboard.press("Escape")
    url = pasted(chat)
    assert url.startswith(f"{app}/shared#r=")

    stranger.goto(silent_app)  # the page is up; what comes now is the link alone
    expect(stranger.locator(READY)).to_be_visible()
    stranger.goto(url.replace(app, silent_app))
    expect(stranger.get_by_text(re.compile("Recorded by the sender on .*, not verified."))).to_be_visible()
    expect(stranger.get_by_role("button", name="Skip")).to_be_visible()
    expect(stranger.get_by_role("button", name="Play again")).to_be_visible()
    stamps: dict[str, float] = stranger.evaluate("window.stamps")
    assert len(stamps) == 60

    # At the recording's pace, not at once; how exactly is measured by benchmarks/pace.py.
    answer = from_link(parse_qs(urlsplit(url).fragment)["r"][0]).entries[0].answer
    assert answer
    due = [beat.ms for beat in answer.timeline][:60]
    order = sorted(stamps, key=lambda word: stamps[word])
    assert order == [f"w{number}" for number in range(1, 61)]
    assert stamps["w60"] - stamps["w1"] > (due[-1] - due[0]) / 2


def test_nothing_of_a_hostile_link_can_be_clicked_fetched_or_run(silent_app: str, reader: Page) -> None:
    said: list[str] = []
    reader.on("dialog", lambda dialog: said.append(dialog.message))
    answer = recorded(TRAP, system=TRAP, prompt=TRAP, earlier=TRAP)
    open_link(reader, silent_app, link(answer))
    main = reader.get_by_test_id("stMain")
    links = main.locator("a[href]").evaluate_all("found => found.map(link => link.getAttribute('href'))")
    assert [link for link in links if not link.startswith("#") and "/shared" not in link] == []
    assert main.locator("img, script, iframe").count() == 0
    expect(main).to_contain_text("[click](http://203.0.113.7/a)")
    assert said == []


@pytest.mark.parametrize("harm", ["cut", "changed", "nonsense"])
def test_a_bad_link_gives_one_sentence(harm: str, silent_app: str, reader: Page) -> None:
    good = link(recorded("Hello."))
    bad = {"cut": good[:-20], "changed": good[:30] + "AAAA" + good[34:], "nonsense": "%3Cscript%3E"}[harm]
    reader.goto(f"{silent_app}/shared?r={bad}")
    told = reader.locator(".st-key-shared-refused")
    expect(told).to_contain_text("This link")
    assert told.inner_text().count(".") == 1


def test_the_same_recipe_runs_beside_it_and_what_differs_is_said(app: str, reader: Page) -> None:
    answer = recorded("Recorded words.", prompt="chunks=9 rate=0 please")
    local = Recipe(model_id="local.smollm2-135m-instruct", messages=answer.recipe.messages, top_k=50)
    theirs = Answer(**{**vars(answer), "recipe": local})
    open_link(reader, app, link(theirs))
    main = reader.get_by_test_id("stMain")
    expect(main).to_contain_text("SmolLM2 135M is not offered here; Mistral Large answers instead.")
    reader.get_by_role("button", name="Run it here").click()
    expect(main).to_contain_text("w1 w2 w3 w4 w5 w6 w7 w8 w9")
    expect(reader.get_by_role("button", name="Run again")).to_be_visible()
    expect(main).to_contain_text("Recorded words.")

    reader.get_by_role("button", name="Continue in chat").click()
    expect(reader.get_by_test_id("stChatMessage").last).to_contain_text("Recorded words.")
    Chat(reader).send("chunks=3 rate=0")
    Chat(reader).settled("3 out")


def test_a_shared_comparison_goes_on_in_compare_with_its_columns(app: str, reader: Page) -> None:
    answer = recorded("Recorded words.", prompt="chunks=9 rate=0 please")
    warm = [replace(answer, recipe=replace(answer.recipe, temperature=t)) for t in (0.1, 0.6, 0.9)]
    open_link(reader, app, link(*warm, kind="comparison"))
    reader.get_by_role("button", name="Compare").click()
    expect(reader.get_by_label("Prompt", exact=True)).to_have_value("chunks=9 rate=0 please")
    expect(reader.locator(READY)).to_be_visible()
    reader.get_by_role("button", name="Run", exact=True).click()
    columns = reader.locator("[class*=st-key-column-]").filter(has_text="finished")
    expect(columns).to_have_count(3)
    for column, temperature in zip(columns.all(), ("0.1", "0.6", "0.9"), strict=True):
        expect(column).to_contain_text(temperature)
        expect(column).to_contain_text("w1 w2 w3 w4 w5 w6 w7 w8 w9")


@pytest.mark.every_browser
def test_a_dropped_file_opens(silent_app: str, reader: Page) -> None:
    reader.goto(f"{silent_app}/shared")
    zone = reader.get_by_test_id("stFileUploaderDropzone")
    expect(zone).to_be_visible()
    text = to_file(share("answer", [recorded("Dropped words.")], on=DAY)).decode()
    files = reader.evaluate_handle(
        """text => { const all = new DataTransfer();
        all.items.add(new File([text], 'a.recipe.json', { type: 'application/json' })); return all; }""",
        text,
    )
    for event in ("dragenter", "dragover", "drop"):
        zone.dispatch_event(event, {"dataTransfer": files})
    expect(reader.get_by_test_id("stMain")).to_contain_text("Dropped words.")


def test_the_qr_code_holds_the_link_and_left_out_parts_are_gone(chat: Chat, app: str) -> None:
    chat.open(f"{app}/?system=Be+secret.").send("chunks=9 rate=0")
    chat.settled("finished")
    dialog = pick(chat.page, "Share")
    expect(dialog).to_contain_text("System text (10 characters)")
    dialog.get_by_text("System text").click()
    expect(dialog.get_by_role("checkbox", name="System text")).not_to_be_checked()
    url = dialog.locator("code").first
    expect(url).to_contain_text("/shared#r=")
    dialog.get_by_role("tab", name="QR code").click()
    picture = dialog.locator("img")
    expect(picture).to_be_visible()

    def read() -> str:
        found = zxingcpp.read_barcode(Image.open(io.BytesIO(picture.screenshot())))
        return found.text if found else ""

    link = read()
    assert link.startswith(f"{app}/shared#r=")
    opened = from_link(parse_qs(urlsplit(link).fragment)["r"][0])
    assert opened.left_out == ("system",)
    assert opened.entries[0].recipe.system == ""


def test_view_code_shows_a_program_with_the_body(chat: Chat, app: str) -> None:
    chat.open(app).send("chunks=5 rate=0")
    chat.settled("finished")
    dialog = pick(chat.page, "View code")
    expect(dialog.locator("code").first).to_contain_text("invoke_model_with_response_stream")
    dialog.get_by_text("JSON body").click()
    expect(dialog.locator("code").first).to_contain_text('{"prompt": "<s>[INST] chunks=5 rate=0 [/INST]"')


def test_a_link_embeds_in_another_page(silent_app: str, reader: Page) -> None:
    source = f"{silent_app}/shared?embed=true#r={link(recorded('Framed words.'))}"
    frame = f'<iframe src="{source}" width="800" height="600"></iframe>'
    reader.route(f"{silent_app}/host", lambda route: route.fulfill(body=frame, content_type="text/html"))
    reader.goto(f"{silent_app}/host")
    inside = reader.frame_locator("iframe")
    expect(inside.get_by_test_id("stMain")).to_contain_text("Framed words.")
    expect(inside.get_by_role("button", name="Play again")).to_be_visible()
    expect(inside.get_by_test_id("stTopNavLink")).to_have_count(0)


def test_a_long_answer_prints_on_as_many_pages_as_it_needs(silent_app: str, reader: Page) -> None:
    text = "\n\n".join(f"Paragraph {number} of a long answer." for number in range(120))
    open_link(reader, silent_app, link(recorded(text)))
    pages = len(re.findall(rb"/Type\s*/Page\b", reader.pdf()))
    assert pages >= 4


def test_a_recording_of_the_gallery_plays_without_a_model(silent_app: str, reader: Page) -> None:
    reader.goto(f"{silent_app}/shared")
    reader.get_by_role("button", name=re.compile("Write one sentence about the sea.")).click()
    expect(reader.get_by_role("button", name="Play again")).to_be_visible()
    expect(reader.get_by_text("vast and mysterious realm").first).to_be_visible()
    expect(reader.get_by_text("temperature 1").first).to_be_visible()


def at_temperatures(*temperatures: float) -> list[Answer]:
    """Answers that take two seconds each to play."""
    text = "one two three"
    beats = (Beat(100, 4), Beat(2000, len(text) - 4))
    return [
        answered(recipe("Say it.", temperature=each, max_tokens=99), text, timeline=beats)
        for each in temperatures
    ]


def test_a_comparison_keeps_its_columns_side_by_side_when_the_playback_ends(
    silent_app: str, reader: Page
) -> None:
    reader.set_viewport_size({"width": 1440, "height": 900})
    reader.goto(f"{silent_app}/shared#r={link(*at_temperatures(0, 0.3, 0.7, 1), kind='comparison')}")
    titles = reader.locator("[data-testid=stMain] strong").filter(has_text="max tokens 99")
    expect(reader.get_by_role("button", name="Skip")).to_be_visible()
    expect(titles).to_have_count(4)
    for ended in (False, True):
        if ended:
            expect(reader.get_by_role("button", name="Play again")).to_be_visible()
            expect(reader.locator(READY)).to_be_visible()
        tops = titles.evaluate_all("found => found.map((title) => title.getBoundingClientRect().top)")
        assert len(set(tops)) == 1


def temperature(page: Page) -> Locator:
    return page.get_by_role("slider", name="Temperature").first


def test_the_senders_settings_stay_after_a_reload(silent_app: str, reader: Page) -> None:
    open_link(reader, silent_app, link(*at_temperatures(1)))
    reader.get_by_role("button", name="Continue in chat").click()
    expect(temperature(reader)).to_have_attribute("aria-valuetext", "1.00")
    expect(reader.locator(READY)).to_be_visible()
    browser_holds(Chat(reader), conversation=True)
    reader.reload()
    expect(reader.get_by_test_id("stChatMessage").last).to_contain_text("one two three")
    expect(temperature(reader)).to_have_attribute("aria-valuetext", "1.00")


def test_a_dark_page_prints_black_on_white_with_name_and_address_and_without_buttons(
    silent_app: str, dark: Page
) -> None:
    open_link(dark, silent_app, link(recorded("Printed words.")))
    expect(dark.locator(".st-key-printed")).to_be_hidden()
    dark.emulate_media(media="print", color_scheme="dark")
    expect(dark.locator(".st-key-printed")).to_contain_text(f"Sirocco · {silent_app}")
    words = dark.get_by_text("Printed words.")
    expect(words).to_have_css("color", "rgb(0, 0, 0)")
    expect(dark.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(dark.get_by_test_id("stApp")).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    for name in ("Play again", "Continue in chat", "Run it here"):
        expect(dark.get_by_role("button", name=name)).to_be_hidden()
    dark.emulate_media(media="screen")
