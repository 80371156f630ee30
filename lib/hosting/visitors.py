"""Who is at the other end of a connection: by the address where it can be known, and whether at home."""

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

    `address` is known where the host has named the proxies that tell it. Of IPv6 it is the network of 64
    bits, because one visitor has all of its addresses.
    """

    address: str | None = None
    at_home: bool = False


UNKNOWN = Peer()


def peer_of(scope: Scope, named_proxies: str = "") -> Peer:
    """What a websocket's ASGI scope tells of its browser.

    `named_proxies`: the value of FORWARDED_ALLOW_IPS. uvicorn has then put the address that these proxies
    tell in the place of theirs. Without it uvicorn believes a proxy on this computer that nobody named, so
    that the address tells nothing.

    At home is a browser on this computer: its address and the names in Host and Origin are loopback, and no
    proxy speaks for another address.
    """
    client = scope.get("client")
    address = _address(client[0] if client else "")
    if not named_proxies.strip():
        known = None
    elif named_proxies.strip() == "*":
        # Every sender is believed, so the last address counts: the nearest proxy has written it.
        told = list(_told(scope, b"x-forwarded-for"))
        known = _address(told[-1]) if told else address
    else:
        known = address
    return Peer(_network(known), _is_loopback(address) and _names_are_loopback(scope))


def visitor(session_id: str, peer: Peer, subject: str | None = None) -> Visitor:
    """The visitor by what is best known: `subject` of a sign-in, else the address, else only the session."""
    if subject:
        known = f"subject {subject}"
    elif peer.address:
        known = f"address {peer.address}"
    else:
        known = f"session {session_id}"
    # The ledger gets a key that tells visitors apart, and not the address itself.
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
    """Without a port, brackets or a zone, which some proxies write."""
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
