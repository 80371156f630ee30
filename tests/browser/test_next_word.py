"""The page "Next word" in a browser, with the real model."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.app_process import app_process


class NextWord:
    """The page as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str, state: str = "") -> NextWord:
        self.page.goto(f"{url}/next_word{state}")
        self.settled()
        return self

    def settled(self) -> None:
        expect(self.page.locator("ol.odds li").first).to_be_visible()
        expect(self.page.locator("ol.odds[aria-busy]")).to_have_count(0)

    def act(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        self.settled()

    @property
    def words(self) -> list[str]:
        return self.page.locator("button.word:not(.open)").all_inner_texts()

    def row(self, name: str) -> Locator:
        return self.page.get_by_role("listitem").filter(has_text=re.compile(rf"^\s*{name}\b"))

    def turn(self, name: str, value: str) -> None:
        self.page.get_by_role("slider", name=name).fill(value)


@pytest.fixture
def next_word(page: Page) -> Iterator[NextWord]:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield NextWord(page)
    assert not errors
    assert page.get_by_test_id("stException").count() == 0


def test_the_dial_reshapes_the_bars_and_cold_leaves_one_word(next_word: NextWord, local_app: str) -> None:
    next_word.open(local_app)
    expect(next_word.row("mat")).to_contain_text("45 %")
    next_word.turn("Temperature", "0.5")
    expect(next_word.row("mat")).to_contain_text(re.compile(r"8\d %|9\d %"))
    next_word.turn("Temperature", "0")
    expect(next_word.row("mat")).to_contain_text("100 %")
    expect(next_word.row("cat")).to_contain_text("cut: temperature 0")
    expect(next_word.page.locator(".sum")).to_contain_text("1 word of 49,152 can be drawn.")


def test_draw_writes_a_word_and_a_tapped_word_shows_what_else_it_could_have_been(
    next_word: NextWord, local_app: str
) -> None:
    next_word.open(local_app, "#text=The+cat+sat+on+the&temperature=0")
    next_word.act("Draw")
    next_word.act("Draw")
    assert next_word.words[0] == " mat"
    next_word.page.get_by_role("button", name="mat, 42 %").click()
    next_word.settled()
    expect(next_word.page.get_by_role("heading", name="Instead of “mat” it could have been")).to_be_visible()
    next_word.row("couch").get_by_role("button").click()  # branches
    next_word.settled()
    assert next_word.words == [" couch"]
    next_word.act("Undo")
    assert next_word.words[0] == " mat"
    assert len(next_word.words) == 2


def test_twenty_draws_are_counted_and_nothing_is_written(next_word: NextWord, local_app: str) -> None:
    next_word.open(local_app)
    next_word.act("Draw 20")
    notes = " ".join(next_word.page.locator(".note").all_inner_texts())
    times = [int(each) for each in re.findall(r"came (\d+) times", notes)]
    assert sum(times) + notes.count("came once") == 20
    assert next_word.words == []


def test_write_on_writes_and_the_state_is_a_link(next_word: NextWord, local_app: str) -> None:
    next_word.open(local_app, "#text=Once+upon+a+time&temperature=0.7&top_k=40")
    next_word.act("Write on")
    expect(next_word.page.locator("button.word:not(.open)")).to_have_count(16)
    words, link = next_word.words, next_word.page.evaluate("location.href")
    assert "top_k=40" in link
    next_word.page.goto("about:blank")
    next_word.page.goto(link)
    expect(next_word.page.locator("button.word:not(.open)")).to_have_count(16)
    assert next_word.words == words
    expect(next_word.page.get_by_role("slider", name="Temperature")).to_have_value("0.7")


def test_a_new_beginning_is_weighed_after_a_pause_of_typing(next_word: NextWord, local_app: str) -> None:
    next_word.open(local_app)
    next_word.page.get_by_label("Beginning").fill("The capital of France is")
    expect(next_word.row("Paris")).to_contain_text(re.compile(r"[89]\d %"))


def test_moving_the_dial_asks_nobody(next_word: NextWord, local_app: str) -> None:
    """It prints how long the events took (at most 8 ms on a quiet machine); no test can promise that."""
    page = next_word.page
    next_word.open(local_app)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    frames = page.evaluate_handle(
        """() => {
          const sent = [], { send } = WebSocket.prototype;
          WebSocket.prototype.send = function (data) { sent.push(1); return send.call(this, data); };
          return sent;
        }"""
    )
    took: list[float] = page.evaluate(
        """() => {
          const deep = (root, found = []) => {
            for (const each of root.querySelectorAll('*')) {
              if (each.matches('input[type=range]')) found.push(each);
              if (each.shadowRoot) deep(each.shadowRoot, found);
            }
            return found;
          };
          const took = [];
          for (const input of deep(document)) {
            for (let step = 0; step < 100; step++) {
              input.value = input.min * 1 + ((input.max - input.min) * step) / 100;
              const start = performance.now();
              input.dispatchEvent(new Event('input', { bubbles: true }));
              document.body.offsetHeight; // what it changed is laid out now
              took.push(performance.now() - start);
            }
          }
          return took;
        }"""
    )
    assert len(took) == 300
    p95 = sorted(took)[284]
    print(f"95th percentile {p95:.2f} ms, most {max(took):.2f} ms")
    assert not asked
    assert frames.json_value() == []


def test_it_can_be_used_with_the_keyboard_and_is_read_aloud(next_word: NextWord, local_app: str) -> None:
    page = next_word.page
    next_word.open(local_app)
    dial = page.get_by_role("slider", name="Temperature")
    dial.focus()
    dial.press("ArrowLeft")
    expect(dial).to_have_value("0.95")
    expect(page.get_by_role("status").filter(has_text="can be drawn")).to_be_attached()
    page.get_by_role("button", name="Draw", exact=True).press("Enter")
    next_word.settled()
    assert len(next_word.words) == 1
    page.locator("button.word").first.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^Instead of"))).to_be_visible()
    next_word.settled()
    read = page.get_by_test_id("stMain").aria_snapshot()
    assert re.search(r'button "mat: \d\d % now, 42 % by the model itself', read)
    assert "A language model writes word by word" in read


def test_on_aws_the_page_says_that_the_embedded_model_answers(next_word: NextWord, app: str) -> None:
    next_word.open(app)
    expect(next_word.page.get_by_text("Amazon Bedrock sends no odds")).to_be_visible()
    expect(next_word.row("mat")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nothing_is_wider_than_the_page(next_word: NextWord, local_app: str, width: int) -> None:
    next_word.page.set_viewport_size({"width": width, "height": 844})
    next_word.open(local_app, "#text=" + "Donaudampfschifffahrtsgesellschaft" * 4)
    wider: Any = next_word.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wider <= 0


def test_more_questions_than_the_pace_allows_are_refused_on_a_card_and_the_words_stay(
    next_word: NextWord,
) -> None:
    with app_process(SIROCCO_BACKEND="local", SIROCCO_VISITOR_PER_MINUTE="1") as url:
        next_word.open(url)
        words = next_word.page.locator("button.word:not(.open)")
        for drawn in range(9):
            next_word.act("Draw")
            expect(words).to_have_count(drawn + 1)
        next_word.page.get_by_role("button", name="Draw", exact=True).click()  # the odds after it are refused
        card = next_word.page.locator(".st-key-next-word-refused")
        expect(card).to_contain_text("Too many calls in one minute")
        card.get_by_role("button", name="Retry").click()
        expect(card).to_contain_text("Too many calls in one minute")
        expect(words).to_have_count(10)
