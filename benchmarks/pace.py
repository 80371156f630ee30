"""Columns side by side, and a recorded answer that plays: `python -m benchmarks.pace`, part of `make bench`.

It measures how long four columns take, compared with one answer on the scripted endpoint alone, how long it
takes to stop them all, and how far the words of a shared link are from their times in the recording, on a
server that has neither AWS nor a model.
"""

from __future__ import annotations

import statistics
import time
from datetime import date

from playwright.sync_api import Browser, Page

from benchmarks.rig import RESTING, chromium, end_in_order, machine, opened, serving, wait_until
from lib.bedrock.answer import Answer, Beat
from lib.bedrock.local_endpoint import LocalEndpoint
from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.recipe import Message, Recipe
from lib.records.links import to_link
from lib.records.shared import share
from tests.support.environment import NOBODY, aws_settings
from tests.support.scripted_endpoint import state

COLUMNS, CHUNKS, RATE = 4, 300, 50
WORDS, WORD_MS = 60, 50.0
# For each place on the page: when each word was first painted.
STAMPS = """() => {
  window.stamps = {};
  window.clicked = 0;
  addEventListener('click', () => { clicked ||= performance.now() }, true);
  const look = () => {
    const columns = document.querySelectorAll('[class*=st-key-live-],[class*=st-key-text-]');
    for (const place of columns.length ? columns : document.querySelectorAll('[data-testid=stMain]')) {
      const seen = (stamps[(place.className.match(/st-key-(?:live|text)-(\\d)/) || [0, 0])[1]] ??= {});
      for (const word of place.textContent.match(/w\\d+/g) || []) seen[word] ??= performance.now();
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def main() -> None:
    end_in_order()
    with chromium() as browser:
        print(machine(browser))
        scripted = LocalEndpoint("tests.support.scripted_endpoint")
        scripted.start()
        with serving("streamlit_app.py", aws_settings(scripted.url())) as app:
            _columns(browser, app.url)
            _stop_all(browser, app.url, scripted.url())
        nobody = {"SIROCCO_BACKEND": "local", "SIROCCO_LOCAL_URL": NOBODY}
        with serving("streamlit_app.py", nobody) as app:
            _playback(browser, app.url)


def _columns(browser: Browser, url: str) -> None:
    alone = CHUNKS / RATE
    print(f"\n{COLUMNS} columns of {CHUNKS} chunks at {RATE}/s; the endpoint takes {alone:.0f} s for one")
    for _ in range(3):
        with opened(browser, url) as page:
            page.goto(f"{url}/compare")
            page.get_by_label("Prompt", exact=True).fill(f"chunks={CHUNKS} rate={RATE}")
            page.evaluate(STAMPS)
            page.get_by_role("button", name="Run", exact=True).click()
            page.get_by_role("button", name="Run again").first.wait_for()
            columns = list(_stamps(page).values())
            clicked = page.evaluate("clicked")
        first = [column["w1"] for column in columns]
        took = (max(column[f"w{CHUNKS}"] for column in columns) - clicked) / 1000
        print(f"  all columns {took:.2f} s   x{took / alone:.2f}   goal under x1.10")
        print(f"  first paints apart by {max(first) - min(first):.0f} ms   goal under 300 ms")


def _stop_all(browser: Browser, url: str, endpoint: str) -> None:
    print(f"\nStop all, {COLUMNS} columns in mid-answer")
    for _ in range(3):
        with opened(browser, url) as page:
            page.goto(f"{url}/compare")
            page.get_by_label("Prompt", exact=True).fill("chunks=2000 rate=20")
            page.get_by_role("button", name="Run", exact=True).click()
            page.locator(f".st-key-live-{COLUMNS - 1}").get_by_text("w20 ").wait_for()
            clicked = time.monotonic()
            page.get_by_role("button", name="Stop all").click()
            wait_until(
                page, lambda: state(endpoint)["active"] == 0, "every connection is closed", every_ms=10
            )
            took = time.monotonic() - clicked
        print(f"  every connection closed after {took:.2f} s   goal under 1.5 s")


def _playback(browser: Browser, url: str) -> None:
    print(f"\nA shared answer of {WORDS} chunks, {WORD_MS:.0f} ms apart, plays on another server")
    recipe = Recipe(model_id=SAMPLE_MODEL_ID, messages=(Message("user", "Count."),))
    beats = tuple(Beat(300 + number * WORD_MS, len(f"w{number} ")) for number in range(1, WORDS + 1))
    text = "".join(f"w{number} " for number in range(1, WORDS + 1))
    answer = Answer(recipe, text, "complete", "stop", None, beats, beats[-1].ms, None, None)
    link = to_link(share("answer", [answer], on=date(2026, 11, 22)))
    for _ in range(3):
        with opened(browser, url) as page:
            page.add_init_script(f"({STAMPS})()")
            page.goto(f"{url}/shared?r={link}")
            page.get_by_role("button", name="Play again").wait_for()
            page.wait_for_selector(RESTING, state="attached")
            stamps = _stamps(page)["0"]
        late = [stamps[f"w{number}"] - beat.ms for number, beat in enumerate(beats, 1)]
        middle = statistics.median(late)
        off = max(abs(each - middle) for each in late)
        print(f"  first word {stamps['w1'] / 1000:.2f} s after the request for the page   goal under 2.5 s")
        print(f"  furthest from the recording {off:.0f} ms   goal under 100 ms")


def _stamps(page: Page) -> dict[str, dict[str, float]]:
    stamps: dict[str, dict[str, float]] = page.evaluate("stamps")
    return stamps


if __name__ == "__main__":
    main()
