"""A page with the keeper alone, and a browser that does what it says."""

from __future__ import annotations

import json
import threading
from typing import Any

from streamlit.testing.v1 import AppTest

from lib.bedrock.problems import broken_off
from lib.bedrock.stream import AnswerStream
from lib.ui import running, saved
from lib.ui.conversation import Conversation, recipe_for
from tests.ui.talks import LARGE, tree


def page() -> None:
    """A page with nothing but the keeper; `heard` is what the browser says before this run."""
    import streamlit as st

    from lib.ui import keeper

    for act in st.session_state.pop("acts", []):
        getattr(keeper, act[0])(*act[1:])
    keeper.mount()
    st.session_state["shown"] = keeper.note(), keeper.offers_last_chat()


class Tab:
    """A browser that does what the server says, as assets/keeper.js does it."""

    def __init__(self, chat: Conversation | None = None) -> None:
        self.at = AppTest.from_function(page, default_timeout=20)
        self.store: dict[str, dict[str, Any]] = {}
        self.said: list[str] = []
        self.applied = 0
        self.sent = 0
        if chat:
            self.chat = chat

    @property
    def chat(self) -> Conversation:
        held: Conversation = self.at.session_state["conversation"]
        return held

    @chat.setter
    def chat(self, chat: Conversation) -> None:
        self.at.session_state["conversation"] = chat

    def run(self, *acts: tuple[Any, ...], lost: bool = False) -> Tab:
        """One run of the page; `lost`: a later run overtakes its message."""
        self.at.session_state["acts"] = list(acts)
        self.at.run()
        assert not self.at.exception
        if not lost:
            self.take(self.at.get("bidi_component")[0].proto.json)
        return self

    def take(self, text: str) -> None:
        self.sent = len(text)
        self.data = json.loads(text)
        self.gap = bool(self.data["operations"]) and self.data["operations"][0][0] > self.applied + 1
        for number, what, *rest in self.data["operations"]:
            if number > self.applied:
                self.applied = number
                getattr(self, f"_{what}")(*rest)

    def _set(self, chat: str, name: str, value: Any) -> None:
        self.store.setdefault(chat, {})[name] = json.dumps(value)

    def _del(self, chat: str, name: str) -> None:
        self.store.get(chat, {}).pop(name, None)

    def _say(self, text: str) -> None:
        self.said.append(text)

    def _drop(self, chat: str) -> None:
        self.store.pop(chat, None)

    def _load(self, chat: str) -> None:
        self.loads = chat

    def _forget(self) -> None:
        self.store.clear()

    def has(self, chat: Conversation) -> bool:
        """The browser's copy, read back, is what the server holds."""
        back = saved.restore(chat.id, self.store.get(chat.id, {}), running.find)
        return tree(back.conversation) == tree(chat) and not back.note


def hears(chat: str, records: Any, **more: Any) -> tuple[Any, ...]:
    return "hear", "saved", {"version": 1, "chat": chat, "records": records, **more}


def streaming(prompt: str, lease_s: float = 60) -> AnswerStream:
    gate = threading.Event()

    def call() -> dict[str, Any]:
        gate.wait(30)
        raise ConnectionError

    recipe, _, _ = recipe_for(prompt, [], LARGE, {})
    stream = AnswerStream(recipe, call, lambda *_, **__: broken_off(), lease_s=lease_s)
    end = stream.close

    def close() -> None:
        end()
        gate.set()

    stream.close = close  # type: ignore[method-assign]
    return stream
