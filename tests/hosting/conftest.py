"""The doctor with nothing of this machine's AWS around it."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import pytest

from lib.hosting.doctor import main

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLEOFTESTS", "AWS_SECRET_ACCESS_KEY": "a-secret-of-tests"}
REGION = {"AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Run:
    """What one run of the doctor gave."""

    code: int
    out: str
    err: str

    @property
    def checks(self) -> dict[str, dict[str, str]]:
        return {check["name"]: check for check in json.loads(self.out)["checks"]}

    def with_status(self, status: str) -> list[str]:
        return [name for name, check in self.checks.items() if check["status"] == status]


Doctor = Callable[..., Run]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    """The environment without anything of AWS, Sirocco or a proxy."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith(("AWS_", "SIROCCO_", "BEDROCK_"))
        and not name.upper().endswith("_PROXY")
    }
    return {
        **kept,
        "HOME": str(tmp_path),
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


@pytest.fixture
def doctor(surroundings: dict[str, str]) -> Doctor:
    """`doctor("--json", AWS_DEFAULT_REGION=…)` runs the command's main function to its end."""

    def run(*options: str, **env: str) -> Run:
        out, err = io.StringIO(), io.StringIO()
        around = patch.dict(os.environ, {**surroundings, **env}, clear=True)
        with around, redirect_stdout(out), redirect_stderr(err):
            try:
                code = main(options)
            except SystemExit as end:  # argparse's
                code = int(end.code or 0)
            finally:
                logging.disable(logging.NOTSET)
        return _checked(Run(code, out.getvalue(), err.getvalue()))

    return run


@pytest.fixture
def doctor_process(surroundings: dict[str, str]) -> Doctor:
    """The same as a script runs it: a process of its own."""

    def run(*options: str, **env: str) -> Run:
        command = [sys.executable, "-m", "lib.hosting.doctor", *options]
        done = subprocess.run(
            command, cwd=ROOT, env={**surroundings, **env}, capture_output=True, text=True, timeout=60
        )
        return _checked(Run(done.returncode, done.stdout, done.stderr))

    return run


def _checked(run: Run) -> Run:
    for secret in KEYS.values():
        assert secret not in run.out + run.err
    assert "Traceback" not in run.err
    return run
