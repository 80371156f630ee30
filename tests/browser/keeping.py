"""What the tests of the kept conversation share."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import (
    READY,
    Chat,
    Endpoint,
    aws_like,
    clean_environment,
    running,
)
from tests.browser.test_streaming import wait_until

OURS = "Object.fromEntries(Object.entries(localStorage).filter(([key]) => key.startsWith('sirocco/')))"
FILL = """() => { for (let size = 1 << 20; size; size >>= 1)
    try { for (let n = 0; ; n++) localStorage.setItem("x" + size + n, "x".repeat(size)); } catch {} }"""


@dataclass(frozen=True)
class Logged:
    """An endpoint that writes down what it sent."""

    endpoint: Endpoint
    log: Path

    def last_sent(self) -> str:
        """The text of the answer that ended last, as far as it was sent."""
        lines = [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]
        return str([line["text"] for line in lines if "text" in line][-1])


@pytest.fixture
def logged(endpoint: Endpoint, log: Path) -> Logged:
    """The endpoint at rest: what a test before it left behind has ended."""
    wait_until(lambda: endpoint.state()["active"] == 0, 30)
    return Logged(endpoint, log)


@contextmanager
def app_on(port: int, endpoint: Endpoint) -> Iterator[subprocess.Popen[str]]:
    """The app on this port, once it answers."""
    options = ["--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", *options]
    with running(command, {**clean_environment(), **aws_like(endpoint)}) as child:
        assert child.stdout
        assert any("URL:" in line for line in child.stdout)
        yield child


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


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
    return [re.sub(r"\d+ tok/s|first token [\d.]+ s", "", text) for text in texts]


def comes_back(chat: Chat, before: list[str]) -> None:
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(len(before))
    expect(chat.page.locator(READY)).to_be_visible()
    with contextlib.suppress(AssertionError):  # buttons are painted late
        wait_until(lambda: transcript(chat) == before, 10)
    assert transcript(chat) == before


def browser_holds(chat: Chat, conversation: bool) -> None:
    """The browser notes what its tab shows a moment after it has painted it; a reload asks for the note."""
    noted = "sessionStorage.getItem('sirocco/1/tab') !== null"
    chat.page.wait_for_function(f"({noted}) === {str(conversation).lower()}")


def ours(page: Page) -> dict[str, Any]:
    stored: dict[str, Any] = page.evaluate(OURS)
    return stored


def duplicate(chat: Chat, url: str, script: str = "") -> Chat:
    """What “Duplicate tab” makes: a second tab that begins with the sessionStorage of the first."""
    held = chat.page.evaluate("JSON.stringify({...sessionStorage})")
    page = chat.page.context.new_page()
    page.add_init_script(f"if (!sessionStorage.length) Object.assign(sessionStorage, {held}); {script}")
    return Chat(page).open(url)


def press(chat: Chat, name: str) -> None:
    chat.page.get_by_role("button", name=name).last.click()
