"""Pages side by side in one run: ours, the plain way, and Gradio where it is installed.

They take turns, and each round begins with another page, so that a machine that slows down affects all alike.
The figures are medians over the rounds: of each page, and of the difference or ratio within a round.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from benchmarks import rig

Result = TypeVar("Result")
OURS, PLAIN, GRADIO = "ours", "plain", "Gradio"


@dataclass(frozen=True)
class Goal:
    """At most so much more than plain (`above`), so many times plain (`times`), or so much (`most`)."""

    kind: Literal["above", "times", "most"]
    value: float

    def verdict(self, ours: Sequence[float], plain: Sequence[float]) -> str:
        """The median that is compared with the goal, and whether it meets it, in words."""
        pairs = list(zip(ours, plain, strict=True))
        if self.kind == "above":
            is_, wanted = statistics.median(a - b for a, b in pairs), f"{self.value:+g} or less"
        elif self.kind == "times":
            is_, wanted = statistics.median(a / b for a, b in pairs), f"x{self.value:.2f} or less"
        else:
            is_, wanted = statistics.median(ours), f"{self.value:g} or less"
        told = {"above": f"{is_:+9.1f}", "times": f"x{is_:8.3f}", "most": f"{is_:9.1f}"}[self.kind]
        return f"{told}   goal {wanted}: {'met' if is_ <= self.value else 'MISSED'}"


@contextlib.contextmanager
def sides(settings: Mapping[str, str], gradio: Path | None) -> Iterator[dict[str, rig.App]]:
    """The servers by name, in the order of the columns; `gradio` is the folder with Gradio."""
    with contextlib.ExitStack() as stack:
        found = {
            OURS: stack.enter_context(rig.serving("streamlit_app.py", settings)),
            PLAIN: stack.enter_context(rig.serving("benchmarks/naive_app.py", settings)),
        }
        if gradio and gradio.exists():
            found[GRADIO] = stack.enter_context(rig.serving_gradio(gradio, settings))
        yield found


def rounds(names: Sequence[str], times: int, act: Callable[[str], Result]) -> dict[str, list[Result]]:
    """`act` for each name in each round, with what other programs took meanwhile printed."""
    found: dict[str, list[Result]] = {name: [] for name in names}
    began, others = time.monotonic(), rig.others_s()
    for number in range(times):
        first = number % len(names)
        for name in (*names[first:], *names[:first]):
            found[name].append(act(name))
    took = time.monotonic() - began
    load = (rig.others_s() - others) / took
    print(f"  {times} rounds; meanwhile other programs took {load:.2f} of {os.cpu_count()} cores")
    return found


def show(
    found: Mapping[str, list[Result]], *rows: tuple[str, Callable[[Result], float], Goal | None]
) -> None:
    """The medians of each figure, and whether its goal is met."""
    print(" " * 32 + "".join(f"{name:>11}" for name in found))
    for name, of, goal in rows:
        medians = "".join(f"{statistics.median(map(of, results)):11.1f}" for results in found.values())
        verdict = goal.verdict([*map(of, found[OURS])], [*map(of, found[PLAIN])]) if goal else ""
        print(f"  {name:30}{medians}   {verdict}".rstrip())
