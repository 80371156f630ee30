"""The components' real JavaScript in Node: one browser and its tabs.

browser_tab.mjs says what the browser consists of and what it can be told. Time passes when a test says so,
and whatever needs no time has happened when a call returns; so nothing here waits.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

from lib.ui.browser import components
from tests.support.javascript import NODE

_SCRIPT = str(Path(__file__).with_suffix(".mjs"))


class Component(NamedTuple):
    """What a page mounts; `name` tells the components of a page apart."""

    name: str
    source: str


CHAT_STORAGE = Component("sirocco.chat_storage", components.source("chat_storage"))
CHAT_END = Component("sirocco.chat_end", components.source("chat_end"))
RUNS_STORAGE = Component("sirocco.runs_storage", components.source("runs_storage"))
SHARED_LINK = Component("sirocco.shared_link", components.source("shared_link"))
PAGE_SCRIPT = Component("sirocco.page_script", components.source("page_script"))
COPY = Component("sirocco.copy_button", components.source("copy_button"))

Fired = list[tuple[str, Any]]
"""Names and values of triggers, in the order in which they were set."""


class Node:
    """A process of browser_tab.mjs, which has one browser after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [NODE, "--experimental-vm-modules", "--no-warnings", _SCRIPT],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env={**os.environ, "TZ": "UTC"},
        )
        self.fired: list[list[Any]] = []

    def ask(self, what: str, **more: Any) -> Any:
        """Do one command of browser_tab.mjs. Raises AssertionError with whatever went wrong in a script."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        self.fired += answer["fired"]
        assert not answer["errors"], "\n".join(answer["errors"])
        return answer["result"]

    def close(self) -> None:
        self._process.communicate()


class Browser:
    """A browser at a secure address that stores whatever it is given."""

    def __init__(self, node: Node) -> None:
        self.ask = node.ask
        self._node = node
        self.ask("start")
        node.fired.clear()

    def set(self, **properties: Any) -> Browser:
        """`secure`: it has Web Locks and a clipboard. `copies`: pages may use the clipboard.
        `copiesAtAll`: `document.execCommand` copies.

        `stores`: it has storage. `online`: this device has a network. `room`: how many characters
        localStorage takes, None for any number.
        """
        self.ask("set", properties=properties)
        return self

    def move(self, ms: float) -> None:
        """Let time pass, all at once: a timer that is due more than once runs once."""
        self.ask("move", ms=ms)

    @property
    def now(self) -> int:
        """Milliseconds, as Date.now() gives them to the pages."""
        return int(self.ask("now"))

    @property
    def local(self) -> dict[str, str]:
        """All of localStorage."""
        stored: dict[str, str] = self.ask("state")["local"]
        return stored

    @property
    def writes(self) -> int:
        """How often a page has stored something in localStorage."""
        return int(self.ask("state")["writes"])

    @property
    def clipboard(self) -> str | None:
        text: str | None = self.ask("state")["clipboard"]
        return text

    def store(self, items: dict[str, str | None]) -> None:
        """Put these into localStorage, as something else than a page; None removes one."""
        self.ask("store", items=items)

    def fired(self, tab: int, component: str) -> Fired:
        fired = [each for each in self._node.fired if each[:2] == [tab, component]]
        self._node.fired = [each for each in self._node.fired if each[:2] != [tab, component]]
        return [(name, value) for _, _, name, value in fired]


class BrowserTab:
    """A new tab of `browser`. `at` in a call is a CSS selector.

    `session`: the items with which its sessionStorage begins, as in a duplicated tab. `address`: its page's.
    """

    def __init__(
        self, browser: Browser, session: dict[str, str] | None = None, address: str = "https://x.example/"
    ) -> None:
        self.browser = browser
        self.number = int(browser.ask("open", session=session or {}, address=address))

    def ask(self, what: str, **more: Any) -> Any:
        return self.browser.ask(what, tab=self.number, **more)

    def render(self, component: Component, data: dict[str, Any]) -> None:
        """Call the component with `data`, as Streamlit does after each run."""
        self.ask("render", component=component.name, source=component.source, data=data)

    def fired(self, component: Component) -> Fired:
        """What the component has fired since this was last asked."""
        return self.browser.fired(self.number, component.name)

    @property
    def session(self) -> dict[str, str]:
        """All of sessionStorage."""
        stored: dict[str, str] = self.ask("tab")["session"]
        return stored

    @property
    def address(self) -> str:
        """What the browser shows as the address of the page."""
        address: str = self.ask("tab")["address"]
        return address

    @property
    def spoken(self) -> list[str]:
        """What screen readers were given to say since the page was loaded."""
        texts: list[str] = self.ask("tab")["spoken"]
        return texts

    @property
    def focus(self) -> dict[str, str]:
        """The attributes of the element that has the focus; the body, which has none, at the start."""
        attributes: dict[str, str] = self.ask("tab")["focus"]
        return attributes

    def value(self, at: str) -> str:
        """What stands in a field."""
        value: str = self.ask("value", at=at)
        return value

    def type(self, at: str, text: str) -> None:
        """Make this the text of a field, as typing does."""
        self.ask("type", at=at, text=text)

    def add(self, tag: str, text: str = "", inside: str = "", **attributes: str) -> None:
        """Put an element at the end of the body, or of what `inside` selects."""
        self.ask("add", tag=tag, text=text, inside=inside, attributes=attributes)

    def text(self, at: str) -> str | None:
        """The text of the first element that matches; None without one."""
        text: str | None = self.ask("text", at=at)
        return text

    def press(self, key: str, at: str = "", **held: bool) -> bool:
        """Press a key on an element or the body; whether the page took it. `held`: ctrlKey and so on."""
        return bool(self.ask("press", at=at, keys={"key": key, **held}))

    def click(self, at: str, number: int = 1) -> bool:
        """Click an element; whether the page took it. `number`: 2 for the second click of a double click."""
        return bool(self.ask("click", at=at, detail=number))
