"""Who may call the endpoint, and how many at once."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from lib.local.engine import WireError
from lib.local.invoke import error_response
from lib.local.slots import too_many

AT_ONCE = 512
"""Requests that are read, wait or are answered at the same time; one more is refused with 429."""

_HOST = re.compile(rb"(?:127\.0\.0\.1|localhost)(?::[0-9]+)?", re.IGNORECASE)
_CREDENTIALS = re.compile(rb"(?:AWS4-HMAC-SHA256|Bearer) +[^ ]")
FOREIGN_HOST = WireError(
    400, "ValidationException", "This endpoint answers requests to 127.0.0.1 and localhost only."
)
FROM_A_PAGE = WireError(403, "AccessDeniedException", "This endpoint does not answer web pages.")
UNSIGNED = WireError(403, "MissingAuthenticationTokenException", "Missing Authentication Token")


class Guard:
    """Refuses what a web page sends, and what carries no credentials.

    The signature or token is not checked, for there is no secret to check it with. Its presence is enough,
    because a web page cannot send an Authorization header to another origin. A page that points its own name
    at 127.0.0.1 (DNS rebinding) still sends its own Host, and Origin.
    """

    def __init__(self, app: ASGIApp, open_paths: Collection[str]) -> None:
        self.app = app
        self.open_paths = open_paths
        self._running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal:
            await error_response(refusal, str(uuid.uuid4()))(scope, receive, send)
            return
        self._running += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._running -= 1

    def _refusal(self, scope: Scope) -> WireError | None:
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            return FOREIGN_HOST
        if scope["path"] in self.open_paths:
            return None
        headers = dict(scope["headers"])
        if b"origin" in headers:
            return FROM_A_PAGE
        if not _CREDENTIALS.match(headers.get(b"authorization", b"")):
            return UNSIGNED
        return too_many() if self._running >= AT_ONCE else None
