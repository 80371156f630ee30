"""What the doctor says about one part of a deployment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lib.bedrock.problem_host import Entry
from lib.bedrock.problems import Problem

Status = Literal["failed", "warning", "ok", "skipped"]
_ORDER: tuple[Status, ...] = ("failed", "warning", "ok", "skipped")


@dataclass(frozen=True)
class Check:
    """`says` what was found; `fix`, one sentence, what to do about it (empty where there is nothing to do).

    Neither ever holds a key, a token or an account number.
    """

    name: str
    status: Status
    says: str
    fix: str = ""


def failed(name: str, problem: Problem | Entry) -> Check:
    """The check that met this problem."""
    return Check(name, "failed", f"{problem.title}. {problem.cause}", problem.fix)


def skipped(name: str, why: str) -> Check:
    """A check that makes no sense here."""
    return Check(name, "skipped", why)


def worst_first(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Failed ones, warnings, what is well, what was skipped; each in the order of the checks."""
    return tuple(sorted(checks, key=lambda check: _ORDER.index(check.status)))


def summary(checks: Iterable[Check]) -> str:
    """One sentence for all of them."""
    counts = [check.status for check in checks]
    broken, doubtful = counts.count("failed"), counts.count("warning")
    if not broken and not doubtful:
        return "Everything that was checked works."
    parts = [f"{broken} failed"] if broken else []
    parts += [f"{doubtful} with a warning"] if doubtful else []
    return f"{' and '.join(parts)}, of {len(counts)} checks."
