"""The pages of the app in Chromium, as a person uses them."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Error, Locator, Page, expect

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'
OURS = "Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('sirocco/')))"
FILL = """() => { for (let size = 1 << 20; size; size >>= 1)
    try { for (let n = 0; ; n++) localStorage.setItem("x" + size + n, "x".repeat(size)); } catch {} }"""
_NOTED = """() => {
    const start = `sirocco/1/${sessionStorage.getItem("sirocco/1/tab")}/`;
    const kept = Object.entries(localStorage).filter(([name]) => name.startsWith(start));
    const named = kept.map(([name, text]) => [name.slice(start.length), text]);
    const records = named.filter(([name]) => /^[0-9a-f]{16}$/.test(name)).map(([, text]) => JSON.parse(text));
    const places = named.filter(([name]) => name.endsWith("/at")).map(([, text]) => JSON.parse(text));
    const chosen = places.filter((place) => place.chosen).map((place) => place.index);
    return [records.map((record) => record.parts.length), chosen].map((list) => list.sort((a, b) => a - b));
}"""
STANDS = """Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().iterations === 1).map((each) => each.finished))"""
"""Waits until all animations that end by themselves have ended, such as that of an expander that opens."""
_CHOOSE_SUBJECT = """(label) => new Promise((done) => {
  const form = document.querySelector('[class*=st-key-compare-setup]');
  const start = performance.now();
  const look = () => form.innerText.includes(`One column for each ${label.toLowerCase()}`)
    ? done(performance.now() - start) : requestAnimationFrame(look);
  const subjects = document.querySelectorAll('.st-key-compare-subject label');
  [...subjects].find((each) => each.innerText.trim() === label).click();
  look();
})"""
expect.set_options(timeout=20_000)


def wait_until(condition: Callable[[], bool], seconds: float) -> float:
    """Wait until the condition holds, and return how many seconds it took; fail after `seconds`."""
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
    return time.monotonic() - begun


def until_started(page: Page) -> None:
    """Wait until page_script.js keeps what is typed."""
    # Not wait_for_function, whose polling the policy for content forbids.
    wait_until(lambda: bool(page.evaluate("window.siroccoPage?.started === true")), 20)


@dataclass
class Chat:
    """The chat page as a person uses it."""

    page: Page

    def open(self, url: str) -> Chat:
        self.page.goto(url)
        expect(self.box).to_be_enabled()
        expect(self.page.locator(READY)).to_be_visible()
        expect(self.page.locator("#sirocco-voice")).to_be_attached()  # chat_storage.js listens, to keys too
        return self

    @property
    def box(self) -> Locator:
        return self.page.get_by_test_id("stChatInputTextArea")

    @property
    def last(self) -> Locator:
        """The newest answer with its line and card."""
        return self.page.get_by_test_id("stChatMessage").last

    def send(self, text: str) -> None:
        self.box.fill(text)
        self.box.press("Enter")

    def stop(self) -> None:
        self.page.locator(".st-key-stop-answer button").click()

    def settled(self, ending: str) -> Locator:
        """The newest answer, once its line says how it ended."""
        expect(self.last).to_contain_text(ending)
        expect(self.page.locator(READY)).to_be_visible()
        expect(self.last.get_by_role("button", name="More")).to_have_count(1)  # painted last
        return self.last

    def words(self) -> list[str]:
        """The numbered words of the newest answer."""
        return re.findall(r"\bw\d+\b", self.last.inner_text())


class Compare:
    """The page as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, url: str, query: str = "") -> Compare:
        self.page.goto(f"{url}/compare{query}")
        expect(self.button("Run")).to_be_visible()
        self.ready()
        return self

    def ready(self) -> None:
        expect(self.page.locator(READY)).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def choose(self, key: str, label: str) -> None:
        self.page.locator(f".st-key-compare-{key}").get_by_text(label, exact=True).click()
        self.ready()

    def values(self, *wanted: str) -> None:
        """Choose these columns and no others."""
        box = self.page.get_by_label("One column for each temperature")
        for _ in range(4):
            box.press("Backspace")
        for value in wanted:
            box.fill(value)  # the list shows only some of its values at a time
            self.page.get_by_role("option", name=value, exact=True).click()
        box.press("Escape")
        self.ready()

    def unfold(self) -> None:
        """Open the set-up, which is folded while there is a run."""
        if not self.button("Run").is_visible():
            self.page.get_by_text("Set up another comparison").click()
            expect(self.button("Run")).to_be_visible()
            self.page.evaluate(STANDS)  # on a busy machine it may still move between mousedown and mouseup

    def write(self, prompt: str) -> None:
        """Fill the box."""
        box = self.page.get_by_label("Prompt", exact=True)
        self._unfolded(lambda: box.fill(prompt, timeout=3000))

    def run(self, click: Callable[[Locator], None] = lambda button: button.click(timeout=3000)) -> None:
        self._unfolded(lambda: click(self.button("Run")))

    def _unfolded(self, act: Callable[[], None]) -> None:
        """Do this with the set-up open; try again if a stored run that appears on the page has closed it."""
        for _ in range(3):
            self.unfold()
            with contextlib.suppress(Error):
                act()
                return
        raise AssertionError("the set-up could not be used")

    def send(self, prompt: str) -> None:
        self.write(prompt)
        self.run()
        expect(self.button("Stop all")).to_be_visible()

    def column(self, index: int) -> Locator:
        """The text of a column, live or settled."""
        return self.page.locator(f".st-key-live-{index}, .st-key-text-{index}")

    def settled(self) -> None:
        expect(self.button("Run again").first).to_be_visible(timeout=90_000)
        expect(self.button("Stop all")).to_have_count(0)
        self.ready()

    def subject_ms(self, label: str) -> float:
        """Choose what is compared, and tell how many ms later the form offers its values."""
        taken: float = self.page.evaluate(_CHOOSE_SUBJECT, label)
        return taken

    def words(self, index: int) -> list[str]:
        return re.findall(r"\bw\d+\b", self.column(index).inner_text())


def shows(page: Page, text: str) -> None:
    """Wait until the page has this text, and its script has ended."""
    expect(page.get_by_test_id("stMain")).to_contain_text(text)
    expect(page.locator(READY)).to_be_visible()


def open_link(page: Page, app: str, link: str, more: str = "") -> None:
    page.goto(f"{app}/shared{more}#r={link}")
    expect(page.get_by_role("button", name="Play again")).to_be_visible()
    expect(page.locator(READY)).to_be_visible()


def talk(chat: Chat, *prompts: str) -> Chat:
    """Ask, and wait for each answer."""
    messages = chat.page.get_by_test_id("stChatMessage")
    for prompt in prompts:
        before = messages.count()
        chat.send(prompt)
        expect(messages).to_have_count(before + 2)
        chat.settled("finished")
    return chat


def transcript(chat: Chat) -> list[str]:
    """All that the page shows of the conversation, except for figures that times are rounded in."""
    texts = [message.inner_text() for message in chat.page.get_by_test_id("stChatMessage").all()]
    return [re.sub(r"\d+ tokens/s|first token [\d.]+ s", "", text) for text in texts]


def comes_back(chat: Chat, before: list[str]) -> None:
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(len(before))
    expect(chat.page.locator(READY)).to_be_visible()
    with contextlib.suppress(AssertionError):  # buttons are painted late
        wait_until(lambda: transcript(chat) == before, 10)
    assert transcript(chat) == before


def browser_holds(chat: Chat, conversation: bool) -> None:
    """Wait until the browser has noted the conversation of its tab, or that it has none (False); the browser
    does that a moment after the page is drawn."""
    noted = "sessionStorage.getItem('sirocco/1/tab') !== null"
    wait_until(lambda: chat.page.evaluate(f"({noted}) === {str(conversation).lower()}"), 20)


def noted(chat: Chat) -> list[list[int]]:
    """What the browser has noted of the tab's conversation: the numbers of parts of the variants, and the
    chosen variant of each turn, both sorted."""
    kept: list[list[int]] = chat.page.evaluate(_NOTED)
    return kept


def ours(page: Page) -> dict[str, Any]:
    stored: dict[str, Any] = page.evaluate(OURS)
    return stored


def duplicate(chat: Chat, url: str, script: str = "") -> Chat:
    """What “Duplicate tab” makes: a second tab that begins with the sessionStorage of the first."""
    held = chat.page.evaluate("JSON.stringify({...sessionStorage})")
    page = chat.page.context.new_page()
    page.add_init_script(f"if (!sessionStorage.length) Object.assign(sessionStorage, {held}); {script}")
    return Chat(page).open(url)


def pasted(chat: Chat) -> str:
    """What is on the clipboard, by pasting it into the box, which is emptied again."""
    chat.box.fill("")
    chat.box.press("ControlOrMeta+v")
    expect(chat.box).not_to_have_value("")
    text = chat.box.input_value()
    chat.box.fill("")
    return text


def press(chat: Chat, name: str) -> None:
    chat.page.get_by_role("button", name=name).last.click()
