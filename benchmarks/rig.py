"""What the benchmarks share: servers, a browser, and what a process has used."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.app_process import free_port
from tests.support.environment import without_aws
from tests.support.find_chromium import MISSING, find_chromium

ROOT = Path(__file__).resolve().parents[1]
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROMPT = '[data-testid="stChatInputTextArea"]'
RESTING = '[data-testid="stApp"][data-test-script-state="notRunning"]'
TIMEOUT_S = 60.0


@dataclass(frozen=True)
class Look:
    """Selectors: of the prompt box, of the page at rest, of an answer, of a block of its text."""

    prompt: str
    resting: str
    answer: str
    block: str


STREAMLIT = Look(PROMPT, RESTING, '[data-testid="stChatMessage"]', '[data-testid="stMarkdown"]')
GRADIO = Look('textarea[data-testid="textbox"]', "body", '[data-testid="bot"]', ".prose")


@dataclass(frozen=True)
class App:
    """A running server; `started` is when its process was started (s, monotonic)."""

    url: str
    pid: int
    started: float
    look: Look = STREAMLIT


@contextlib.contextmanager
def serving(script: str, settings: Mapping[str, str]) -> Iterator[App]:
    """Run `script` in Streamlit while the block lasts, with these settings and none of the environment's."""
    port = free_port()
    command = ["-m", "streamlit", "run", script, "--server.port", str(port), "--server.headless", "true"]
    with _running(command, settings, port, "/_stcore/health", STREAMLIT) as app:
        yield app


@contextlib.contextmanager
def serving_gradio(packages: Path, settings: Mapping[str, str]) -> Iterator[App]:
    """Run gradio_app.py while the block lasts; the folder `packages` has Gradio and its dependencies."""
    port = free_port()
    apart = {"PYTHONPATH": str(packages.absolute()), "GRADIO_ANALYTICS_ENABLED": "False"}
    command = ["-m", "benchmarks.gradio_app", str(port)]
    with _running(command, {**settings, **apart}, port, "/", GRADIO) as app:
        yield app


@contextlib.contextmanager
def _running(
    command: list[str], settings: Mapping[str, str], port: int, health: str, look: Look
) -> Iterator[App]:
    with tempfile.TemporaryFile("w+") as log, tempfile.TemporaryDirectory() as home:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env={**without_aws(Path(home)), **settings},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            app = App(f"http://localhost:{port}", process.pid, time.monotonic(), look)
            _wait_healthy(app, health, process, log)
            yield app
        finally:
            _end(process)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium; an error on a page is printed."""
    path = find_chromium()
    if path is None:
        sys.exit(MISSING)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=ARGS)
        try:
            yield browser
        finally:
            browser.close()


@contextlib.contextmanager
def opened(browser: Browser, url: str, look: Look = STREAMLIT) -> Iterator[Page]:
    """A new visitor's tab, ready for a prompt."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    try:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_S * 1000)
        page.goto(url)
        page.wait_for_selector(look.prompt)
        page.wait_for_selector(look.resting, state="attached")
        yield page
    finally:
        context.close()


def wait_until(page: Page, done: Callable[[], bool], what: str, every_ms: int = 200) -> None:
    """Ask now and then from outside: Playwright's own waiting would run in the page at every frame."""
    deadline = time.monotonic() + TIMEOUT_S
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not within {TIMEOUT_S:g} s: {what}")
        page.wait_for_timeout(every_ms)


def cpu_s(pid: int) -> float:
    """Seconds of processor time, user and system, that a process has used."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        fields = stat.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    *larger, seconds = _ps(pid, "time").split(":")  # macOS: minutes and hundredths of seconds
    return float(seconds) + sum(int(n) * 60.0**power for power, n in enumerate(reversed(larger), 1))


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB (10^6 bytes)."""
    return int(_ps(pid, "rss")) * 1024 / 1e6


def child_of(pid: int, module: str) -> int:
    """The process id of the child that runs `module`."""
    listed = subprocess.check_output(["ps", "-eo", "pid=,ppid=,args="], text=True)
    for line in listed.splitlines():
        child, parent, command = line.split(None, 2)
        if int(parent) == pid and module in command:
            return int(child)
    raise LookupError(f"Process {pid} has no child that runs {module}.")


def others_s() -> float:
    """Processor seconds that all programs but this one and its children have used since the machine started;
    0 where there is no /proc."""
    total = Path("/proc/stat")
    if not total.exists():
        return 0.0
    tick = os.sysconf("SC_CLK_TCK")
    user, nice, system, _, _, irq, softirq = map(int, total.read_text().split()[1:8])
    stats: dict[int, tuple[int, int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            fields = path.read_text().rpartition(")")[2].split()
            stats[int(path.parent.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    own = 0
    for pid in stats:
        above = pid
        while above in stats and above != os.getpid():
            above = stats[above][0]
        own += stats[pid][1] if above == os.getpid() else 0
    return (user + nice + system + irq + softirq - own) / tick


def machine(browser: Browser) -> str:
    """What the figures were measured on."""
    names = "streamlit", "boto3", "xllamacpp"
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"Machine: {cores} cores ({_processor()}), load {os.getloadavg()[0]:.1f} at the start. "
        f"Python {platform.python_version()}, {versions}, Chromium {browser.version} headless."
    )


def end_in_order() -> None:
    """Let SIGTERM unwind the stack, so that what was started is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _processor() -> str:
    with contextlib.suppress(OSError):
        found = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        if found:
            return found[1]
    return platform.machine()


def _ps(pid: int, field: str) -> str:
    return subprocess.check_output(["ps", "-o", f"{field}=", "-p", str(pid)], text=True).strip()


def _wait_healthy(app: App, health: str, process: subprocess.Popen[bytes], log: IO[str]) -> None:
    while time.monotonic() < app.started + TIMEOUT_S:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{app.url}{health}", timeout=5):
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    log.seek(0)
    raise RuntimeError(f"The server did not start (exit code {process.poll()}):\n{log.read()[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(8)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
