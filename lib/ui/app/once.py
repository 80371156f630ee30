"""A value that a process has once.

It is not kept in st.cache_resource, because any visitor can send Streamlit 1.67.0 a message that clears that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Once(Generic[Value]):
    """Call it for the value. The first call makes it, and other threads wait; an error is not kept."""

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: list[Value] = []

    def __call__(self) -> Value:
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._make())
        return self._made[0]

    def clear(self) -> None:
        """The next call makes the value anew. For tests."""
        self._made.clear()
