"""What one run of the Doctor's command has given."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.environment import KEYS

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
