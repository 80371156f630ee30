"""The chats that a browser keeps: the list that it sends to the server, and the file of all of them.

    {"sirocco_chats": 1, "chats": [{"id": ..., "day": "2026-11-22", "prompt": ..., "model": ...,
                                    "records": {"<variant>": "<JSON text>", ...}}]}

lib/ui/browser/chats.js makes both. `records` are spelled as in lib/records/chat_records.py. Visitors can
change what a browser sends, and a file may be a stranger's, so every part is checked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from lib.mistral.catalog import UnknownModel, find
from lib.records.chat_records import CHARACTERS, RECORDS, is_id
from lib.records.json_reader import Refusal, a_list, an_object, check_names, parse
from lib.records.shared import LinkError

Place = Literal["", "here", "elsewhere"]
"""Which tab shows a chat: none, the one that lists it, or another one."""
MOST_CHATS = 100
VERSION = 1
_START = re.compile(rb'\A(?:\xef\xbb\xbf)?\s*\{\s*"sirocco_chats"')
_LONGEST_PROMPT = 200


@dataclass(frozen=True)
class KeptChat:
    """A chat in the list. `prompt`: the beginning of its first prompt. `model`: the name of the one that
    answered it. `day`: of its last change. `records`: the texts of its variants, in a file only."""

    id: str
    day: date | None
    prompt: str
    model: str
    open: Place = ""
    records: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The first prompt on one line."""
        return " ".join(self.prompt.split()) or "A chat without a prompt"

    @property
    def about(self) -> str:
        """The day and the model, as far as they are known."""
        day = f"{self.day.day} {self.day:%B %Y}" if self.day else ""
        return " · ".join(filter(None, [day, self.model]))


def told(chats: object) -> list[KeptChat]:
    """The list that the browser has sent, without what cannot be read. Never raises."""
    found = []
    for fields in chats[:MOST_CHATS] if isinstance(chats, list) else ():
        try:
            found.append(_heading(an_object(fields)))
        except Refusal:
            continue
    return found


def is_file(data: bytes) -> bool:
    """True if `data` begins as a file of chats does."""
    return _START.match(data[:200]) is not None


def from_file(data: bytes) -> tuple[KeptChat, ...]:
    """The chats in a file, in its order. Raises LinkError."""
    try:
        document = parse(data, most=4 * CHARACTERS)
        check_names(document, ("sirocco_chats", "chats"))
        if document.get("sirocco_chats") != VERSION:
            raise Refusal("was made by a newer version of Sirocco.")
        found = tuple(_with_records(an_object(fields)) for fields in a_list(document, "chats")[:MOST_CHATS])
    except Refusal as refusal:
        raise LinkError(f"This file {refusal}") from None
    if not found:
        raise LinkError("This file holds no chat.")
    return found


def _with_records(fields: dict[str, Any]) -> KeptChat:
    heading = _heading(fields)
    records = an_object(fields.get("records"))
    if len(records) > 3 * RECORDS or not all(isinstance(text, str) for text in records.values()):
        raise Refusal("holds more than Sirocco opens.")
    return replace(heading, open="", records=records)


def _heading(fields: dict[str, Any]) -> KeptChat:
    """What the list shows of a chat. Raises Refusal."""
    where = fields.get("open", "")
    if not is_id(fields.get("id")) or where not in ("", "here", "elsewhere"):
        raise Refusal("holds something that is no chat.")
    prompt = str(fields.get("prompt") or "")[:_LONGEST_PROMPT]
    prompt = prompt.encode(errors="replace").decode()  # half surrogate pairs, which UTF-8 cannot hold
    return KeptChat(fields["id"], _day(fields.get("day")), prompt, _model(fields.get("model")), where)


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def _model(value: object) -> str:
    try:
        return find(str(value)).name
    except UnknownModel:
        return ""
