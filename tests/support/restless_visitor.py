"""A visitor who clicks twice, presses shortcuts, reloads, changes pages and loses the network, at random.

Before each act it is known how many calls the act asks for, and what the page must show afterwards.
"""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Error, Locator, expect

from tests.support.chromium_pages import READY, Chat, Compare, noted, wait_until
from tests.support.flaky_link import FlakyLink
from tests.support.scripted_endpoint import Endpoint

MOST_TURNS = 6
"""So few that all of them are on one page of the conversation."""
RUNNING = ".st-key-stop-answer"
CONNECTED = '[data-testid="stApp"][data-test-connection-state="CONNECTED"]'
QUICK_MS = 500
DOUBLE_CLICK_S = 0.5  # as in chat_storage.js
CALL_S = 10.0
"""How long a call may take to reach the endpoint."""


@dataclass
class Shown:
    """One turn: the prompts of its variants, the numbers of calls that their answers took, the texts as they
    were first read at rest, and the variant that is shown."""

    prompts: list[str]
    parts: list[int] = field(default_factory=lambda: [1])
    texts: list[str | None] = field(default_factory=lambda: [None])
    chosen: int = 0


class RestlessVisitor:
    """Drives one chat; every choice comes from the seed. `asked`: the calls that were asked for."""

    def __init__(self, chat: Chat, url: str, link: FlakyLink, endpoint: Endpoint, seed: int) -> None:
        self.chat, self.url, self.link, self.endpoint = chat, url, link, endpoint
        self.dice = random.Random(seed)
        self.asked = 0
        self.number = 0
        self.turns: list[Shown] = []
        self.did: list[str] = []
        self.again_at = time.monotonic()
        self.compared = False

    def act(self) -> None:
        """Do one thing. What asks for an answer, and what changes the conversation, waits for the answer that
        runs; the rest does not."""
        self.number += 1
        chosen = self._choose()
        self.did.append(chosen.__name__)
        chosen()

    def at_rest(self) -> None:
        """Wait until nothing runs. The endpoint has got the calls that were asked for, and no other; the page
        shows each prompt once, and each text whole and as before."""
        page = self.chat.page
        expect(page.locator(RUNNING)).to_have_count(0)
        expect(page.locator(READY)).to_be_visible()
        messages = page.get_by_test_id("stChatMessage")
        expect(messages).to_have_count(2 * len(self.turns))
        if self.turns:
            expect(messages.last.get_by_role("button", name="More")).to_have_count(1)  # painted last
        wait_until(lambda: self.endpoint.state()["active"] == 0, CALL_S)
        assert self.calls() == self.asked, self._told()
        for turn, question, answer in zip(self.turns, messages.all()[::2], messages.all()[1::2], strict=True):
            expect(question).to_contain_text(turn.prompts[turn.chosen])
            if len(turn.prompts) > 1:
                expect(answer).to_contain_text(f"{turn.chosen + 1}/{len(turn.prompts)}")
            self._check_text(turn, answer)

    def calls(self) -> int:
        """How many requests have reached the endpoint."""
        return sum(event["event"] == "open" for event in self.endpoint.log())

    def _choose(self) -> Callable[[], None]:
        kinds = {self.send: 8, self.second_tab: 1, self.comparison: 1, self.reload: 2, self.other_page: 3}
        kinds |= {self.outage: 2, self.stop: 6, self.slide: 4, self.keys: 5}
        if not self.turns:
            kinds = {self.suggestion: 4, self.send: 2, self.reload: 1, self.other_page: 1}
        elif len(self.turns) >= MOST_TURNS:
            kinds = {self.new_chat: 1}
        else:
            kinds |= {
                self.again: 6,
                self.go_on: 4,
                self.edit: 3,
                self.step: 3,
                self.delete: 1,
                self.new_chat: 2,
            }
        return self.dice.choices(list(kinds), list(kinds.values()))[0]

    # What asks for an answer

    def send(self) -> None:
        self.at_rest()
        prompt = self._prompt()
        self.chat.box.fill(prompt)
        self.turns.append(Shown([prompt]))
        for _ in range(self.dice.choice([1, 2])):
            self.chat.box.press("Enter")
        self._asked()

    def suggestion(self) -> None:
        self.at_rest()
        self.turns.append(Shown(["Suggest one name for a grey kitten."]))
        self._click_twice(self.chat.page.get_by_role("button", name="Name a kitten"))
        self._asked()

    def again(self) -> None:
        self.at_rest()
        # What comes sooner counts as the second click of a double click.
        wait_until(lambda: time.monotonic() - self.again_at > DOUBLE_CLICK_S, 2 * DOUBLE_CLICK_S)
        self._new_variant(self.turns[-1].prompts[self.turns[-1].chosen])
        if self.dice.random() < 0.5:
            self._click_twice(self.chat.page.get_by_role("button", name="Again"))
        else:
            self._press_twice("Alt+Enter")
        self._asked()
        self.again_at = time.monotonic()

    def edit(self) -> None:
        self.at_rest()
        page, prompt = self.chat.page, self._prompt()
        page.get_by_role("button", name="Edit").last.click()
        page.get_by_label("Your message").fill(prompt)
        self._new_variant(prompt)
        self._click_twice(page.get_by_role("button", name="Ask again from here"))
        self._asked()

    def go_on(self) -> None:
        self.at_rest()
        button = self.chat.last.get_by_role("button", name="Continue")
        if button.count():
            turn, before = self.turns[-1], self.chat.last.inner_text()
            turn.texts[turn.chosen] = None
            turn.parts[turn.chosen] += 1
            self._click_twice(button)
            self._asked()
            wait_until(lambda: self.chat.last.inner_text() != before, CALL_S)

    def comparison(self) -> None:
        self.at_rest()
        self._go_to("Compare")
        compare, chunks = Compare(self.chat.page), 10 + self.number % 50
        compare.ready()
        if self.compared:  # the stored run, which folds the set-up and brings its own prompt
            expect(self.chat.page.get_by_text("Set up another comparison")).to_be_visible()
        self.compared = True
        compare.write(f"chunks={chunks} rate=100")
        compare.run(lambda button: self._click_twice(button, timeout=3000))
        wait_until(lambda: self.calls() > self.asked, CALL_S)
        wait_until(lambda: self.endpoint.state()["active"] == 0, CALL_S)
        compare.settled()
        columns = self.calls() - self.asked
        uses = self.chat.page.get_by_role("button", name="Use this one")
        expect(uses).to_have_count(columns)
        words = [f"w{number}" for number in range(1, chunks + 1)]
        wait_until(lambda: all(compare.words(index) == words for index in range(columns)), CALL_S)
        self._asked(columns)
        self._come_back()

    def second_tab(self) -> None:
        self.at_rest()
        tab = Chat(self.chat.page.context.new_page()).open(self.url)
        tab.send("chunks=4 rate=0")
        tab.settled("finished")
        assert tab.words() == ["w1", "w2", "w3", "w4"]
        self._asked()
        tab.page.close()

    # What changes the conversation and asks for nothing

    def step(self) -> None:
        self.at_rest()
        turn, by = self.turns[-1], self.dice.choice([-1, 1])
        if 0 <= turn.chosen + by < len(turn.prompts):
            self.chat.last.get_by_role("button", name="Earlier" if by < 0 else "Later").click()
            turn.chosen += by
            expect(self.chat.last).to_contain_text(f"{turn.chosen + 1}/{len(turn.prompts)}")

    def delete(self) -> None:
        self.at_rest()
        self.chat.last.get_by_role("button", name="More").click()
        self.chat.page.get_by_text("Delete this turn").click()
        self._removed(self.turns[-1:])

    def new_chat(self) -> None:
        self.at_rest()
        if self.dice.random() < 0.5:
            self._click_twice(self.chat.page.get_by_role("button", name="New chat"))
        else:
            self._press_twice("Alt+N")
        self._removed(self.turns)

    # What may happen while an answer arrives

    def stop(self) -> None:
        button = self.chat.page.locator(f"{RUNNING} button")
        if button.count():
            with contextlib.suppress(Error):  # the answer has ended, and the button with it
                self._click_twice(button, timeout=QUICK_MS)

    def slide(self) -> None:
        thumb = self.chat.page.locator(".st-key-temperature").get_by_role("slider")
        for _ in range(self.dice.choice([1, 3])):
            thumb.press(self.dice.choice(["ArrowLeft", "ArrowRight"]))

    def keys(self) -> None:
        """Keys that ask for nothing: the one that leads into the box, and Enter there while it is empty."""
        self.chat.page.evaluate("document.activeElement.blur()")
        self.chat.page.keyboard.press("/")
        self.chat.box.fill("")  # where Streamlit had put the focus back, the key was a letter
        self.chat.box.press("Enter")

    def reload(self) -> None:
        self._wait_until_noted()
        self.chat.page.reload()
        self._comes_back()

    def other_page(self) -> None:
        self._go_to(self.dice.choice(["Doctor", "Compare"]))
        self._come_back()

    def outage(self) -> None:
        self._wait_until_noted()
        self.link.cut()
        expect(self.chat.page.locator(CONNECTED)).to_have_count(0)
        self.chat.page.wait_for_timeout(self.dice.choice([50, 300, 1000]))  # the outage itself
        self.link.mend()
        expect(self.chat.page.locator(CONNECTED)).to_be_visible()
        self._comes_back()

    def _wait_until_noted(self) -> None:
        """Wait until the browser has noted what happened last: a new session has only what is noted."""
        parts = sorted(count for turn in self.turns for count in turn.parts)
        wanted = [parts, sorted(turn.chosen for turn in self.turns)]
        try:
            wait_until(lambda: noted(self.chat) == wanted, CALL_S)
        except AssertionError:
            raise AssertionError(f"{noted(self.chat)} is noted. {self._told()}") from None

    def _told(self) -> str:
        """For a failure: what was done, what should be there, and what is."""
        shown = self.chat.page.get_by_test_id("stChatMessage").all_inner_texts()
        return f"{self.did[-8:]}\n{self.turns}\n{shown}"

    def _prompt(self) -> str:
        chunks, rate = self.dice.randint(1, 60), self.dice.choice([0, 50, 200])
        return f"number {self.number} chunks={chunks} rate={rate}"

    def _new_variant(self, prompt: str) -> None:
        turn = self.turns[-1]
        turn.prompts.append(prompt)
        turn.parts.append(1)
        turn.texts.append(None)
        turn.chosen = len(turn.prompts) - 1

    def _asked(self, calls: int = 1) -> None:
        self.asked += calls
        wait_until(lambda: self.calls() >= self.asked, CALL_S)

    def _removed(self, turns: list[Shown]) -> None:
        """Note that these turns were removed, and undo that in half of the cases."""
        gone, self.turns = list(turns), [turn for turn in self.turns if turn not in turns]
        self.at_rest()
        if self.dice.random() < 0.5:
            self._click_twice(self.chat.page.get_by_role("button", name="Undo"))
            self.turns += gone
            self.at_rest()

    def _click_twice(self, button: Locator, **more: Any) -> None:
        if self.dice.random() < 0.7:
            button.dblclick(**more)
        else:
            button.click(**more)

    def _press_twice(self, key: str) -> None:
        for _ in range(self.dice.choice([1, 2])):
            self.chat.page.keyboard.press(key)

    def _go_to(self, name: str) -> None:
        self.chat.page.get_by_role("link", name=name).click()
        expect(self.chat.page.get_by_test_id("stChatMessage")).to_have_count(0)

    def _come_back(self) -> None:
        self.chat.page.get_by_role("link", name="Chat").click()
        self._comes_back()

    def _comes_back(self) -> None:
        expect(self.chat.box).to_be_visible()
        expect(self.chat.page.get_by_test_id("stChatMessage")).to_have_count(2 * len(self.turns))

    def _check_text(self, turn: Shown, answer: Locator) -> None:
        """The text is whole, and the same as when it was read first."""
        text = " ".join(answer.get_by_test_id("stMarkdown").first.inner_text().split())
        for part in re.split(r"\b(?=w1\b)", text)[1:]:  # the engine counts anew after Continue
            words = re.findall(r"\bw(\d+)\b", part)
            assert words == [str(number + 1) for number in range(len(words))], text
        if turn.texts[turn.chosen] is None:
            if turn is self.turns[-1] and "finished" in answer.inner_text():
                assert text.endswith(" ".join(self.endpoint.last_sent().split())), self._told()
            turn.texts[turn.chosen] = text
        assert text == turn.texts[turn.chosen], self._told()
