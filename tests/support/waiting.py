"""Wait for a condition instead of for a time."""

import threading
import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], within: float = 5.0) -> None:
    """Return as soon as `condition` holds; fail if it does not within so many seconds."""
    deadline = time.monotonic() + within
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        pause.wait(0.01)
