"""The app as a process of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.support.environment import without_aws

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def app_on(
    port: int, settings: Mapping[str, str], script: str = "streamlit_app.py"
) -> Iterator[subprocess.Popen[str]]:
    """The app on this port once it answers, with these settings and no AWS around; it ends with the block."""
    options = ["--server.port", str(port), "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", script, *options]
    with tempfile.TemporaryDirectory() as home:
        env = {**without_aws(Path(home)), "STREAMLIT_SERVER_ADDRESS": "localhost", **settings}
        child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        try:
            assert child.stdout
            assert any("URL:" in line for line in child.stdout)
            yield child
        finally:
            child.send_signal(signal.SIGINT)
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()


@contextmanager
def app_process(**settings: str) -> Iterator[str]:
    """The URL of an app on a free port."""
    port = free_port()
    with app_on(port, settings):
        yield f"http://localhost:{port}"
