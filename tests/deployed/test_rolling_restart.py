"""Both replicas are restarted in turn by SIGTERM while 20 answers run: none is cut."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import WebSocketException

from tests.deployed.cluster import Bedrock, Cluster
from tests.support.chromium_pages import Chat, wait_until
from tests.support.visitor import Visitor

VISITORS = 20
CHUNKS, RATE = 100, 25
"""An answer takes four seconds."""


@dataclass
class Reader:
    """One visitor, who asks again as soon as an answer is whole, and connects again when the server ends."""

    cluster: Cluster
    leave: threading.Event
    whole: int = 0
    refused: int = 0
    reconnected: int = 0
    cut: list[list[str]] = field(default_factory=list)

    def visit(self) -> None:
        """Ask until `leave` is set and the last answer has ended."""
        with self.cluster.visitor() as tab:
            asked = False
            while not self.leave.is_set():
                try:
                    tab.ask(f"chunks={CHUNKS} rate={RATE}")
                    asked = True
                    tab.wait_for(lambda: tab.idle and self._ended(tab))
                    asked = False
                    self._count(tab)
                except (WebSocketException, OSError):
                    if asked and tab.words() and len(tab.words()) < CHUNKS:
                        self.cut.append(tab.words())
                    self.reconnected += 1
                    self._connect(tab)

    def _ended(self, tab: Visitor) -> bool:
        return len(tab.words()) == CHUNKS or self._was_refused(tab)

    def _count(self, tab: Visitor) -> None:
        self.refused += self._was_refused(tab)
        self.whole += not self._was_refused(tab)
        self._connect(tab)

    def _was_refused(self, tab: Visitor) -> bool:
        return any("restarting" in text for text in tab.drawn.values())

    def _connect(self, tab: Visitor) -> None:
        """A fresh page, as after a reload."""
        wait_until(lambda: self._connected(tab), 60)

    def _connected(self, tab: Visitor) -> bool:
        try:
            tab.connect()
        except (WebSocketException, OSError):
            self.leave.wait(0.25)  # a browser does not try again at once either
            return False
        return True


@pytest.mark.timeout(150)
def test_restarting_both_replicas_in_turn_cuts_no_answer(deployed: Cluster, bedrock: Bedrock) -> None:
    before = len(bedrock.ends())
    leave = threading.Event()
    readers = [Reader(deployed, leave) for _ in range(VISITORS)]
    threads = [threading.Thread(target=reader.visit, daemon=True) for reader in readers]
    for thread in threads:
        thread.start()
    wait_until(lambda: bedrock.state()["active"] == VISITORS, 60)
    for port in deployed.ports:
        wait_until(lambda: bedrock.state()["active"] >= VISITORS * 3 // 4, 60)  # they asked again meanwhile
        deployed.replicas[port].terminate()
        assert deployed.replicas[port].process.wait(40) == 0
        deployed.start(port)
    leave.set()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    wait_until(lambda: bedrock.state()["active"] == 0, 20)
    ends = bedrock.ends()[before:]
    print(f"answers {len(ends)}")
    print([(r.whole, r.refused, r.reconnected) for r in readers])
    assert {line["event"] for line in ends} == {"end"}
    assert all(reader.cut == [] for reader in readers)
    assert all(reader.whole > 0 for reader in readers)


@pytest.mark.timeout(150)
def test_a_page_that_is_reloaded_while_its_replica_ends_keeps_its_answer(
    deployed: Cluster, tab: Page
) -> None:
    """nginx still asks the replica, which accepts the page. Caddy uses only the other one by then, which
    shows what had arrived."""
    chat = Chat(tab).open(deployed.url)
    chat.send("chunks=150 rate=15")
    expect(chat.last).to_contain_text("w30 ")
    (port,) = [port for port in deployed.ports if deployed.serving(port)]
    try:
        deployed.replicas[port].terminate()
        asked = deployed.replicas[port].url if deployed.proxy == "nginx" else deployed.url
        wait_until(lambda: tab.request.get(f"{asked}/readyz?serve").ok == (deployed.proxy == "caddy"), 10)
        tab.reload()
        if deployed.proxy == "nginx":
            chat.settled("finished")
            assert len(chat.words()) == 150
        else:
            expect(chat.last.get_by_role("button", name="Continue")).to_be_visible(timeout=30_000)
            assert len(chat.words()) >= 25
        assert deployed.replicas[port].process.wait(40) == 0
    finally:
        deployed.start(port)
