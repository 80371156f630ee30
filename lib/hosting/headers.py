"""Response headers with which the browser contacts no other host, whatever an answer contains."""

from __future__ import annotations

import base64
import hashlib
import os
import re

from starlette.datastructures import Headers as RequestHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.hosting.hosts import host_name, is_loopback

Headers = list[tuple[bytes, bytes]]

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self' blob:",  # Streamlit 1.67.0 loads the script of a component from a blob
    "style-src": "'self' 'unsafe-inline'",  # Streamlit writes the styles of its elements into the page
    "font-src": "'self' data:",
    # An image address in an answer can carry text of the conversation to another host.
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
_SWITCHED_OFF = (
    *(
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "gamepad",
    ),
    *("geolocation", "gyroscope", "hid", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("publickey-credentials-get", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
)
_FIXED: Headers = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", ", ".join(f"{name}=()" for name in _SWITCHED_OFF).encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
]
_YEAR_S = 365 * 24 * 3600
_HSTS = (b"strict-transport-security", f"max-age={_YEAR_S}".encode())
_ORIGIN = re.compile(r"https?://[\w.*-]+(:\d+)?", re.ASCII)
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def inline_scripts(page: str) -> tuple[str, ...]:
    """The sources of `script-src` that allow the scripts inside this HTML page and no others."""
    digests = (hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(page))
    return tuple(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


class SecurityHeaders:
    """ASGI middleware that adds the headers to every HTTP response.

    `base`: the path below which the app is served; cookies are sent there only. `scripts`: sources that
    `script-src` allows besides this server.
    """

    def __init__(self, app: ASGIApp, *, base: str = "", scripts: tuple[str, ...] = ()) -> None:
        self._app = app
        self._path = f"/{base.strip('/')}"
        policy = {**_POLICY, "script-src": " ".join([_POLICY["script-src"], *scripts])}
        self._policy = "; ".join(f"{name} {sources}" for name, sources in policy.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = [self._cookie(name, value, scope) for name, value in message.get("headers", [])]
                message["headers"] = [*sent, *self._headers(scope)]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    def _headers(self, scope: Scope) -> Headers:
        """The headers. The setting is read for each response, because `.env` and the secrets are loaded after
        the server has started."""
        named = os.environ.get("SIROCCO_FRAME_ANCESTORS", "").split()
        framing = " ".join(["frame-ancestors 'self'", *filter(_ORIGIN.fullmatch, named)])
        policy = (b"content-security-policy", f"{self._policy}; {framing}".encode())
        return [policy, *_FIXED, *([_HSTS] if _is_public_tls(scope) else [])]

    def _cookie(self, name: bytes, value: bytes, scope: Scope) -> tuple[bytes, bytes]:
        """The header; a cookie is restricted to the app's path, and to TLS if the request came over TLS."""
        if name.lower() != b"set-cookie":
            return name, value
        cookie, *attributes = [part.strip() for part in value.decode("latin-1").split(";")]
        kept = [part for part in attributes if part.partition("=")[0].lower() not in ("path", "secure")]
        secure = scope["scheme"] == "https" or "secure" in map(str.lower, attributes)
        parts = [cookie, *kept, f"Path={self._path}", *(["Secure"] if secure else [])]
        return name, "; ".join(parts).encode("latin-1")


def _is_public_tls(scope: Scope) -> bool:
    """Whether the browser came over TLS, to a name that belongs to this server only."""
    host = host_name(RequestHeaders(scope=scope).get("host"))
    return scope["scheme"] == "https" and not is_loopback(host)
