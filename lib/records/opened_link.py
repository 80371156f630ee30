"""A link or a file of somebody else that was opened, and how far it has played."""

import time
from dataclasses import dataclass, field

from lib.bedrock.reply import Reply
from lib.records.shared import Shared


@dataclass(eq=False)
class Opened:
    """`shared`, or the `sentence` that says why it cannot be opened. `since`: the start of the playback by
    time.monotonic; None before it and after it. `fresh`: by entry, what the same recipe gave here."""

    source: str
    shared: Shared | None
    sentence: str = ""
    since: float | None = None
    played: bool = False
    fresh: dict[int, Reply] = field(default_factory=dict)

    def start(self) -> float:
        """Start time of the playback, by time.monotonic; kept across reruns."""
        if self.since is None:
            self.since = time.monotonic()
        return self.since

    def end(self) -> None:
        """The whole of it is shown from now on."""
        self.played, self.since = True, None

    def again(self) -> None:
        """From the beginning."""
        self.played, self.since = False, None

    def stop(self) -> None:
        """End what runs here, keep its text."""
        for reply in self.fresh.values():
            reply.close()
