"""A steered conversation: edits, variants, stop, Continue, shortcuts, X-ray, recipe; checked on the wire."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.app_process import app_process
from tests.support.chromium_pages import READY, Chat, wait_until
from tests.support.environment import aws_settings
from tests.support.scripted_endpoint import Endpoint, scripted
from tests.support.scripted_engine import FRIENDLY


@dataclass
class Wire:
    """Forwards every byte to the endpoint and keeps what the app sent."""

    target: tuple[str, int]
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    sent: list[bytearray] = field(default_factory=list)

    def serve(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:  # closed: the tests are over
                return
            server = socket.create_connection(self.target)
            self.sent.append(kept := bytearray())
            threading.Thread(target=_pump, args=(client, server, kept), daemon=True).start()
            threading.Thread(target=_pump, args=(server, client, None), daemon=True).start()

    def bodies(self) -> list[str]:
        """The JSON of every request, as text, by connection."""
        everything = b"\r\n".join(bytes(one) for one in self.sent).decode()
        return re.findall(r"\r\n\r\n(\{.*?\})(?=POST |\r\n|$)", everything, re.DOTALL)


def _pump(source: socket.socket, sink: socket.socket, kept: bytearray | None) -> None:
    try:
        while data := source.recv(65536):
            if kept is not None:
                kept += data
            sink.sendall(data)
    except OSError:  # the other side has left
        pass
    finally:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


@dataclass(frozen=True)
class Stand:
    """The app, the endpoint with its log, and the wire between the two."""

    url: str
    endpoint: Endpoint
    wire: Wire

    def texts(self) -> list[str]:
        """What the endpoint sent for each request that has ended, in the order in which they began."""
        lines = self.endpoint.log()
        ended = {line["id"]: line["text"] for line in lines if "text" in line}
        return [ended[line["id"]] for line in lines if line["event"] == "open" and line["id"] in ended]


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    log = tmp_path_factory.mktemp("steering") / "events.jsonl"
    with scripted(log) as endpoint:
        address = urlsplit(endpoint.url)
        wire = Wire((str(address.hostname), int(address.port or 0)))
        threading.Thread(target=wire.serve, daemon=True).start()
        between = f"http://127.0.0.1:{wire.listener.getsockname()[1]}"
        with wire.listener, app_process(**aws_settings(between)) as app:
            yield Stand(app, endpoint, wire)


def message(chat: Chat, index: int) -> Locator:
    """Prompts and answers in one row: prompt of turn n is 2n, its answer 2n + 1."""
    return chat.page.get_by_test_id("stChatMessage").nth(index)


def asked(chat: Chat, prompt: str, turn: int) -> None:
    """Send it and wait until its answer is whole on the page."""
    chat.send(prompt)
    expect(message(chat, 2 * turn)).to_contain_text(prompt)
    expect(message(chat, 2 * turn + 1)).to_contain_text(re.compile("finished|max tokens"))
    expect(chat.page.locator(READY)).to_be_visible()


def click(inside: Locator | Page, label: str) -> None:
    inside.get_by_role("button", name=label).first.click()


def pick(inside: Locator, option: str) -> None:
    """Choose an option from the menu below an answer."""
    click(inside, "More")
    inside.page.get_by_text(option).click()


def text(chat: Chat, turn: int) -> str:
    """The text of an answer, without what is said about it."""
    return " ".join(message(chat, 2 * turn + 1).get_by_test_id("stMarkdown").first.inner_text().split())


def words(count: int) -> str:
    return " ".join(f"w{number}" for number in range(1, count + 1))


def flat(sent: str) -> str:
    return " ".join(sent.split())


def cooler(chat: Chat, steps: int) -> None:
    thumb = chat.page.locator(".st-key-temperature").get_by_role("slider")
    for _ in range(steps):
        thumb.press("ArrowLeft")


@pytest.mark.every_browser
def test_a_steered_conversation_is_exactly_what_the_wire_delivered(chat: Chat, stand: Stand) -> None:
    before = len(stand.texts())
    chat.open(stand.url)
    for turn, count in enumerate((3, 4, 5)):
        asked(chat, f"chunks={count} rate=0", turn)

    # An edit in the middle: the third turn stays with the first variant.
    click(message(chat, 2), "Edit")
    box = chat.page.get_by_role("textbox", name="Your message")
    box.fill("chunks=6 rate=0")
    click(chat.page, "Ask again from here")
    expect(message(chat, 3)).to_contain_text("2/2 · other prompt")
    chat.settled("finished")
    assert (text(chat, 0), text(chat, 1)) == (words(3), words(6))
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(4)

    # Three variants, labelled by what changed, and the difference between two of them.
    cooler(chat, 10)
    expect(chat.page).to_have_url(re.compile("temperature=0.2"))
    click(chat.page, "Again")
    expect(message(chat, 3)).to_contain_text("3/3 · temperature 0.7 → 0.2")
    pick(message(chat, 3), "Compare with the variant before")
    dialog = chat.page.get_by_role("dialog")
    expect(dialog).to_contain_text("to the letter")
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    click(message(chat, 3), "Earlier")
    expect(message(chat, 3)).to_contain_text("2/3")
    click(message(chat, 3), "Earlier")
    expect(message(chat, 3)).to_contain_text("1/3")
    assert [text(chat, turn) for turn in range(3)] == [words(3), words(4), words(5)]
    click(message(chat, 3), "Later")
    expect(message(chat, 3)).to_contain_text("2/3 · other prompt")
    pick(message(chat, 3), "Compare with the variant before")
    expect(dialog).to_contain_text("variant 2 (other prompt)")
    expect(dialog.locator("strong", has_text="w5")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    click(message(chat, 3), "Later")
    expect(message(chat, 3)).to_contain_text("3/3")

    # A stop, a Continue, and on to six turns.
    asked(chat, "chunks=7 rate=0", 2)
    chat.send("chunks=500 rate=50")
    expect(message(chat, 7)).to_contain_text("w20 ")
    painted = re.findall(r"w\d+", message(chat, 7).inner_text())
    chat.stop()
    chat.settled("stopped by you")
    stopped = text(chat, 3)
    assert stopped.split()[: len(painted)] == painted
    click(message(chat, 7), "Continue")
    chat.settled("finished")
    asked(chat, "chunks=8 rate=0", 4)
    asked(chat, "chunks=9 rate=0", 5)

    wait_until(lambda: stand.endpoint.state()["active"] == 0, 5)
    sent = stand.texts()[before:]
    assert [flat(one) for one in sent[:6]] == [words(count) for count in (3, 4, 5, 6, 6, 7)]
    assert flat(sent[6]).startswith(stopped)
    assert len(sent) == 10
    assert text(chat, 3) == flat(stopped + " " + sent[7])
    assert sent[7] == FRIENDLY
    shown = [text(chat, turn) for turn in (0, 1, 2, 4, 5)]
    assert shown == [flat(sent[index]) for index in (0, 4, 5, 8, 9)]


def test_nothing_of_before_stands_below_an_answer_while_it_runs(chat: Chat, stand: Stand) -> None:
    chat.open(stand.url)
    for turn in range(3):
        asked(chat, f"chunks={turn + 3} rate=0", turn)
    click(message(chat, 2), "Edit")
    chat.page.get_by_role("textbox", name="Your message").fill("chunks=900 rate=50")
    click(chat.page, "Ask again from here")
    expect(message(chat, 3)).to_contain_text("w20 ")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(4)
    assert text(chat, 0) == words(3)
    expect(chat.page.get_by_role("button", name="Again")).to_be_disabled()
    for gone in ("Ask again from here", "X-ray"):
        expect(chat.page.get_by_role("button", name=gone)).to_have_count(0)
    chat.page.locator(".st-key-stop-answer button").click()
    chat.settled("stopped by you")
    for turn in range(2, 10):
        asked(chat, "chunks=3 rate=0", turn)
    chat.send("chunks=900 rate=50")  # the eleventh: a page of the conversation ends, the next begins
    expect(chat.last).to_contain_text("w20 ")
    assert text(chat, 4) == words(3)
    expect(chat.page.get_by_role("button", name="More")).to_have_count(5)
    expect(chat.page.get_by_role("button", name="Edit")).to_have_count(6)
    expect(chat.page.get_by_test_id("stChatMessage").nth(-2)).to_contain_text("chunks=900")
    chat.stop()
    chat.settled("stopped by you")


@pytest.mark.every_browser
def test_shortcuts_ask_again_and_begin_a_new_chat_and_escape_stops_nothing(chat: Chat, stand: Stand) -> None:
    chat.open(stand.url)
    asked(chat, "chunks=3 rate=0", 0)
    chat.page.keyboard.press("Alt+Enter")
    expect(message(chat, 1)).to_contain_text("2/2 · same settings")
    expect(chat.page.locator(READY)).to_be_visible()
    chat.send("chunks=900 rate=50")
    expect(message(chat, 3)).to_contain_text("w10 ")
    chat.page.keyboard.press("Escape")  # closes lists and dialogs only
    expect(message(chat, 3)).to_contain_text("w40 ")
    chat.stop()
    chat.settled("stopped by you")
    wait_until(lambda: stand.endpoint.state()["active"] == 0, 5)
    chat.page.keyboard.press("Alt+n")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(0)
    click(chat.page, "Undo")
    expect(chat.page.get_by_test_id("stChatMessage")).to_have_count(4)


@pytest.mark.every_browser
def test_an_x_ray_stays_open_while_an_answer_streams_and_after_it(chat: Chat, stand: Stand) -> None:
    chat.open(stand.url)
    asked(chat, "chunks=30 rate=0", 0)
    chat.send("chunks=500 rate=50")
    expect(message(chat, 3)).to_contain_text("w10 ")
    pick(message(chat, 1), "X-ray")
    dialog = chat.page.get_by_role("dialog")
    expect(dialog).to_contain_text("30 chunks")
    expect(dialog.get_by_test_id("stVegaLiteChart")).to_be_visible()
    assert stand.endpoint.state()["active"] == 1
    chat.settled("finished")
    expect(dialog).to_contain_text("30 chunks")
    assert text(chat, 1) == words(500)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    click(message(chat, 3), "X-ray")
    expect(dialog).to_contain_text("500 chunks")


def test_the_recipe_shows_the_very_bytes_that_the_endpoint_received(chat: Chat, stand: Stand) -> None:
    chat.open(f"{stand.url}/?temperature=0.3&max_tokens=40&system=Sois+bref+%E2%80%93+merci.")
    asked(chat, "chunks=4 rate=0 « été »", 0)
    expect(message(chat, 1).get_by_test_id("stCode")).to_have_count(0)
    message(chat, 1).get_by_text("Mistral Large · temperature 0.3").click()
    shown = message(chat, 1).get_by_test_id("stCode").first
    expect(shown).to_contain_text("été")
    assert shown.locator("code").inner_text() in stand.wire.bodies()


@pytest.mark.parametrize(
    ("width", "height", "scale"), [(360, 740, 3), (640, 400, 2)], ids=["360px", "1280px at 200 %"]
)
def test_a_narrow_page_reaches_every_control_and_never_scrolls_sideways(
    browser: Browser, stand: Stand, width: int, height: int, scale: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=scale)
    chat = Chat(context.new_page()).open(f"{stand.url}/?stop=a+rather+long+stop+sequence&max_tokens=3")
    asked(chat, "chunks=300 rate=0 text=markdown", 0)
    click(chat.page, "Again")
    expect(message(chat, 1)).to_contain_text("2/2 · same settings")
    expect(chat.page.locator(READY)).to_be_visible()
    controls: dict[str, Any] = {
        name: message(chat, 1).get_by_role("button", name=name).first
        for name in ("Earlier", "Later", "Continue", "X-ray", "More")
    }
    controls["Again"] = chat.page.get_by_role("button", name="Again")
    controls |= {"Edit": message(chat, 0).get_by_role("button", name="Edit"), "box": chat.box}
    controls["New chat"] = chat.page.get_by_role("button", name="New chat")
    for name, control in controls.items():
        control.scroll_into_view_if_needed()
        box = control.bounding_box()
        assert box, name
        assert box["x"] >= 0, name
        assert box["x"] + box["width"] <= width, name
    right = "[...document.querySelectorAll('html, .stMain, .stChatMessage')].map((each) => each.scrollWidth)"
    assert max(chat.page.evaluate(right)) <= width
    click(message(chat, 1), "X-ray")
    dialog = chat.page.get_by_role("dialog")
    expect(dialog).to_contain_text("chunks")
    box = dialog.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    context.close()
