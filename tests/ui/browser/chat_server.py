"""The server as chat_storage.js sees it, and a browser with conversations from before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.browser_tab import CHAT_STORAGE, Browser, BrowserTab, Fired

SPACE = "sirocco/1/"
HOUR = 3_600_000
DAY = 24 * HOUR
"""Milliseconds."""


@dataclass
class Server:
    """What a session of the server sends to one tab; a page that is loaded anew has a new session."""

    tab: BrowserTab
    chat: str = "mine"
    session: str = "1"
    loaded: bool = False
    live: tuple[str, str] | None = None
    number: int = 0

    def send(self, *operations: tuple[Any, ...]) -> Fired:
        """Send these for the first time; what the script fires."""
        numbered = [[self.number + at, *each] for at, each in enumerate(operations, 1)]
        self.number += len(operations)
        return self.send_numbered(*numbered)

    def send_numbered(self, *operations: list[Any]) -> Fired:
        """Send operations that have a number, as those have that are sent again."""
        data = {
            "session": self.session,
            "chat": self.chat,
            "loaded": self.loaded,
            "live": self.live,
            "operations": operations,
        }
        self.tab.render(CHAT_STORAGE, data)
        return self.tab.fired(CHAT_STORAGE)


def reloaded(server: Server) -> Server:
    """The session that begins when the tab loads its page anew; its chat is a new one at first."""
    server.tab.ask("reload")
    return Server(server.tab, chat=f"new in {server.session}", session=server.session + "'")


def greeting(fired: Fired) -> dict[str, Any]:
    """What a page tells when it has been loaded: the one trigger of its first answer to the server."""
    ((name, told),) = fired
    assert name == "saved"
    assert told["version"] == 1
    return dict(told)


def keep(browser: Browser, chat: str, age_ms: int, text: str = "kept") -> None:
    """A conversation of one record, which was last changed so long ago."""
    browser.store({f"{SPACE}{chat}/x": text, f"{SPACE}{chat}/touched": str(browser.now - age_ms)})


def chats(browser: Browser) -> list[str]:
    """The conversations of which the browser has anything, by name."""
    return sorted({key.split("/")[2] for key in browser.local if key.startswith(SPACE)})
