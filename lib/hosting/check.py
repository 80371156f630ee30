"""The result of one check of a deployment."""

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lib.bedrock.problems import Entry, Problem

Status = Literal["failed", "warning", "ok", "skipped"]
_ORDER: tuple[Status, ...] = ("failed", "warning", "ok", "skipped")


@dataclass(frozen=True)
class Check:
    """`says` is what was found. `fix` is one sentence that says what to do, empty if there is nothing to do.

    Neither ever contains a key, a token or an account number.
    """

    name: str
    status: Status
    says: str
    fix: str = ""


def failed(name: str, problem: Problem | Entry) -> Check:
    """A failed check that reports this problem."""
    return Check(name, "failed", f"{problem.title}. {problem.cause}", problem.fix)


def skipped(name: str, why: str) -> Check:
    """A check that was not made, with the reason."""
    return Check(name, "skipped", why)


def reinstall() -> str:
    """The fix for packages of other versions, with the command that fits the environment.

    An environment that uv made has no pip, and `uv = ...` in its pyvenv.cfg.
    """
    settings = Path(sys.prefix, "pyvenv.cfg")
    made_by_uv = settings.exists() and re.search(r"^uv\s*=", settings.read_text(), re.MULTILINE)
    return f"Run: {'uv pip' if made_by_uv else 'pip'} install -r requirements.txt"


def worst_first(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Sorted by status: failed, warning, ok, skipped. Checks of equal status keep their order."""
    return tuple(sorted(checks, key=lambda check: _ORDER.index(check.status)))


def summary(checks: Iterable[Check]) -> str:
    """One sentence about all checks."""
    counts = [check.status for check in checks]
    broken, doubtful = counts.count("failed"), counts.count("warning")
    if not broken and not doubtful:
        return "Everything that was checked works."
    parts = [f"{broken} failed"] if broken else []
    parts += [f"{doubtful} with a warning"] if doubtful else []
    return f"{' and '.join(parts)}, of {len(counts)} checks."
