"""What Streamlit draws for the text of a model, in Chromium, compared with what it must show."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.support.app_process import ROOT, app_on, free_port
from tests.support.chromium_pages import READY, Chat
from tests.support.markdown_examples import DIFFERENT, compared
from tests.support.markdown_parts import PARTS
from tests.support.markdown_reader import reader
from tests.support.markdown_reports import REPORTS

OUTLINE = (Path(__file__).parent / "outline.js").read_text(encoding="utf-8")
EXAMPLES = compared()
MIXTURES = ["".join(random.Random(seed).choices(PARTS, k=2 + seed % 14)) + "." for seed in range(400)]
TEXTS = [*(text for text, _ in REPORTS), *(example.markdown for example in EXAMPLES), *MIXTURES]
SEEN = """() => [...document.querySelectorAll('[class*=st-key-text-]')].map((place) => ({
  outline: [...place.querySelectorAll('[data-testid=stMarkdownContainer]')].map(outline).join(''),
  links: place.querySelectorAll('a').length,
  images: place.querySelectorAll('img').length,
}))"""


@pytest.fixture(scope="module")
def drawing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a page that draws all texts."""
    texts = tmp_path_factory.mktemp("texts") / "texts.json"
    texts.write_text(json.dumps(TEXTS), encoding="utf-8")
    port, settings = free_port(), {"SIROCCO_TEST_TEXTS": str(texts), "PYTHONPATH": str(ROOT)}
    with app_on(port, settings, "tests/browser/markdown_page.py"):
        yield f"http://localhost:{port}"


@pytest.fixture
def seen(page: Page, drawing: str) -> Callable[[str], list[dict[str, object]]]:
    def draw(how: str) -> list[dict[str, object]]:
        page.goto(f"{drawing}/?how={how}")
        page.locator(READY).wait_for(timeout=60_000)
        page.wait_for_function(
            "count => document.querySelectorAll('[class*=st-key-text-]').length === count"
            " && !document.querySelector('[data-testid=stSkeleton]')",
            arg=len(TEXTS),
            timeout=60_000,
        )
        page.evaluate(OUTLINE)
        found: list[dict[str, object]] = page.evaluate(SEEN)
        return found

    return draw


def reference(page: Page) -> list[str]:
    """The outlines of the examples as markdown-it-py renders them."""
    pages = [reader(streamlit=False).render(example.markdown) for example in EXAMPLES]
    outlines: list[str] = page.evaluate(
        """pages => pages.map((html) => {
          const parsed = new DOMParser().parseFromString(`<div>${html}</div>`, 'text/html');
          return outline(parsed.body.firstChild);
        })""",
        pages,
    )
    return outlines


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["settled", "streamed"])
def test_reports_and_examples_are_drawn_as_they_must_be(
    page: Page, seen: Callable[[str], list[dict[str, object]]], how: str
) -> None:
    found = seen(how)
    drawn = [str(entry["outline"]) for entry in found]
    wrong = [
        (text, outline)
        for (text, wanted), outline in zip(REPORTS, drawn, strict=False)
        if outline.replace("\u2060", "") != wanted
    ]
    assert not wrong
    expected = reference(page)
    examples = drawn[len(REPORTS) : len(REPORTS) + len(EXAMPLES)]
    different = {
        example.name
        for example, outline, wanted in zip(EXAMPLES, examples, expected, strict=True)
        if outline != wanted
    }
    same = 1 - len(different) / len(EXAMPLES)
    print(f"{how}: {len(EXAMPLES) - len(different)} of {len(EXAMPLES)} examples are the same, {same:.1%}")
    assert different == set(DIFFERENT)
    assert same >= 0.99
    assert not any(entry["images"] for entry in found)


@pytest.mark.timeout(240)
def test_the_recipient_of_a_shared_answer_finds_the_same_text_and_nothing_to_click(
    seen: Callable[[str], list[dict[str, object]]],
) -> None:
    found = seen("shared")
    assert not [TEXTS[number] for number, entry in enumerate(found) if entry["links"] or entry["images"]]
    for (text, wanted), entry in zip(REPORTS, found, strict=False):
        if not re.search(r"\]\(|\]:|<http", text):
            assert str(entry["outline"]).replace("\u2060", "") == wanted


def test_the_chat_page_draws_a_report_while_it_streams_and_when_it_is_settled(chat: Chat, app: str) -> None:
    picked = [report for report in REPORTS if "\n" not in report[0] and "=" not in report[0]][:24]
    chat.open(app).send("text=echo rate=200\n\n" + "\n\n".join(text for text, _ in picked))
    answer = chat.settled("finished")
    chat.page.evaluate(OUTLINE)
    drawn = answer.evaluate(
        "node => [...node.querySelectorAll('[data-testid=stMarkdownContainer]')].map(outline).join('')"
    )
    for _, wanted in picked:
        assert wanted in drawn


BOLD = "**$250** and これは**「重要」**です。**注意：**必ず **중요(필수)**는 ~~gone~~ 3~5 *$5* to *$x*."
LINKED = {
    "https://x.example/。次": "https://x.example/",
    "見て（https://x.example/a_b）ください": "https://x.example/a_b",
    "see (www.x.example/b).": "http://www.x.example/b",
    "**https://x.example:8080/a**、次": "https://x.example:8080/a",
}


def test_what_is_bold_struck_out_and_linked_is_so_in_the_page(chat: Chat, app: str) -> None:
    chat.open(app).send("text=echo rate=200\n\n" + "\n\n".join([BOLD, *LINKED]))
    answer = chat.settled("finished")
    assert answer.locator("strong").all_inner_texts()[:4] == ["$250", "「重要」", "注意：", "중요(필수)"]
    assert answer.locator("em").all_inner_texts() == ["$5", "$x"]
    assert answer.locator("del").all_inner_texts() == ["gone"]
    links = answer.locator("a[href]").evaluate_all("found => found.map((link) => link.getAttribute('href'))")
    assert links == list(LINKED.values())


ARABIC = "مرحبا! هذا نص عربي مع كلمة Python داخل الجملة (مثال) ورقم 42."
EDGES = """node => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const text = range.getBoundingClientRect(), box = node.getBoundingClientRect();
  return [text.left - box.left, box.right - text.right].map(Math.round);
}"""


def test_a_paragraph_from_right_to_left_is_drawn_so_in_the_answer_the_prompt_and_the_box(
    chat: Chat, app: str
) -> None:
    chat.open(app).send(f"{ARABIC}\n\ntext=echo rate=200 English.\n\n- {ARABIC}\n")
    answer = chat.settled("finished")
    page = chat.page
    arabic, english = answer.locator("p").nth(0), answer.locator("p").nth(1)
    left, right = arabic.evaluate(EDGES)
    assert right <= 1 < left
    left, right = english.evaluate(EDGES)
    assert left <= 1 < right
    for place in (answer.locator("li").first, chat.box, page.get_by_test_id("stText").locator("*").first):
        assert place.evaluate("node => getComputedStyle(node).unicodeBidi") == "plaintext"


ROOM_FOR_BULLETS = """lists => lists.map((list) => {
  const outer = list.getBoundingClientRect(), inner = list.firstElementChild.getBoundingClientRect();
  return [getComputedStyle(list).direction, inner.left - outer.left, outer.right - inner.right];
})"""


def test_a_list_from_right_to_left_has_its_bullets_on_the_right(chat: Chat, app: str) -> None:
    lists = "- שלום\n- **מה** נשמע\n\nText\n\n1. one\n   - مرحبا\n\n   end\n2. two\n"
    chat.open(app).send(f"text=echo rate=200\n\n{lists}")
    answer = chat.settled("finished")
    found = answer.locator("ul, ol").evaluate_all(ROOM_FOR_BULLETS)
    assert [direction for direction, *_ in found] == ["rtl", "ltr", "rtl"]
    assert all((right > 15 > left) == (direction == "rtl") for direction, left, right in found)
    assert answer.locator("li").last.inner_text() == "two"


def test_a_heading_in_an_answer_has_no_link_to_itself(chat: Chat, app: str) -> None:
    chat.open(app).send("rate=20 text=markdown")
    heading = chat.last.get_by_role("heading", name="A walk along the coast")
    heading.hover()
    assert not chat.last.get_by_role("link").count()
    chat.stop()
    chat.settled("stopped by you")
    assert not chat.last.get_by_role("link").count()
