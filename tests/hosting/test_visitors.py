"""The visitor of a websocket: which address is trusted, and which browser is at home."""

from __future__ import annotations

import pytest
from starlette.types import Scope

from lib.hosting.visitors import UNKNOWN, Peer, peer_of, visitor

HOME = {"host": "localhost:8501", "origin": "http://localhost:8501"}


def scope(client: str | None = "127.0.0.1", **headers: str) -> Scope:
    """A websocket's scope, with the headers of a browser on this computer but for those given."""
    told = HOME | {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "type": "websocket",
        "client": (client, 50_000) if client else None,
        "headers": [(name.encode(), value.encode()) for name, value in told.items() if value],
    }


@pytest.mark.parametrize(
    "at_home",
    [
        scope(),
        scope("::1", host="[::1]:8501", origin="http://[::1]:8501"),
        scope("::ffff:127.0.0.1"),
        scope(host="127.0.0.1:8501", origin="http://127.0.0.1:8501"),
        scope(host="sirocco.localhost", origin="http://sirocco.localhost"),
        scope(x_forwarded_for="127.0.0.1"),
    ],
)
def test_a_browser_on_this_computer_is_at_home(at_home: Scope) -> None:
    assert peer_of(at_home) == Peer(None, True)


@pytest.mark.parametrize(
    "stranger",
    [
        scope("192.0.2.7"),
        scope(None),
        scope(host="sirocco.example.com"),
        scope(origin="https://sirocco.example.com"),
        scope(origin=""),
        scope(host=""),
        scope(host="localhost.example.com"),
        scope(x_forwarded_for="192.0.2.7"),
        scope(x_forwarded_for="127.0.0.1, 192.0.2.7"),
        scope(x_real_ip="192.0.2.7"),
        scope(forwarded="for=127.0.0.1"),
        scope(x_forwarded_host="localhost"),
        scope(origin="null"),
    ],
)
def test_every_other_browser_is_not_at_home(stranger: Scope) -> None:
    assert not peer_of(stranger).at_home


def test_no_address_is_trusted_without_a_named_proxy() -> None:
    assert peer_of(scope("192.0.2.7", x_forwarded_for="192.0.2.7")).address is None


def test_behind_a_named_proxy_the_address_is_what_uvicorn_found() -> None:
    assert peer_of(scope("192.0.2.7"), "10.0.0.1").address == "192.0.2.7"


def test_if_every_sender_is_trusted_the_address_from_the_nearest_proxy_counts() -> None:
    forged = scope("203.0.113.9", x_forwarded_for="203.0.113.9, 192.0.2.7")
    assert peer_of(forged, "*").address == "192.0.2.7"


def test_an_ipv6_visitor_is_identified_by_its_network() -> None:
    assert peer_of(scope("2001:db8:1:2:3:4:5:6"), "10.0.0.1").address == "2001:db8:1:2::/64"


def test_a_subject_wins_over_an_address_and_an_address_over_the_session() -> None:
    here = Peer("192.0.2.7")
    assert visitor("s1", here) == visitor("s2", here)
    assert visitor("s1", UNKNOWN) != visitor("s2", UNKNOWN)
    assert visitor("s1", here, "ann") == visitor("s2", Peer("192.0.2.8"), "ann")
    assert visitor("s1", here, "ann") != visitor("s1", here)


def test_the_key_does_not_hold_the_address() -> None:
    assert "192.0.2.7" not in visitor("s", Peer("192.0.2.7")).key
