"""Response headers that stop the browser from contacting other hosts, whatever a model's answer contains."""

import os
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Images may come from this server only: an image address in an answer can carry text of the conversation,
# and fetching it would send that text to another host.
_POLICY = [
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
]
_ORIGIN = re.compile(r"https?://[\w.*-]+(:\d+)?", re.ASCII)


def _headers() -> list[tuple[bytes, bytes]]:
    """The headers. The setting is read for each response, because `.env` and the secrets are loaded after the
    server has started."""
    named = os.environ.get("SIROCCO_FRAME_ANCESTORS", "").split()
    framing = " ".join(["frame-ancestors 'self'", *filter(_ORIGIN.fullmatch, named)])
    return [
        (b"content-security-policy", "; ".join([*_POLICY, framing]).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    ]


class SecurityHeaders:
    """ASGI middleware that adds the headers to every HTTP response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_headers()]
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
