"""A link as a QR code, to take it to a telephone."""

import io

import segno

from lib.records.shared import TooLong

LIMIT = 2_953  # bytes in the largest code, version 40-L (ISO/IEC 18004)
_QUIET_ZONE = 4  # modules of white on every side, by the same standard


def svg(url: str) -> bytes:
    """The code as an SVG document, one unit a module. Raises TooLong."""
    return _drawn(url, "svg", 1)


def png(url: str, scale: int = 4) -> bytes:
    """The code as a PNG, `scale` pixels a module. Raises TooLong."""
    return _drawn(url, "png", scale)


def _drawn(url: str, kind: str, scale: int) -> bytes:
    length = len(url.encode())
    if length > LIMIT:
        sentence = f"A QR code takes {LIMIT:,} characters, and this link has {length:,}."
        raise TooLong(sentence, length, LIMIT)
    picture = io.BytesIO()
    # White is drawn and not left out: on a dark page a code without its white is unreadable.
    code = segno.make_qr(url, error="l", boost_error=False)
    code.save(picture, kind=kind, scale=scale, border=_QUIET_ZONE, dark="black", light="white")
    return picture.getvalue()
