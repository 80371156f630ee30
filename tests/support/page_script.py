"""A page of the app with the script of every page, in Node."""

from __future__ import annotations

from typing import Any

from tests.support.browser_tab import PAGE_SCRIPT, Browser, BrowserTab

BOX = '[data-testid="stChatInputTextArea"]'
COMPARE = ".st-key-compare-prompt"


class ScriptedPage(BrowserTab):
    """A tab that shows the chat page; `run` is what a run of the server's script sends."""

    def __init__(
        self, browser: Browser, session: dict[str, str] | None = None, address: str = "https://x.example/"
    ) -> None:
        super().__init__(browser, session, address)
        self.state: dict[str, Any] = {}
        self.begin("1")

    def begin(self, session: str) -> None:
        """Another session of the server, which has nothing of the one before."""
        limits = {"prompt": 20, "system": 5}
        self.state = {
            "session": session,
            "taken": 0,
            "puts": [],
            "waiting": "",
            "asked": 0,
            "most": limits,
            "system": None,
        }

    def run(self, **changed: Any) -> ScriptedPage:
        self.state |= changed
        self.render(PAGE_SCRIPT, self.state)
        return self.settle()

    def settle(self, ms: float = 50) -> ScriptedPage:
        """Let the script do what it does after each change of the page."""
        self.browser.move(ms)
        return self

    def reload(self, session: str) -> ScriptedPage:
        """Load the page anew; the server begins a session."""
        self.ask("reload")
        self.begin(session)
        return self

    def draw_box(self) -> ScriptedPage:
        """The chat input, as Streamlit nests it."""
        self.add("div", **{"class": "box"})
        self.add("div", inside=".box", **{"data-testid": "stChatInput"})
        self.add("textarea", inside='[data-testid="stChatInput"]', **{"data-testid": "stChatInputTextArea"})
        return self.settle()

    def draw_compare(self, text: str = "") -> ScriptedPage:
        """The prompt box of the Compare page, which shows `text`."""
        self.add("div", **{"class": "st-key-compare-prompt"})
        self.add("div", inside=COMPARE, **{"data-testid": "stTextArea"})
        self.add("textarea", inside='[data-testid="stTextArea"]', **{"class": "prompt"})
        self.ask("draw", at=".prompt", text=text)
        return self.settle()

    def send(self, text: str = "") -> ScriptedPage:
        """Type `text`, if any, and press Enter; Streamlit empties the box at once."""
        if text:
            self.type(BOX, text)
        self.press("Enter", at=BOX)
        self.ask("draw", at=BOX, text="")
        return self.settle()

    @property
    def box(self) -> str:
        return self.value(BOX)

    @property
    def kept(self) -> dict[str, str]:
        """The drafts in sessionStorage, by name."""
        start = "sirocco/1/draft/"
        return {
            name.removeprefix(start): text for name, text in self.session.items() if name.startswith(start)
        }
