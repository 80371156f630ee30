"""The app as a process of its own, as a host runs it: its address, its log, its signals."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.app_process import ROOT, free_port
from tests.support.environment import aws_settings, without_aws
from tests.support.scripted_endpoint import Endpoint

START_S = 60.0


@dataclass(frozen=True)
class Response:
    """A response of HTTP: header names are in lower case, and a header sent twice has both values."""

    status: int
    headers: dict[str, list[str]]
    body: str

    def json(self) -> Any:
        return json.loads(self.body)


def get(url: str, method: str = "GET", data: bytes | None = None, **headers: str) -> Response:
    """The response, of whatever status. An underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(url, data=data, headers=named, method=method)
    try:
        response = urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as error:
        response = error
    with response:
        names = {name.lower() for name in response.headers}
        headers_of = {name: list(map(str, response.headers.get_all(name, []))) for name in names}
        return Response(response.status or 0, headers_of, response.read().decode(errors="replace"))


@dataclass(frozen=True)
class Replica:
    """One process of the app. `log` holds what it wrote to its standard output and error."""

    port: int
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ready(self) -> Response:
        """What /readyz tells."""
        return get(f"{self.url}/readyz")

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)

    def figures(self, token: str = "test") -> dict[str, float]:
        """What /metrics tells, with the labels in the names."""
        reply = get(f"{self.url}/metrics", Authorization=f"Bearer {token}")
        assert reply.status == 200
        lines = [line.rpartition(" ") for line in reply.body.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, _, value in lines}

    def wait_ready(self, path: str = "/readyz?serve") -> None:
        """Wait until it serves."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            try:
                if get(self.url + path).status == 200:
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)  # the port is not open yet
        raise AssertionError(self.log.read_text(encoding="utf-8"))


@contextmanager
def replica(
    log: Path,
    endpoint: Endpoint | None = None,
    *,
    port: int | None = None,
    base: str = "",
    root: Path = ROOT,
    python: Path = Path(sys.executable),
    **env: str,
) -> Iterator[Replica]:
    """The app in the folder `root`, once it serves; it calls `endpoint`, or as `env` says. It is killed with
    the block."""
    port = port or free_port()
    options = ["--server.port", str(port), "--server.headless", "true", "--server.baseUrlPath", base]
    command = [str(python), "-m", "streamlit", "run", "streamlit_app.py", *options]
    around = {
        **without_aws(log.parent),
        "STREAMLIT_SERVER_ADDRESS": "localhost",
        **(aws_settings(endpoint.url) if endpoint else {}),
        **env,
    }
    with log.open("ab") as written:
        process = subprocess.Popen(command, cwd=root, env=around, stdout=written, stderr=subprocess.STDOUT)
    made = Replica(port, log, process)
    try:
        made.wait_ready()
        yield made
    finally:
        process.kill()
        process.wait(10)
