"""What a long conversation costs the next prompt: `python -m benchmarks.history`, part of `make bench`.

It asks on our page and on the plain one alternately, with so many turns in the conversation already. Our page
has asked for each of them, and the plain one (naive_app.py) begins with them. It measures from Enter until
the numbered endpoint (endpoint.py) sends the first chunk, and until the first text is painted.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field

from playwright.sync_api import Browser, Page

from benchmarks.answers import OBSERVER, send, sent_s, settle, sizes_received
from benchmarks.rig import STREAMLIT, App, chromium, end_in_order, machine, opened
from benchmarks.sides import OURS, PLAIN, Goal, rounds, show, sides
from lib.bedrock.local_endpoint import LocalEndpoint
from tests.support.environment import aws_settings

TURNS = (0, 50, 200)
CHUNKS, PROMPTS, RATE = 5, 5, 1000


@dataclass(frozen=True)
class Prompt:
    """One prompt: ms from Enter, and bytes from the server until the page rests."""

    sent_ms: float
    paint_ms: float
    down: int


@dataclass
class Tab:
    """A conversation; `asked`: how many prompts so far."""

    page: Page
    endpoint: str
    sizes: list[int]
    asked: int = field(default=0)

    def ask(self, rest_ms: int = 300) -> Prompt:
        """One prompt; the next comes `rest_ms` after the page rests."""
        self.sizes.clear()
        first = self.asked * CHUNKS + 100
        self.asked += 1
        send(self.page, STREAMLIT, first, CHUNKS, RATE)
        settle(self.page, STREAMLIT, first + CHUNKS - 1, rest_ms)
        painted, entered = self.page.evaluate("[window.bench.painted[0][1], window.bench.enter]")
        return Prompt(sent_s(self.endpoint)[0] * 1000 - entered, painted - entered, sum(self.sizes))


@contextlib.contextmanager
def tab(browser: Browser, app: App, endpoint: str, turns: int = 0) -> Iterator[Tab]:
    """A new visitor's tab."""
    with opened(browser, f"{app.url}/?turns={turns}" if turns else app.url) as page:
        page.evaluate(OBSERVER, asdict(STREAMLIT))
        yield Tab(page, endpoint, sizes_received(page.context.new_cdp_session(page)))


def side_by_side(ours: Tab, plain: Tab, turns: int) -> None:
    """Prompts in both tabs, in turns; each has `turns` turns already."""
    print(f"\n{PROMPTS} prompts after {turns} turns")
    tabs = {OURS: ours, PLAIN: plain}
    show(
        rounds([*tabs], PROMPTS, lambda name: tabs[name].ask()),
        ("Enter to first chunk sent, ms", lambda prompt: prompt.sent_ms, None),
        ("Enter to first text, ms", lambda prompt: prompt.paint_ms, Goal("above", 0 if turns >= 50 else 30)),
        ("kB down", lambda prompt: prompt.down / 1000, None),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history", description=__doc__)
    parser.add_argument("--turns", type=int, nargs="*", default=TURNS)
    lengths: Sequence[int] = sorted(parser.parse_args().turns)
    end_in_order()
    numbered = LocalEndpoint("benchmarks.endpoint")
    numbered.start()
    with chromium() as browser, sides(aws_settings(numbered.url()), None) as apps:
        print(machine(browser))
        with tab(browser, apps[OURS], numbered.url()) as ours:
            for turns in lengths:
                while ours.asked < turns:
                    ours.ask(rest_ms=0)
                with tab(browser, apps[PLAIN], numbered.url(), turns) as plain:
                    side_by_side(ours, plain, turns)


if __name__ == "__main__":
    main()
