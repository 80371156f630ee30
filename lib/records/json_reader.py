"""Open what a stranger sent: bytes to one JSON object, without ever holding much more than came in.

Every limit is checked before the work it limits: the packed size before unpacking, the unpacked size while
unpacking, quotes, brackets and separators before parsing.
"""

from __future__ import annotations

import json
import zlib
from typing import Any, NoReturn

UNPACKED_LIMIT = 2_000_000  # bytes of JSON, in a link or in a file
DEPTH = 8
_MOST = {b'"': 100_000, b"[": 10_000, b"{": 10_000, b":": 50_000, b",": 500_000}
_STRUCTURE = bytes(set(range(256)) - set(b"[]{}:,"))


class Refusal(Exception):  # noqa: N818  (never leaves this room)
    """Why something cannot be opened: the end of a sentence that begins with "This link" or "This file"."""


def unpack(packed: bytes) -> bytes:
    """The zlib stream in `packed`, all of it and nothing else. Raises Refusal."""
    stream = zlib.decompressobj()
    try:
        data = stream.decompress(packed, UNPACKED_LIMIT + 1)
    except zlib.error:
        raise Refusal("is damaged: it was changed on its way here.") from None
    if len(data) > UNPACKED_LIMIT:
        raise Refusal("holds more than Sirocco opens.")
    if not stream.eof:
        raise Refusal("is not complete: its end is missing.")
    if stream.unused_data:
        raise Refusal("is damaged: something was added to its end.")
    return data


def parse(data: bytes) -> dict[str, Any]:
    """The one JSON object in `data`, in UTF-8. Raises Refusal."""
    if len(data) > UNPACKED_LIMIT:
        raise Refusal("holds more than Sirocco opens.")
    _check_structure(data)
    try:
        fields = json.loads(data.decode("utf-8-sig"), parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        raise Refusal("does not hold a Sirocco recipe.") from None
    if not isinstance(fields, dict):
        raise Refusal("does not hold a Sirocco recipe.")
    return fields


def _check_structure(data: bytes) -> None:
    # Without escapes every quote opens or closes a string. Text that this misreads is no JSON anyway.
    plain = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > _MOST[b'"']:
        raise Refusal("holds more parts than Sirocco opens.")
    structure = b"".join(plain.split(b'"')[::2]).translate(None, _STRUCTURE)
    if any(structure.count(mark) > most for mark, most in _MOST.items()):
        raise Refusal("holds more parts than Sirocco opens.")
    depth = 0
    for mark in structure.translate(None, b":,"):
        depth += 1 if mark in b"[{" else -1
        if depth > DEPTH:
            raise Refusal("is nested more deeply than any recipe.")


def _not_a_number(_: str) -> NoReturn:
    raise ValueError
