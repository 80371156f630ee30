"""A network between the browser and the app that can fail: a TCP proxy on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class FlakyLink:
    """Forwards to `port` until it is `cut`: then open connections are torn and new ones refused.

    Whatever passes is `delay_s` late on its way there.
    """

    def __init__(self, port: int, delay_s: float = 0.0) -> None:
        self._target, self._delay_s = port, delay_s
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._up = True
        self.port = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[FlakyLink]:
        """The proxy listens on `self.port` within the block."""
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        listening = asyncio.start_server(self._serve, "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(listening, self._loop).result()
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            self.cut()
            self._loop.call_soon_threadsafe(server.close)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()

    def cut(self) -> None:
        """From now on nothing passes."""
        self._up = False
        self._loop.call_soon_threadsafe(self._tear)

    def mend(self) -> None:
        """New connections pass again."""
        self._up = True

    def _tear(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._up:
            writer.transport.abort()
            return
        onward_reader, onward = await asyncio.open_connection("127.0.0.1", self._target)
        pair = {writer, onward}
        self._writers |= pair
        try:
            await asyncio.gather(_copy(reader, onward, self._delay_s), _copy(onward_reader, writer))
        finally:
            self._writers -= pair


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float = 0.0) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            if delay_s:
                await asyncio.sleep(delay_s)
            writer.write(data)
            await writer.drain()
    writer.close()
