"""Links and files: `Shared` as text that fits into a URL, or as a `.recipe.json` file to read and keep.

A link is the JSON of `document`, compressed with zlib, in base64url without padding. Compression is the
standard library's: its checksum finds damaged links, and its output can be bounded while it unpacks.
"""

import base64
import binascii
import json
import re
import zlib

from lib.records.document import MOST_ENTRIES, MOST_TO_CHECK, from_document, to_document, weight
from lib.records.json_reader import UNPACKED_LIMIT, Refusal, parse, unpack
from lib.records.shared import LinkError, Shared, TooLong

PAGE, PARAMETER = "shared", "r"
"""The page that opens links, and the part of its address that holds one."""
LIMIT = 6_000  # characters of a link; what is longer becomes a file
FILE_LIMIT = UNPACKED_LIMIT  # bytes of a file
FILE_SUFFIX = ".recipe.json"
_ALPHABET = re.compile(r"[A-Za-z0-9_-]+")
_NUMBERS = re.compile(r"\[\n +(\d+(?:,\n +\d+)*)\n +\]")


def to_link(shared: Shared) -> str:
    """The value to put into the URL. Raises TooLong beyond LIMIT characters."""
    text = pack(shared)
    if len(text) > LIMIT:
        sentence = f"This would make a link of {len(text):,} characters; {LIMIT:,} fit. A file takes it all."
        raise TooLong(sentence, len(text), LIMIT)
    return text


def from_link(text: str) -> Shared:
    """What `to_link` was given. Raises LinkError, whatever the text is."""
    return _opened("link", text, LIMIT)


def to_file(shared: Shared) -> bytes:
    """The same JSON, indented, to be saved with FILE_SUFFIX. Raises TooLong beyond FILE_LIMIT bytes."""
    _check_count(shared)
    text = json.dumps(to_document(shared), ensure_ascii=False, indent=2)
    # Each list of numbers is put on one line. A JSON string has no line breaks, so no text can match.
    text = _NUMBERS.sub(lambda match: f"[{' '.join(match[1].split())}]", text)
    data = f"{text}\n".encode()
    if len(data) > FILE_LIMIT:
        _refuse_long(len(data), FILE_LIMIT, "bytes")
    return data


def from_file(data: bytes) -> Shared:
    """What `to_file` was given, also after an editor has changed its spacing. Raises LinkError."""
    try:
        return from_document(parse(data))
    except Refusal as refusal:
        raise LinkError(f"This file {refusal}") from None


def pack(shared: Shared) -> str:
    """The same text as `to_link`, of any length that `unpacked` opens. Raises TooLong beyond that."""
    _check_count(shared)
    document = json.dumps(to_document(shared), ensure_ascii=False, separators=(",", ":")).encode()
    if len(document) > UNPACKED_LIMIT:
        _refuse_long(len(document), UNPACKED_LIMIT, "bytes")
    squeeze = zlib.compressobj(level=9, memLevel=9)
    packed = squeeze.compress(document) + squeeze.flush()
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def unpacked(text: str) -> Shared:
    """What `pack` was given, found in a file. Raises LinkError."""
    return _opened("file", text, FILE_LIMIT)


def _opened(what: str, text: str, limit: int) -> Shared:
    try:
        text = text.strip().rstrip("=")
        if len(text) > limit:
            raise Refusal("is longer than any that Sirocco makes.")
        if not _ALPHABET.fullmatch(text):
            raise Refusal("does not hold a Sirocco recipe.")
        try:
            packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except binascii.Error:
            raise Refusal("is not complete: its end is missing.") from None
        return from_document(parse(unpack(packed)))
    except Refusal as refusal:
        raise LinkError(f"This {what} {refusal}") from None


def _check_count(shared: Shared) -> None:
    if len(shared.entries) > MOST_ENTRIES:
        _refuse_long(len(shared.entries), MOST_ENTRIES, "answers")
    characters = sum(weight(entry.recipe.messages) for entry in shared.entries)
    if characters > MOST_TO_CHECK:
        _refuse_long(characters, MOST_TO_CHECK, "characters over all recipes")


def _refuse_long(length: int, limit: int, unit: str) -> None:
    sentence = f"This is too much to share at once: {length:,} {unit}, where {limit:,} can be opened again."
    raise TooLong(sentence, length, limit)
