"""Pages of the app in a browser that runs the real scripts of what they mount."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any, Self

from streamlit.testing.v1 import AppTest

from lib.bedrock import live_replies
from lib.bedrock.problems import broken_off
from lib.bedrock.reply import Reply
from lib.conversation.request import recipe_for
from lib.conversation.tree import Conversation
from lib.records import chat_records
from lib.ui.app.session import KEY, Session
from tests.support.browser_tab import CHAT_END, CHAT_STORAGE, Browser, BrowserTab, Component, Fired
from tests.support.makers import LARGE, stored, tree

SPACE = "sirocco/1/"
"""How the keys of all that a browser keeps begin."""


def page() -> None:
    """A page with nothing but the storage of chats; `acts` happen before it is drawn."""
    import streamlit as st

    from lib.ui.app import session
    from lib.ui.browser import chat_storage

    for act in st.session_state.pop("acts", []):
        getattr(chat_storage, act[0])(*act[1:])
    chat_storage.mount()
    st.session_state["shown"] = session.current().save_note, chat_storage.offers_last_chat()


class PageTab(BrowserTab):
    """A tab that shows a page of the app; what the server sends to the component reaches its script.

    `hear`: the first parts of an act that receives a trigger; name and value follow. `told`: triggers that
    the last `run` has passed on.
    """

    page: Callable[[], None]
    component: Component
    hear: tuple[str, ...]

    def __init__(self, browser: Browser, session: dict[str, str] | None = None) -> None:
        super().__init__(browser, session)
        self.told: Fired = []
        self._open()

    def _open(self) -> None:
        self.at = AppTest.from_function(type(self).page, default_timeout=20)

    @property
    def held(self) -> Session:
        """What the server holds for this tab."""
        if KEY not in self.at.session_state:
            self.at.session_state[KEY] = Session()
        held: Session = self.at.session_state[KEY]
        return held

    def reload(self) -> Self:
        """Load the page anew; the server begins a new session."""
        self.ask("reload")
        self._open()
        return self

    def run(self, *acts: tuple[Any, ...]) -> Self:
        """Run the page, and again as long as the script has fired something that the server has not heard."""
        self.told = []
        self.step(*self._heard(), *acts)
        while heard := self._heard():
            assert len(self.told) < 1000, "The script and the server do not come to rest."
            self.step(*heard)
        return self

    def step(self, *acts: tuple[Any, ...], lost: bool = False) -> Self:
        """One run of the page with these acts alone. `lost`: a later run overtakes its message."""
        self.at.session_state["acts"] = list(acts)
        self.at.run()
        assert not self.at.exception
        if not lost:
            self.take(self.at)
        return self

    def take(self, at: AppTest) -> None:
        """Hand the script what a run has sent."""
        protos = [each.proto for each in at.get("bidi_component")]
        (proto,) = [proto for proto in protos if proto.component_name == self.component.name]
        self.sent = len(proto.json)
        self.data = json.loads(proto.json)
        self.render(Component(proto.component_name, proto.js_content), self.data)
        for each in at.get("bidi_component"):
            if each.proto.component_name == CHAT_END.name:
                self.data = json.loads(each.proto.json)
                self.render(CHAT_END, self.data)

    def _heard(self) -> list[tuple[Any, ...]]:
        fired = self.fired(self.component)
        self.told += fired
        return [(*self.hear, *each) for each in fired]


class Tab(PageTab):
    """A tab with the storage of chats alone, which shows this conversation."""

    page = page
    component = CHAT_STORAGE
    hear = ("hear",)

    def __init__(
        self, browser: Browser, chat: Conversation | None = None, session: dict[str, str] | None = None
    ) -> None:
        super().__init__(browser, session)
        if chat:
            self.chat = chat

    @classmethod
    def that_had(cls, browser: Browser, chat: Conversation) -> Tab:
        """A tab that showed this conversation before its page was loaded."""
        browser.store({f"{SPACE}{chat.id}/{name}": text for name, text in stored(chat).items()})
        return cls(browser, session={f"{SPACE}tab": chat.id})

    def duplicate(self) -> Tab:
        """Another tab, as a browser makes it from this one."""
        return Tab(self.browser, session=self.session)

    @property
    def chat(self) -> Conversation:
        return self.held.conversation

    @chat.setter
    def chat(self, chat: Conversation) -> None:
        self.held.conversation = chat

    def kept(self, chat: str) -> dict[str, str]:
        """What the browser has of a conversation, without its notes about tabs."""
        start = f"{SPACE}{chat}/"
        notes = [start + name for name in ("touched", "held")]
        stored = self.browser.local.items()
        return {key[len(start) :]: text for key, text in stored if key.startswith(start) and key not in notes}

    def has(self, chat: Conversation) -> bool:
        """The browser's copy, read back, is what the server holds."""
        back = chat_records.restore(chat.id, self.kept(chat.id), live_replies.find)
        return tree(back.conversation) == tree(chat) and not back.note


def hears(chat: str, records: Any, **more: Any) -> tuple[Any, ...]:
    return "hear", "saved", {"version": 1, "chat": chat, "records": records, **more}


def streaming(prompt: str) -> Reply:
    """An answer that is on its way until it is closed."""
    begun = threading.Event()

    def call() -> dict[str, Any]:
        begun.wait(30)
        stream.wait_ended(30)
        raise ConnectionError

    recipe, _, _ = recipe_for(prompt, [], LARGE, {})
    stream = Reply(recipe, call, lambda *_, **__: broken_off())
    begun.set()
    return stream
