"""Reads request bodies with a limit on the memory that they take.

A body that is longer than any prompt of the model is counted and not kept, and a body that is longer than
Bedrock itself takes is not read to its end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import Request

from lib.local.engine import WireError
from lib.local.slots import too_many

MOST_READ = 25_000_000
"""Bytes. The length limit of `body` in botocore 1.44.5's model of bedrock-runtime."""
SMALL = 65_536
"""Bytes. A body of up to this size is always read; longer ones share BUDGET, which leaves memory for it."""
BUDGET = 64_000_000
"""Bytes of long bodies that are held in memory at the same time."""
LONGEST_S = 60.0
"""Seconds within which a body must have arrived."""


class Bodies:
    """Reads bodies of up to `most` bytes; all long ones together hold at most BUDGET bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held = 0

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """The body, which counts as held until the block ends.

        Raises WireError, and starlette's ClientDisconnect for a caller who left before the end of the body.
        """
        held = 0
        body = bytearray()
        if int(request.headers.get("content-length", 0)) > MOST_READ:
            raise _too_large()
        try:
            async with asyncio.timeout(LONGEST_S):
                size = 0
                async for part in request.stream():
                    size += len(part)
                    if size > MOST_READ:
                        raise _too_large()
                    if size > self._most:
                        self._held, held = self._held - held, 0
                        body = bytearray()
                        continue
                    body += part
                    if size > SMALL:
                        if self._held + size - held > BUDGET:
                            raise too_many()
                        self._held, held = self._held + size - held, size
            if size > self._most:
                raise _too_long(size)
            yield bytes(body)
        except TimeoutError:
            raise _too_slow() from None
        finally:
            self._held -= held


def _too_large() -> WireError:
    sentence = f"The body of a request may have at most {MOST_READ} bytes."
    return WireError(413, "RequestEntityTooLargeException", sentence)


def _too_slow() -> WireError:
    sentence = f"The body of the request did not arrive within {LONGEST_S:g} seconds."
    return WireError(408, "RequestTimeoutException", sentence)


def _too_long(size: int) -> WireError:
    return WireError(
        400,
        "ValidationException",
        f"Input is too long for requested model. The body has {size} bytes, more than any prompt that fits "
        "into the context of this local model, which takes text only.",
    )
