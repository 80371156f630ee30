"""The visitor at the other end of a connection: the address, if it can be known, and whether at home."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import Scope

from lib.bedrock.gate import Visitor

_FORWARDED_FOR = (b"x-forwarded-for", b"x-real-ip")
_OF_A_PROXY = (b"forwarded", b"x-forwarded-host", b"via")


@dataclass(frozen=True)
class Peer:
    """What is known of a browser. `at_home`: see `peer_of`.

    `address` is known if the host has named the proxies that report it. For IPv6 it is the network of 64
    bits, because all of its addresses belong to one visitor.
    """

    address: str | None = None
    at_home: bool = False


UNKNOWN = Peer()


def peer_of(scope: Scope, named_proxies: str = "") -> Peer:
    """The browser of a websocket, by its ASGI scope.

    `named_proxies`: the value of FORWARDED_ALLOW_IPS. uvicorn has replaced the address of these proxies by
    the one that they report. Without that value uvicorn trusts any proxy on this computer, so the address
    is not used.

    At home is a browser on this computer: its address and the names in Host and Origin are loopback, and no
    header of a proxy names another address.
    """
    client = scope.get("client")
    address = _address(client[0] if client else "")
    if not named_proxies.strip():
        known = None
    elif named_proxies.strip() == "*":
        # Every sender is trusted, so the last address counts, which the nearest proxy has written.
        told = list(_told(scope, b"x-forwarded-for"))
        known = _address(told[-1]) if told else address
    else:
        known = address
    return Peer(_network(known), _is_loopback(address) and _names_are_loopback(scope))


def visitor(session_id: str, peer: Peer, subject: str | None = None) -> Visitor:
    """The visitor, identified by the `subject` of a sign-in, else by the address, else by the session."""
    if subject:
        known = f"subject {subject}"
    elif peer.address:
        known = f"address {peer.address}"
    else:
        known = f"session {session_id}"
    # The ledger gets a hash, and not the address itself.
    return Visitor(hashlib.blake2b(known.encode(), digest_size=9).hexdigest(), peer.at_home)


def _names_are_loopback(scope: Scope) -> bool:
    hosts = [urlsplit(f"//{value}").hostname for value in _values(scope, b"host")]
    origins = [urlsplit(value).hostname for value in _values(scope, b"origin")]
    told = [address for name in _FORWARDED_FOR for address in _told(scope, name)]
    return (
        bool(hosts and origins)
        and all(_is_loopback_name(name) for name in (*hosts, *origins))
        and all(_is_loopback(_address(address)) for address in told)
        and not any(True for name in _OF_A_PROXY for _ in _values(scope, name))
    )


def _values(scope: Scope, name: bytes) -> Iterator[str]:
    return (value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name)


def _told(scope: Scope, name: bytes) -> Iterator[str]:
    return (part.strip() for value in _values(scope, name) for part in value.split(","))


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _address(text: str) -> _Address | None:
    """The address in a text that may have a port, brackets or a zone, as some proxies write it."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _network(address: _Address | None) -> str | None:
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address) if address else None


def _is_loopback(address: _Address | None) -> bool:
    return address is not None and address.is_loopback


def _is_loopback_name(name: str | None) -> bool:
    if not name:
        return False
    return name == "localhost" or name.endswith(".localhost") or _is_loopback(_address(name))
