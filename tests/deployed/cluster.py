"""Two replicas of the app behind a real proxy with TLS, as the files in deploy/ set them up."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.support.app_process import ROOT, free_port
from tests.support.chromium_pages import wait_until
from tests.support.environment import without_aws
from tests.support.replica import Replica, replica
from tests.support.scripted_endpoint import Endpoint
from tests.support.visitor import Visitor

DEPLOY = ROOT / "deploy"
Proxy = Literal["nginx", "caddy"]
NAME = "localhost"
COOKIE_SECRET = "the same on all replicas"


@dataclass
class Certificate:
    """A self-signed certificate for NAME."""

    file: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.file))


def make_certificate(folder: Path) -> Certificate:
    made = Certificate(folder / "fullchain.pem", folder / "privkey.pem")
    names = f"subjectAltName=DNS:{NAME}"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    command += ["-keyout", str(made.key), "-out", str(made.file), "-addext", names]
    subprocess.run(command, check=True, capture_output=True)
    return made


@dataclass
class Cluster:
    """`url` is what visitors open. `folder` holds everything that proxy and replicas write."""

    proxy: Proxy
    url: str
    folder: Path
    certificate: Certificate
    ports: tuple[int, int]
    settings: Mapping[str, str]
    endpoint: Endpoint
    base: str = ""
    replicas: dict[int, Replica] = field(default_factory=dict)
    _stacks: dict[int, ExitStack] = field(default_factory=dict)

    def start(self, port: int) -> Replica:
        """Start the replica on this port, and wait until it serves."""
        stack = ExitStack()
        log = self.folder / f"app-{port}.log"
        made = replica(log, self.endpoint, port=port, base=self.base, **self.settings)
        self.replicas[port], self._stacks[port] = stack.enter_context(made), stack
        return self.replicas[port]

    def start_all(self) -> None:
        starts = [threading.Thread(target=self.start, args=(port,)) for port in self.ports]
        for start in starts:
            start.start()
        for start in starts:
            start.join()
        assert set(self.replicas) == set(self.ports)

    def stop_all(self) -> None:
        for stack in self._stacks.values():
            stack.close()

    def kill(self, port: int) -> None:
        self.replicas[port].kill()

    def visitor(self) -> Visitor:
        """A visitor without a browser."""
        return Visitor(self.url, context=self.certificate.context())

    def doctor(self) -> subprocess.CompletedProcess[str]:
        """`doctor --from` this address."""
        command = [sys.executable, "-m", "lib.hosting.doctor", "--from", self.url]
        trusting = {**without_aws(self.folder), "SSL_CERT_FILE": str(self.certificate.file)}
        return subprocess.run(
            command, cwd=ROOT, env=trusting, capture_output=True, text=True, timeout=60, check=False
        )

    def serving(self, port: int) -> int:
        """How many websockets this replica has open."""
        metrics = self.replicas[port].figures()
        return int(metrics["sirocco_sessions"])

    def written(self) -> str:
        """All that proxy and replicas have written."""
        files = [file for file in self.folder.rglob("*") if file.is_file() and file.suffix != ".pem"]
        return "\n".join(file.read_text(encoding="utf-8", errors="replace") for file in files)


@dataclass(frozen=True)
class Bedrock(Endpoint):
    """The scripted endpoint, whose log has the calls that were made and those that were cut."""

    def ends(self) -> list[dict[str, Any]]:
        """One entry for each call that has ended; its `event` is "end" for those that were not cut."""
        return [event for event in self.log() if event["event"] in ("end", "gone", "error")]


@contextmanager
def cluster(
    proxy: Proxy,
    folder: Path,
    endpoint: Endpoint,
    *,
    base: str = "",
    spoil: Mapping[str, str] | None = None,
    **settings: str,
) -> Iterator[Cluster]:
    """The whole deployment. `spoil`: changes to the proxy's file, old text -> new text."""
    folder.mkdir(parents=True, exist_ok=True)
    certificate = make_certificate(folder)
    port, ports = free_port(), (free_port(), free_port())
    settings = {
        "SIROCCO_HOSTS": NAME,
        "SIROCCO_DAILY_USD": "none",
        "SIROCCO_METRICS_TOKEN": "test",
        "STREAMLIT_SERVER_COOKIE_SECRET": COOKIE_SECRET,
        **settings,
    }
    suffix = f"/{base}" if base else ""
    made = Cluster(
        proxy, f"https://{NAME}:{port}{suffix}", folder, certificate, ports, settings, endpoint, base
    )
    begin = _nginx if proxy == "nginx" else _caddy
    try:
        made.start_all()
        with begin(made, port, spoil or {}):
            yield made
    finally:
        made.stop_all()


def _replaced(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


@contextmanager
def _nginx(made: Cluster, port: int, spoil: Mapping[str, str]) -> Iterator[None]:
    """nginx with deploy/nginx.conf, in which only name, ports and paths are replaced."""
    logs = made.folder / "nginx"
    logs.mkdir()
    site = _replaced(
        (DEPLOY / "nginx.conf").read_text(encoding="utf-8"),
        {
            **spoil,
            "listen 80;": f"listen 127.0.0.1:{free_port()};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{port} ssl http2;",
            "server_name sirocco.example.com;": f"server_name {NAME};",
            "/etc/ssl/sirocco": str(made.folder),
            "/var/log/nginx": str(logs),
            "127.0.0.1:8501": f"127.0.0.1:{made.ports[0]}",
            "127.0.0.1:8502": f"127.0.0.1:{made.ports[1]}",
        },
    )
    alone = f"user root; daemon off; pid {logs}/pid; error_log {logs}/error.log; events {{}}"
    whole = f"{alone} http {{ {_temporary(logs)}\n"
    configuration = made.folder / "nginx.conf"
    configuration.write_text(f"{whole}{site}\n}}\n", encoding="utf-8")
    command = ["nginx", "-c", str(configuration), "-p", str(logs)]
    with _running(command, made.folder / "nginx.out", {}, port):
        yield


def _temporary(folder: Path) -> str:
    """nginx's settings for the folders of bodies that it passes on."""
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


@contextmanager
def _caddy(made: Cluster, port: int, spoil: Mapping[str, str]) -> Iterator[None]:
    """Caddy with deploy/Caddyfile and a certificate of the test."""
    changes = {
        **spoil,
        "admin off": f"admin off\n\tauto_https disable_redirects\n\thttp_port {free_port()}",
        "{$SITE} {\n": f"{{$SITE}} {{\n\ttls {made.certificate.file} {made.certificate.key}\n",
    }
    configuration = made.folder / "Caddyfile"
    configuration.write_text(_replaced((DEPLOY / "Caddyfile").read_text(encoding="utf-8"), changes))
    says = {
        "SITE": f"https://{NAME}:{port}",
        "REPLICAS": " ".join(f"127.0.0.1:{one}" for one in made.ports),
        "COOKIE_SECRET": "secret",
        "HOME": str(made.folder),
    }
    command = ["caddy", "run", "--config", str(configuration), "--adapter", "caddyfile"]
    with _running(command, made.folder / "caddy.out", says, port):
        yield


@contextmanager
def _running(command: list[str], out: Path, env: Mapping[str, str], port: int) -> Iterator[None]:
    program = shutil.which(command[0]) or f"/usr/sbin/{command[0]}"
    with out.open("ab") as written:
        process = subprocess.Popen(
            [program, *command[1:]], env={**os.environ, **env}, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: _listens(port, process, out), 15)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int, process: subprocess.Popen[bytes], out: Path) -> bool:
    assert process.poll() is None, out.read_text(encoding="utf-8")
    try:
        with socket.create_connection((NAME, port), timeout=1):
            return True
    except OSError:
        return False
