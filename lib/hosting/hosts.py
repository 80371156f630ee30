"""Which names this server answers for, and which pages may open its websocket.

A stranger can let the name of his site resolve to the address of this server (DNS rebinding). A browser would
then treat that site's page as ours. The Host header still has the stranger's name.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.hosting.addresses import OURS
from lib.hosting.noise import log_seldom

LOOPBACK = ("localhost", "*.localhost", "127.0.0.1", "::1")
_MISDIRECTED = 421
_POLICY_VIOLATION = 1008
"""Close code of RFC 6455, section 7.4.1; before the handshake it becomes status 403."""
SETTING = "SIROCCO_HOSTS"


def host_name(host: str | None) -> str | None:
    """The name in a Host header, in lower case, without port, brackets and final dot, or None."""
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port
    except ValueError:
        return None
    if parts.netloc != host or parts.username is not None:
        return None
    return parts.hostname.rstrip(".") if parts.hostname else None


def is_loopback(name: str | None) -> bool:
    """Whether a name or an address leads to this computer itself."""
    if name is None:
        return False
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def allowed_hosts(bound_to: str | None) -> tuple[str, ...]:
    """The names to answer for; "*" stands for all, "*.example.com" for all below it.

    Without the setting a server that only this computer can reach answers for this computer, and every other
    server for all names, because nothing says which one leads to it. The setting is read for each request,
    because `.env` and the secrets are loaded after the server has started.
    """
    named = os.environ.get(SETTING, "").replace(",", " ").lower().split()
    if named:
        return tuple(name.rstrip(".") for name in named)
    return LOOPBACK if is_loopback(bound_to) else ("*",)


def is_allowed(name: str | None, allowed: Sequence[str]) -> bool:
    """Whether the server answers for this name."""
    if name is None:
        return False
    return any(
        pattern in ("*", name) or (pattern.startswith("*.") and name.endswith(pattern[1:]))
        for pattern in allowed
    )


class AllowedHosts:
    """ASGI middleware that refuses requests for other names, and websockets that pages of others open.

    The addresses of OURS are answered under every name, because a probe often has only an IP address.
    """

    def __init__(
        self, app: ASGIApp, *, bound_to: str | None, log: Callable[[str], None] = log_seldom
    ) -> None:
        self._app, self._bound_to, self._log = app, bound_to, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        name = host_name(headers.get("host"))
        machine = scope["type"] == "http" and scope["path"].strip("/").rpartition("/")[2] in OURS
        if not machine and not is_allowed(name, allowed_hosts(self._bound_to)):
            await self._refuse(scope, receive, send, name or "no name")
        elif scope["type"] == "websocket" and not _same_origin(headers, name):
            self._log("A websocket of another site was refused")
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await self._app(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, name: str) -> None:
        self._log(f"A request for another name was refused; the host can allow it with {SETTING}")
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        says = f"This server does not answer for {name[:100]}. Its host can allow the name with {SETTING}."
        await PlainTextResponse(says, _MISDIRECTED)(scope, receive, send)


def _same_origin(headers: Headers, name: str | None) -> bool:
    """A browser always sends an Origin. Ports are not compared, because a proxy may drop its own."""
    origin = headers.get("origin")
    return origin is None or host_name(urlsplit(origin).netloc) == name
