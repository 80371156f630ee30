"""Memory, speed and waiting times with the local model: `python -m benchmarks.figures [--quick]`."""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from benchmarks import rig

LOCAL = {"SIROCCO_BACKEND": "local"}
MAX_TOKENS = 160
PROMPTS = (
    "Write a short story about a lighthouse keeper who finds a letter.",
    "Explain how a bicycle stays upright, step by step.",
    "Describe a walk through a busy market in the morning.",
    "Write a long letter to a friend about a summer by the sea.",
    "Explain what a volcano is and how it forms, in detail.",
    "Tell the history of bread from the beginning to today.",
    "Describe how a small town prepares for a storm.",
)
# Stamps Enter, and the first animation frame in which the answer's own text is there.
OBSERVER = """() => {
  const bench = (window.bench = { enter: 0, first: 0 });
  const look = () => {
    const answer = document.querySelectorAll('[data-testid="stChatMessage"]')[1];
    const text = answer?.querySelector('[data-testid="stMarkdown"]')?.textContent.trim();
    if (!bench.first && text && !text.startsWith('Waiting for')) bench.first = Date.now();
  };
  new MutationObserver(() => requestAnimationFrame(look))
    .observe(document.body, { subtree: true, childList: true, characterData: true });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') bench.enter = Date.now();
  }, true);
}"""
HOW = f"""\
How: memory is the resident set (RSS) by ps, 3 s after one page load and one answer. Speed is output tokens
after the first over their time, at temperature 0 and max_tokens {MAX_TOKENS}: on the page from its answer
line (whole tokens/s), alone from LlamaEngine in a process of its own; the same prompt to both, in turns, a
new one each time. Start-up is from the start of the process to a prompt box to type in, browser running,
disk cache warm."""


@dataclass(frozen=True)
class Spoken:
    """One answer of the local model on the page."""

    rate: float
    first_paint_ms: float


def memory(app: rig.App, endpoint: int) -> None:
    """Resident memory of the app and of its endpoint, both idle."""
    for name, pid, most in (("app", app.pid, 250), ("local endpoint", endpoint, 400)):
        used = rig.resident_mb(pid)
        goal = f"goal under {most} MB: {'met' if used < most else 'MISSED'}"
        print(f"  {name + ', RSS in MB':32}{used:8.0f}   {goal}")


def speak(browser: Browser, app: rig.App, prompt: str) -> Spoken:
    """A new visitor asks; the page's own line tells the speed."""
    with rig.opened(browser, f"{app.url}/?temperature=0.0&max_tokens={MAX_TOKENS}") as page:
        page.evaluate(OBSERVER)
        page.wait_for_timeout(1000)  # loading the page is not part of the answer
        page.fill(rig.PROMPT, prompt)
        page.press(rig.PROMPT, "Enter")
        rig.wait_until(page, lambda: " tokens/s" in _answer_line(page), "the answer line", every_ms=500)
        line = _answer_line(page)
        enter, first = page.evaluate("[window.bench.enter, window.bench.first]")
    found = re.search(r"temperature 0 .* (\d+) tokens/s", line)
    if not found:
        raise ValueError(f"Unexpected answer line: {line}")
    return Spoken(float(found[1]), first - enter)


def speed(browser: Browser, app: rig.App, prompts: tuple[str, ...]) -> None:
    """The local model through the page against its engine alone, and the first token."""
    page, alone, first = [], [], []
    with engine_alone() as ask:
        speak(browser, app, "Hello")
        for turn, prompt in enumerate(prompts):
            if turn % 2:
                alone.append(ask(prompt))
            spoken = speak(browser, app, prompt)
            if not turn % 2:
                alone.append(ask(prompt))
            page.append(spoken.rate)
            first.append(spoken.first_paint_ms)
    ratio = statistics.median(mine / theirs["rate"] for mine, theirs in zip(page, alone, strict=True))
    goal = f"goal 0.95 or more: {'met' if ratio >= 0.95 else 'MISSED'}"
    engine = statistics.median(theirs["rate"] for theirs in alone)
    print(f"  {'page, tokens/s':32}{statistics.median(page):8.0f}   median of {len(page)}")
    print(f"  {'engine alone, tokens/s':32}{engine:8.0f}   median of {len(alone)}")
    print(f"  {'page to engine, median of pairs':32}{ratio:8.2f}   {goal}")
    waited = statistics.median(theirs["first_ms"] for theirs in alone)
    print(f"  {'Enter to first text, ms':32}{statistics.median(first):8.0f}   engine alone {waited:.0f}")


@contextlib.contextmanager
def engine_alone() -> Iterator[Callable[[str], dict[str, float]]]:
    """The engine in a process of its own; the function answers one prompt."""
    child = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.engine_alone"],
        cwd=rig.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert child.stdin
    assert child.stdout
    stdin, stdout = child.stdin, child.stdout

    def ask(prompt: str) -> dict[str, float]:
        stdin.write(json.dumps({"prompt": prompt, "max_tokens": MAX_TOKENS}) + "\n")
        stdin.flush()
        answered: dict[str, float] = json.loads(stdout.readline())
        return answered

    try:
        stdout.readline()  # it is ready
        yield ask
    finally:
        child.kill()
        child.wait()


def start_up(browser: Browser, times: int) -> None:
    """Starts of the app, each to a usable page."""
    took = []
    for _ in range(times):
        with rig.serving("streamlit_app.py", LOCAL) as app, rig.opened(browser, app.url):
            took.append(time.monotonic() - app.started)
    print(f"  {'start-up to usable page, s':32}{statistics.median(took):8.1f}   median of {times}")


def _answer_line(page: Page) -> str:
    lines = page.locator('[data-testid="stChatMessage"] [data-testid="stExpander"] summary').all_inner_texts()
    return lines[-1] if lines else ""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.figures")
    parser.add_argument("--quick", action="store_true", help="fewer runs, to try it out; figures are rough")
    quick = parser.parse_args().quick
    rig.end_in_order()
    began = time.monotonic()
    with rig.chromium() as browser:
        print(f"{rig.machine(browser)}\n{HOW}\n")
        start_up(browser, 1 if quick else 5)
        with rig.serving("streamlit_app.py", LOCAL) as app:
            speak(browser, app, "Name three fruits.")
            time.sleep(3)
            memory(app, rig.child_of(app.pid, "lib.local"))
            speed(browser, app, PROMPTS[: 2 if quick else len(PROMPTS)])
    print(f"\nTook {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
