"""Checks of a deployment as visitors reach it, through its proxies: `doctor --from https://…`."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Origin, Subprotocol

from lib.hosting.addresses import TICK_S, TICKS
from lib.hosting.check import Check, skipped
from lib.hosting.hosts import host_name, is_loopback

PATIENCE_S = 10.0
"""The longest wait for a response or a message."""
LINK_CHARACTERS = 7_900
"""An old link has up to 6,000 characters in the query; the rest is for the path and a margin."""
UPLOAD_BYTES = 5_900_000
"""Streamlit's own limit for a file is 6 MB (.streamlit/config.toml)."""
FOREIGN = "sirocco-check.invalid"
"""A name that no server has (RFC 2606)."""
_MARK = 'id="root"'
_UPGRADE = "Let the proxy pass the Upgrade and Connection headers with HTTP/1.1 (deploy/nginx.conf shows it)."


@dataclass(frozen=True)
class Reply:
    """A response; `headers` have lower-case names. `cookies`: the values of all Set-Cookie headers."""

    status: int
    headers: Mapping[str, str]
    cookies: Sequence[str]
    body: str


class Site:
    """The address to check, without a slash at its end. Raises ValueError if it is not http or https."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is not an address that begins with http:// or https://")
        self.secure = parts.scheme == "https"
        self.netloc, self.path = parts.netloc, parts.path.rstrip("/")
        self._host, self._port = parts.hostname, parts.port
        self.context = ssl.create_default_context() if self.secure else None

    def get(self, path: str, *, method: str = "GET", body: bytes | None = None, **headers: str) -> Reply:
        """The response. Raises OSError or HTTPException."""
        connection: http.client.HTTPConnection
        if self.context:
            connection = http.client.HTTPSConnection(
                self._host, self._port, timeout=PATIENCE_S, context=self.context
            )
        else:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=PATIENCE_S)
        with contextlib.closing(connection):
            # A server that refuses a large body answers before it has read it.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, f"{self.path}{path}", body, headers)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            cookies = response.headers.get_all("set-cookie") or ()
            return Reply(response.status, names, cookies, response.read().decode(errors="replace"))

    def websocket(self, path: str, subprotocol: str | None = None, messages: int = 0) -> list[float]:
        """Open a websocket as a page of this site does, and close it after so many `messages`.

        Returns when they arrived, in seconds by time.monotonic. Raises OSError or WebSocketException.
        """
        scheme = "wss" if self.secure else "ws"
        opening = connect(
            f"{scheme}://{self.netloc}{self.path}{path}",
            ssl=self.context,
            origin=Origin(f"{'https' if self.secure else 'http'}://{self.netloc}"),
            subprotocols=[Subprotocol(subprotocol)] if subprotocol else None,
            open_timeout=PATIENCE_S,
            proxy=None,
        )

        # With asyncio, because the client with threads reads and writes a TLS connection at the same time,
        # which OpenSSL does not allow: it hangs now and then.
        async def listen() -> list[float]:
            arrived = []
            async with opening as socket:
                for _ in range(messages):
                    await asyncio.wait_for(socket.recv(), PATIENCE_S)
                    arrived.append(time.monotonic())
            return arrived

        return asyncio.run(listen())


def examine(url: str) -> tuple[Check, ...]:
    """Every check. Takes seconds and calls no model. Raises ValueError as `Site` does."""
    site = Site(url)
    first = page(site)
    if first.status == "failed":
        return (first,)
    checks = (websocket, buffering, foreign_host, path, long_link, upload, cookie, headers)
    return (first, *(_guarded(check, site) for check in checks))


def page(site: Site) -> Check:
    """Whether the address serves the page."""
    name = "Page"
    try:
        reply = site.get("/")
    except ssl.SSLCertVerificationError as error:
        return Check(name, "failed", f"The certificate is not valid: {error.verify_message}.", "Renew it.")
    except (OSError, http.client.HTTPException) as error:
        return Check(
            name, "failed", f"Nothing answers there ({type(error).__name__}).", "Check name, port, firewall."
        )
    if reply.status == 421:
        return Check(name, "failed", reply.body, "Add the name to SIROCCO_HOSTS and restart.")
    if reply.status != 200 or _MARK not in reply.body:
        says = f"The address answers with status {reply.status}, and not with the page."
        return Check(name, "failed", says, "Check that the proxy leads to the app, and its path.")
    return Check(name, "ok", f"It is served over {'TLS' if site.secure else 'plain HTTP'}.")


def websocket(site: Site) -> Check:
    """Whether the page's connection can be opened."""
    name = "Websocket"
    try:
        site.websocket("/_stcore/stream", "streamlit")
    except InvalidStatus as error:
        status = error.response.status_code
        if status == 403:
            fix = "Let the proxy pass the Host header unchanged, and name it in SIROCCO_HOSTS."
            return Check(name, "failed", "The app refuses it: Host and Origin differ, or are unknown.", fix)
        return Check(name, "failed", f"It is not opened: the answer has status {status}.", _UPGRADE)
    except (WebSocketException, OSError) as error:
        return Check(name, "failed", f"It is not opened ({type(error).__name__}).", _UPGRADE)
    return Check(name, "ok", "It opens.")


def buffering(site: Site) -> Check:
    """Whether small messages arrive one by one, as they are sent."""
    name = "Streaming"
    try:
        arrived = site.websocket("/healthz", messages=TICKS)
    except (WebSocketException, OSError):
        return skipped(name, "Needs a websocket.")
    took = arrived[-1] - arrived[0]
    if took < (TICKS - 1) * TICK_S / 2:  # single ones may be late on a busy network
        says = f"{TICKS} messages, sent {TICK_S} s apart, arrived in {took:.2f} s."
        return Check(name, "failed", says, "Turn off buffering in the proxy (nginx: proxy_buffering off).")
    return Check(name, "ok", "Messages arrive as they are sent.")


def foreign_host(site: Site) -> Check:
    """Whether the page is also served under a name that is not its own."""
    name = "Host"
    if _MARK in site.get("/", Host=FOREIGN).body:
        says = "The page is also served under names that are not its own, which helps DNS rebinding."
        return Check(name, "warning", says, f"Set SIROCCO_HOSTS={site.netloc.partition(':')[0]}")
    return Check(name, "ok", "Other names do not lead to the page.")


def path(site: Site) -> Check:
    """Whether the pages below the address are found, and only these."""
    name = "Path"
    found = {at: site.get(at).status for at in ("/compare", "/shared", "/_stcore/health")}
    if wrong := [f"{site.path}{at}" for at, status in found.items() if status != 200]:
        fix = "Set STREAMLIT_SERVER_BASE_URL_PATH to the path, and let the proxy pass the whole path."
        return Check(name, "failed", f"Not found: {', '.join(wrong)}.", fix)
    if site.get("/sirocco-check-nothing").status != 404:
        return Check(name, "warning", "What does not exist is not answered with 404.", "Check the proxy.")
    return Check(name, "ok", "All pages are found.")


def long_link(site: Site) -> Check:
    """Whether the address of a long old link gets through. Newer links have their content behind `#`."""
    name = "Long link"
    status = site.get(f"/shared?check={'x' * LINK_CHARACTERS}").status
    if status != 200:
        says = f"An address of {LINK_CHARACTERS:,} characters gets status {status}."
        fix = "Allow longer request lines (nginx: large_client_header_buffers 4 16k)."
        return Check(name, "failed", says, fix)
    return Check(name, "ok", f"An address of {LINK_CHARACTERS:,} characters gets through.")


def upload(site: Site) -> Check:
    """Whether a file of the largest size gets through. The app refuses it: no session has asked for it."""
    name = "Upload"
    reply = site.get("/_stcore/upload_file/check/check", method="PUT", body=bytes(UPLOAD_BYTES))
    size = f"A file of {UPLOAD_BYTES / 1e6:.1f} MB"
    if reply.status in (413, 502, 504):
        fix = "Allow larger bodies (nginx: client_max_body_size 8m)."
        return Check(name, "failed", f"{size} gets status {reply.status}.", fix)
    return Check(name, "ok", f"{size} reaches the app.")


def cookie(site: Site) -> Check:
    """Whether the app's cookie is restricted to this site and to TLS."""
    name = "Cookie"
    cookies = site.get("/_stcore/health").cookies
    told = next((cookie for cookie in cookies if cookie.startswith("_streamlit")), "")
    attributes = [part.strip().lower() for part in told.split(";")]
    if not told:
        return Check(name, "warning", "The app sets none.", "Check that the proxy passes Set-Cookie.")
    if site.secure and "secure" not in attributes:
        fix = "Let the proxy send X-Forwarded-Proto, and set FORWARDED_ALLOW_IPS to the proxy's address."
        return Check(name, "failed", "The app does not know that visitors come over TLS.", fix)
    if f"path={site.path or '/'}" not in attributes:
        says = "The cookie is not restricted to the path of the app."
        return Check(name, "warning", says, "Set STREAMLIT_SERVER_BASE_URL_PATH.")
    return Check(name, "ok", "It is restricted to this address.")


def headers(site: Site) -> Check:
    """Whether the headers that protect visitors get through."""
    name, sent = "Headers", site.get("/").headers
    wanted = ["content-security-policy", "x-content-type-options", "permissions-policy"]
    public = site.secure and not is_loopback(host_name(site.netloc))
    wanted += ["strict-transport-security"] if public else []
    if lost := [header for header in wanted if header not in sent]:
        return Check(name, "failed", f"Missing: {', '.join(lost)}.", "Check what the proxy removes.")
    if any(letter.isdigit() for letter in sent.get("server", "")):
        says = f"The server header names a version: {sent['server'][:60]}."
        return Check(name, "warning", says, "Switch that off in the proxy (nginx: server_tokens off).")
    return Check(name, "ok", "They are all there.")


def _guarded(check: Any, site: Site) -> Check:
    """The result of a check. A connection that fails during the check makes it a failed one."""
    try:
        done: Check = check(site)
    except (OSError, http.client.HTTPException) as error:
        name = check.__name__.replace("_", " ").capitalize()
        says = f"The connection failed ({type(error).__name__})."
        return Check(name, "failed", says, "Try again; if it stays, look into the proxy's error log.")
    return done
