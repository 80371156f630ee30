"""Wait for a condition instead of for a time."""

import threading
import time
from collections.abc import Callable

ROUND_S = 0.03
"""What one look at the condition and the pause after it take at most on a machine that is not busy."""


def eventually(condition: Callable[[], object], within: float = 5.0) -> None:
    """Return as soon as `condition` holds; fail if it does not within so many seconds.

    A look that takes longer than ROUND_S counts as ROUND_S, because the time beyond it is what a busy machine
    takes from everybody.
    """
    pause = threading.Event()
    waited, looked = 0.0, time.monotonic()
    while not condition():
        assert waited < within, "the condition did not come true in time"
        pause.wait(0.01)
        now = time.monotonic()
        waited, looked = waited + min(now - looked, ROUND_S), now
