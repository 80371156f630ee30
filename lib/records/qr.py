"""A link as a QR code, so that a telephone can open it."""

import io

import segno

from lib.records.shared import TooLong

LIMIT = 2_953  # bytes in the largest code, version 40-L (ISO/IEC 18004)
_QUIET_ZONE = 4  # modules of white on every side, by the same standard


def png(url: str, scale: int = 4) -> bytes:
    """The code as a PNG, `scale` pixels a module. Raises TooLong."""
    length = len(url.encode())
    if length > LIMIT:
        raise TooLong(f"A QR code takes {LIMIT:,} characters, and this link has {length:,}.", length, LIMIT)
    picture = io.BytesIO()
    # White is drawn and not left transparent: on a dark page a code without its white is unreadable.
    code = segno.make_qr(url, error="l", boost_error=False)
    code.save(picture, kind="png", scale=scale, border=_QUIET_ZONE, dark="black", light="white")
    return picture.getvalue()
