"""The one reader of untrusted JSON: bytes to one object, without ever holding much more than came in.

Every limit is checked before the work it limits: the packed size before unpacking, the unpacked size while
unpacking, quotes, brackets and separators before parsing.
"""

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

UNPACKED_LIMIT = 2_000_000  # bytes of JSON, in a link or in a file
DEPTH = 8  # of objects and lists inside one another
# How often each mark may occur in the JSON of a document.
_MOST = {b'"': 100_000, b"[": 10_000, b"{": 10_000, b":": 50_000, b",": 500_000}
_STRUCTURE = bytes(set(range(256)) - set(b"[]{}:,"))
ODD = "holds something that is not part of a Sirocco recipe."


class Refusal(ValueError):  # noqa: N818  (lib/records turns it into a LinkError)
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


def parse(data: bytes, most: int = UNPACKED_LIMIT) -> dict[str, Any]:
    """The one JSON object in `data`, at most `most` bytes of UTF-8. Raises Refusal."""
    if len(data) > most:
        raise Refusal("holds more than Sirocco opens.")
    _check_structure(data)
    try:
        fields = json.loads(data.decode("utf-8-sig"), parse_constant=_not_a_number)
    except (ValueError, RecursionError):
        raise Refusal("does not hold a Sirocco recipe.") from None
    if not isinstance(fields, dict):
        raise Refusal("does not hold a Sirocco recipe.")
    return fields


def an_object(value: object) -> dict[str, Any]:
    """`value`, a JSON object. Raises Refusal, as do all that follow."""
    if not isinstance(value, dict):
        raise Refusal(ODD)
    return value


def a_list(fields: Mapping[str, Any], name: str) -> list[Any]:
    """A list; empty where there is none."""
    value = fields.get(name, [])
    if not isinstance(value, list):
        raise Refusal(ODD)
    return value


def a_text(fields: Mapping[str, Any], name: str) -> str:
    """A text that can be sent out as UTF-8; empty where there is none."""
    value = fields.get(name, "")
    try:
        if isinstance(value, str) and value.encode() is not None:
            return value
    except UnicodeEncodeError:  # half a surrogate pair
        pass
    raise Refusal(ODD)


def a_count(fields: Mapping[str, Any], name: str, most: int) -> int:
    """A whole number from 0 to `most`."""
    value = fields.get(name)
    if type(value) is not int or not 0 <= value <= most:
        raise Refusal(ODD)
    return value


def check_names(fields: Mapping[str, Any], known: Sequence[str]) -> None:
    """Every name has to be one of `known`."""
    if not set(fields) <= set(known):
        raise Refusal(ODD)


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
