"""The doctor as a script runs it: a process of its own, with nothing of this machine's AWS around it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

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
def doctor(tmp_path: Path) -> Doctor:
    """`doctor("--json", AWS_DEFAULT_REGION=…)` runs it to its end."""

    def run(*options: str, **env: str) -> Run:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.upper().startswith(("AWS_", "SIROCCO_", "BEDROCK_"))
            and not name.upper().endswith("_PROXY")
        }
        quiet = {
            "HOME": str(tmp_path),
            "AWS_CONFIG_FILE": str(tmp_path / "config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        command = [sys.executable, "-m", "lib.hosting.doctor", *options]
        done = subprocess.run(
            command, cwd=ROOT, env={**kept, **quiet, **env}, capture_output=True, text=True, timeout=60
        )
        for secret in KEYS.values():
            assert secret not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return Run(done.returncode, done.stdout, done.stderr)

    return run
