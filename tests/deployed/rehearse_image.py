"""The steps of deploy/Dockerfile in order, in a clean Debian root instead of a container. By hand, as root:

    apt-get install debootstrap
    python -m tests.deployed.rehearse_image FOLDER [MODEL=no]

debootstrap and chroot take the place of the container engine: the base image is Debian with its own Python,
and COPY, ENV, ARG, RUN, USER and CMD do what they do in an engine. At the end the app runs as the image's
user on a read-only root, a visitor asks, and SIGTERM ends it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from lib.bedrock.local_endpoint import NOT_INSTALLED
from tests.support.app_process import ROOT
from tests.support.replica import get
from tests.support.visitor import Visitor

SUITE = "trixie"
PACKAGES = "python3,python3-pip,python3-venv,python-is-python3,ca-certificates"
PORT = 8501


@dataclass
class Stage:
    """One stage of the build: its root, its environment, its working directory and its user id."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0"

    def command(self, *words: str) -> list[str]:
        settings = [f"{name}={value}" for name, value in self.env.items()]
        inside = f"cd {shlex.quote(self.folder)} && exec {shlex.join(words)}"
        return [
            *("chroot", f"--userspec={self.user}:{self.user}", str(self.root), "env", "-i"),
            *("PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", *settings, "sh", "-c", inside),
        ]


def instructions(text: str) -> list[tuple[str, str]]:
    """The Dockerfile as pairs of instruction and arguments, without comments, with continued lines joined."""
    joined = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line.strip()]


def make_root(folder: Path) -> None:
    subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, folder], check=True)
    shutil.copy("/etc/ssl/certs/ca-certificates.crt", folder / "etc/ssl/certs/ca-certificates.crt")
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")


def build(base: Path, work: Path, arguments: dict[str, str]) -> tuple[Stage, list[str]]:
    """Build both stages. Returns the last one, and its CMD."""
    stages: list[Stage] = []
    command: list[str] = []
    defaults = {"PIP_BREAK_SYSTEM_PACKAGES": "1", "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}
    for word, rest in instructions((ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")):
        print(word, rest[:100], flush=True)
        if word == "FROM":
            root = work / f"stage-{len(stages)}"
            subprocess.run(["cp", "-a", base, root], check=True)
            stages.append(Stage(root, dict(defaults)))
        elif word == "ARG" and stages:  # what stands before the first FROM names the base
            name, _, default = rest.partition("=")
            stages[-1].env[name] = arguments.get(name, default)
        elif word == "ENV":
            for part in shlex.split(rest):
                name, _, value = part.partition("=")
                stages[-1].env[name] = value.replace("$PATH", "/usr/local/bin:/usr/bin:/bin")
        elif word == "WORKDIR":
            stages[-1].folder = rest
            (stages[-1].root / rest.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif word == "RUN":
            subprocess.run(stages[-1].command("sh", "-c", rest), check=True)
        elif word == "COPY":
            copy(rest, stages)
        elif word == "USER":
            stages[-1].user = rest
        elif word == "CMD":
            command = json.loads(rest)
    return stages[-1], command


def copy(rest: str, stages: list[Stage]) -> None:
    *sources, target = [part for part in rest.split() if not part.startswith("--")]
    here = stages[-1]
    inside = here.root / (target if target.startswith("/") else f"{here.folder}/{target}").lstrip("/")
    for source in sources:
        origin = stages[0].root / source.lstrip("/") if rest.startswith("--from=build") else ROOT / source
        if origin.is_dir():
            shutil.copytree(origin, inside, symlinks=True, dirs_exist_ok=True)
        else:
            shutil.copy(origin, inside)


def serve(stage: Stage, command: list[str], expected: Callable[[Visitor], bool]) -> None:
    """Run `command` on a read-only root, send a prompt, and end the process by SIGTERM."""
    for words in (
        ["mount", "--bind", stage.root, stage.root],
        ["mount", "-o", "remount,ro,bind", stage.root],
        ["mount", "-t", "tmpfs", "tmpfs", stage.root / "tmp"],
        ["mount", "-t", "proc", "proc", stage.root / "proc"],
    ):
        subprocess.run(words, check=True)
    stage.env |= {"SIROCCO_DAILY_USD": "none", "SIROCCO_LEDGER": "sqlite:/tmp/ledger.db"}
    process = subprocess.Popen(stage.command(*command))
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not ready():
            time.sleep(0.2)
        print("serves as uid", os.stat(f"/proc/{process.pid}").st_uid, get(f"{url()}/readyz").body)
        with Visitor(url()) as visitor:
            visitor.ask("Name three fruits.")
            visitor.wait_for(lambda: visitor.idle and expected(visitor), 60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(45) == 0
        print("The page said what it should, and SIGTERM ended the process with exit code 0.")
    finally:
        process.kill()
        for part in ("proc", "tmp", ""):
            subprocess.run(["umount", "--lazy", stage.root / part], check=False)


def has_answered(visitor: Visitor) -> bool:
    """Whether an answer is drawn, which stands in columns inside its message."""
    drawn = visitor.drawn.items()
    return any(text for place, text in drawn if place[:3] == (0, 4, 1) and "error" not in text)


def says_that_no_model_is_there(visitor: Visitor) -> bool:
    return any(NOT_INSTALLED in text for text in visitor.drawn.values())


def url() -> str:
    return f"http://127.0.0.1:{PORT}"


def ready() -> bool:
    try:
        return get(f"{url()}/readyz?serve").status == 200
    except OSError:
        return False


def main() -> None:
    work = Path(sys.argv[1]).resolve()
    arguments = dict(argument.split("=", 1) for argument in sys.argv[2:])
    base = work / "base"
    if not base.exists():
        make_root(base)
    without = arguments.get("MODEL") == "no"
    serve(*build(base, work, arguments), says_that_no_model_is_there if without else has_answered)


if __name__ == "__main__":
    main()
