"""A shared link or file that was opened, and the state of its playback."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.bedrock.reply import Reply
from lib.records.kept_chats import KeptChat
from lib.records.shared import Shared

GALLERY = "gallery/"
"""How the `source` of a recording that comes with the app begins."""


@dataclass(eq=False)
class Opened:
    """`shared`, or the `sentence` that says why it cannot be opened. `source`: the link, or the id of a file.
    `since`: the start of the playback by time.monotonic; None before it and after it. `fresh`: by entry, the
    reply to the same recipe made here. `picked`: the entry that was picked in a blind taste. `chats`: those
    of a file that has nothing else. `kept`: what the browser keeps of a file or recording, so that a reload
    can open it again; empty: nothing."""

    source: str
    shared: Shared | None
    sentence: str = ""
    is_link: bool = False
    since: float | None = None
    played: bool = False
    fresh: dict[int, Reply] = field(default_factory=dict)
    picked: int | None = None
    chats: tuple[KeptChat, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)

    @property
    def of_gallery(self) -> bool:
        """Whether it is a recording that comes with the app."""
        return self.source.startswith(GALLERY)

    @property
    def hidden(self) -> bool:
        """True while the settings of a blind taste are not to be seen."""
        return self.picked is None and self.shared is not None and self.shared.question is not None

    @property
    def lost_by_reload(self) -> bool:
        """Whether it is a file that is too large to be kept by the browser."""
        return not self.is_link and not self.kept and bool(self.shared or self.chats)

    def start(self) -> float:
        """Start time of the playback, by time.monotonic; kept across reruns."""
        if self.since is None:
            self.since = time.monotonic()
        return self.since

    def end(self) -> None:
        """Show everything from now on."""
        self.played, self.since = True, None

    def again(self) -> None:
        """Play it again from the beginning."""
        self.played, self.since = False, None

    def stop(self) -> None:
        """End the replies made here that still arrive, and keep their texts."""
        for reply in self.fresh.values():
            reply.close()
