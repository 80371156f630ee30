"""What one run of the Doctor's command has given."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import KEYS, without_aws

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Run:
    """Exit code and output."""

    code: int
    out: str
    err: str

    @property
    def checks(self) -> dict[str, dict[str, str]]:
        return {check["name"]: check for check in json.loads(self.out)["checks"]}

    def with_status(self, status: str) -> list[str]:
        return [name for name, check in self.checks.items() if check["status"] == status]


Doctor = Callable[..., Run]
"""`doctor("--json", AWS_DEFAULT_REGION=…)`: options of the command, variables of its environment."""


def checked(run: Run) -> Run:
    """The same run; fails if it shows a secret or a traceback."""
    for secret in KEYS.values():
        assert secret not in run.out + run.err
    assert "Traceback" not in run.err
    return run


def run_doctor(home: Path, *options: str, **env: str) -> Run:
    """The command in a process of its own, as a script runs it, with no AWS around but what `env` says."""
    done = subprocess.run(
        [sys.executable, "-m", "lib.hosting.doctor", *options],
        cwd=ROOT,
        env={**without_aws(home), **env},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return checked(Run(done.returncode, done.stdout, done.stderr))
