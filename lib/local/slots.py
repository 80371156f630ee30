"""Limits the answers that run at the same time, with a short queue and a limit on the wait in it."""

from __future__ import annotations

import asyncio

from lib.local.engine import WireError


def too_many() -> WireError:
    """The error for a caller if too many requests run or wait."""
    return WireError(429, "ThrottlingException", "Too many requests, please wait before trying again.")


class Slots:
    """`count` answers run, `waiting` more may wait, each for at most `longest_wait_s` seconds.

    Cancelling `take`, as when a caller leaves, frees the place in the queue at once.
    """

    def __init__(self, count: int, waiting: int, longest_wait_s: float) -> None:
        self._free = asyncio.Semaphore(count)
        self._most_waiting = waiting
        self._longest_wait_s = longest_wait_s
        self.waiting = 0

    async def take(self) -> None:
        """Wait for a free slot. Raises WireError 429 if the queue is full or the wait is too long."""
        if self.waiting >= self._most_waiting:
            raise too_many()
        self.waiting += 1
        try:
            async with asyncio.timeout(self._longest_wait_s):
                await self._free.acquire()
        except TimeoutError:
            raise too_many() from None
        finally:
            self.waiting -= 1

    def release(self) -> None:
        """Give a slot back."""
        self._free.release()
