"""A Redis of a test's own: a real redis-server on a free port, its data in a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")
MISSING = "Neither redis-server nor valkey-server is installed; `make redis` installs it on Debian."
needs_redis = pytest.mark.skipif(PROGRAM is None, reason=MISSING)
_READY_S = 20.0


class RedisServer:
    """`url` stays the same over stops and starts. Every write is on the disk before it is answered."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port: int = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        assert PROGRAM
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self._folder, "save": ""}
        options |= {"appendonly": "yes", "appendfsync": "always", "loglevel": "warning"}
        command = [PROGRAM, *(part for name, value in options.items() for part in (f"--{name}", str(value)))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _READY_S
        while not self._answers():
            assert self._process.poll() is None, "redis-server ended at once"
            assert time.monotonic() < deadline, "redis-server did not answer in time"
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def written(self) -> str:
        """All that is in its files."""
        files = [entry for entry in self._folder.rglob("*") if entry.is_file()]
        return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)

    def forget(self) -> None:
        """Delete what it has on the disk; call it while the server does not run."""
        for entry in self._folder.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

    def freeze(self) -> None:
        """It keeps its connections and takes new ones, and answers nothing."""
        assert self._process
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on, with all that was sent in the meantime."""
        assert self._process
        os.kill(self._process.pid, signal.SIGCONT)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as client:
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        return False


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[RedisServer]:
    """A Redis that runs until the block ends."""
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
