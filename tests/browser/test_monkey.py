"""Five hundred things a restless visitor may do, in an order nobody planned."""

from __future__ import annotations

import random
import re

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.support.chromium_pages import READY, Chat, wait_until
from tests.support.scripted_endpoint import Endpoint

ACTIONS = 500
SEED = 20261122
QUICK_MS = 1_500  # how long the monkey tries to hit something that may just have gone


class Monkey:
    """Drives one chat in one or two tabs of one browser; every choice comes from the seed."""

    def __init__(self, chat: Chat, url: str) -> None:
        self.dice = random.Random(SEED)
        self.url = url
        self.tabs = [chat]
        self.said: set[str] = set()

    @property
    def chat(self) -> Chat:
        return self.tabs[-1]

    def act(self, number: int) -> None:
        kinds = {
            self.send: 8,
            self.stop: 4,
            self.move_slider: 4,
            self.again: 3,
            self.edit: 2,
            self.step: 4,
            self.delete: 1,
            self.go_on: 2,
            self.new_chat: 1,
            self.reload: 1,
            self.second_tab: 1,
        }
        kind = self.dice.choices(list(kinds), list(kinds.values()))[0]
        try:
            kind(number)
        except Error as error:  # what it wanted to hit is not there, or went away under its hand
            if not re.search("Timeout|detached|not attached", str(error)):
                raise

    def prompt(self, number: int) -> str:
        text = f"number {number} chunks={self.dice.randint(1, 60)} rate={self.dice.choice([0, 50, 200])}"
        self.said.add(text)
        return text

    def send(self, number: int) -> None:
        self.chat.box.fill(self.prompt(number), timeout=QUICK_MS)
        self.chat.box.press("Enter", timeout=QUICK_MS)

    def stop(self, _: int) -> None:
        self.hit(self.chat.page.locator(".st-key-stop-answer button:enabled"))

    def move_slider(self, _: int) -> None:
        thumb = self.chat.page.locator(".st-key-temperature").get_by_role("slider")
        thumb.press(self.dice.choice(["ArrowLeft", "ArrowRight"]), timeout=QUICK_MS)

    def again(self, _: int) -> None:
        self.hit(self.chat.page.get_by_role("button", name="Again"))

    def edit(self, number: int) -> None:
        if not self.hit(self.chat.page.get_by_role("button", name="Edit")):
            return
        area = self.chat.page.get_by_label("Your message")
        area.fill(self.prompt(number), timeout=QUICK_MS)
        self.hit(self.chat.page.get_by_role("button", name="Ask again from here"))

    def step(self, _: int) -> None:
        self.hit(self.chat.page.get_by_role("button", name=re.compile("Earlier|Later"), disabled=False))

    def delete(self, _: int) -> None:
        if self.hit(self.chat.page.get_by_role("button", name="More")):
            self.chat.page.get_by_text("Delete this turn").click(timeout=QUICK_MS)

    def go_on(self, _: int) -> None:
        self.hit(self.chat.page.get_by_role("button", name="Continue"))

    def new_chat(self, _: int) -> None:
        self.hit(self.chat.page.get_by_role("button", name=re.compile("New chat|Undo")))

    def reload(self, _: int) -> None:
        self.chat.page.reload()
        expect(self.chat.box).to_be_visible()

    def second_tab(self, _: int) -> None:
        if len(self.tabs) > 1:
            self.tabs.pop().page.close()
        else:
            self.tabs.append(Chat(self.chat.page.context.new_page()).open(self.url))

    def hit(self, targets: Locator) -> bool:
        """Click one of them, if there is one."""
        if found := targets.element_handles():
            self.dice.choice(found).click(timeout=QUICK_MS)
        return bool(found)


def check_transcript(page: Page, said: set[str]) -> None:
    """Each prompt was sent and stands there once; each answer is the wire's words without gap or repeat."""
    messages = page.get_by_test_id("stChatMessage").all_inner_texts()
    prompts = re.findall(r"number \d+ chunks=\d+ rate=\d+", "\n".join(messages[::2]))
    assert set(prompts) <= said
    assert len(prompts) == len(set(prompts))
    for answer in messages[1::2]:
        for part in re.split(r"\b(?=w1\b)", answer)[
            1:
        ]:  # one, or more after Continue: the engine counts anew
            words = re.findall(r"\bw(\d+)\b", part)
            assert words == [str(n + 1) for n in range(len(words))], answer
    assert page.get_by_test_id("stException").count() == 0
    assert "Traceback" not in page.get_by_test_id("stApp").inner_text()


@pytest.mark.timeout(900)
def test_a_seeded_monkey_loses_nothing_and_leaves_nothing_running(
    chat: Chat, app: str, endpoint: Endpoint
) -> None:
    monkey = Monkey(chat.open(app), app)
    for number in range(ACTIONS):
        monkey.act(number)
        if number % 50 == 49:
            expect(monkey.chat.page.locator(READY)).to_be_visible()
            check_transcript(monkey.chat.page, monkey.said)
    for tab in monkey.tabs:
        expect(tab.page.locator(READY)).to_be_visible()
        check_transcript(tab.page, monkey.said)
    wait_until(lambda: endpoint.state()["active"] == 0, 5)
