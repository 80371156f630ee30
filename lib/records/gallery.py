"""The recorded answers that come with the app: a folder of `.recipe.json` files."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from lib.bedrock.wording import clipped, count
from lib.records.links import FILE_SUFFIX, from_file
from lib.records.shared import LinkError, Shared

_log = logging.getLogger("sirocco")
TEMPERATURE = "temperature"
"""The name of the recording that shows what temperature does: one prompt, three times at 0 and three at 1."""
_TITLE = 48
"""Characters of the prompt that make the title."""


@dataclass(frozen=True)
class Recording:
    """A recorded answer, conversation or comparison. `name`: of its file, without the suffix."""

    name: str
    shared: Shared

    @property
    def title(self) -> str:
        """The first words of the prompt, the model, and what kind of recording it is."""
        first = self.shared.entries[0].recipe
        many = len(self.shared.entries)
        kind = {
            "answer": "one answer",
            "conversation": count(many, "turn"),
            "comparison": f"comparison of {many}",
        }[self.shared.kind]
        return f"{clipped(first.prompt, _TITLE)} · {first.model.name} · {kind}"


def recordings(folder: Path) -> tuple[Recording, ...]:
    """Those in the folder, by name. What cannot be read is left out, with a line in the log."""
    found = []
    for file in sorted(folder.glob(f"*{FILE_SUFFIX}")):
        try:
            found.append(Recording(file.name.removesuffix(FILE_SUFFIX), from_file(file.read_bytes())))
        except OSError as error:
            _log.warning("The recording %s cannot be read: %s", file.name, error.strerror)
        except LinkError as error:
            _log.warning("The recording %s cannot be opened. %s", file.name, error.sentence)
    return tuple(found)
