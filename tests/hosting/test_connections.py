"""When a tab counts as gone, and what the middleware notes about websockets."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest

from lib.hosting import connections
from lib.hosting.connections import (
    CLOSED_GRACE_S,
    RELEASED_GRACE_S,
    TORN_GRACE_S,
    Connection,
    Tab,
    TabConnections,
    find,
)

NAME = connections.HEADER.encode()


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def ids(scope: Any) -> list[str]:
    return [value.decode() for name, value in scope["headers"] if name.lower() == NAME]


def visit(app: Callable[..., Any], clock: Clock, *sent: dict[str, Any], **scope: Any) -> None:
    messages = iter(sent)

    async def receive() -> dict[str, Any]:
        return next(messages)

    async def send(_: Any) -> None: ...

    asked = {"type": "websocket", "headers": [(b"host", b"a")], **scope}
    asyncio.run(TabConnections(app, clock)(asked, receive, send))


@pytest.fixture
def clock() -> Clock:
    return Clock()


def touched(clock: Clock) -> tuple[Tab, Connection]:
    """A tab on an open connection."""
    connection = connections._connections["c1"] = Connection("c1")
    tab = Tab(clock)
    tab.touch("c1")
    return tab, connection


@pytest.mark.parametrize("name", [NAME, NAME.title()])
def test_the_id_is_ours_and_never_the_clients(clock: Clock, name: bytes) -> None:
    seen: list[str] = []

    async def app(scope: Any, *_: Any) -> None:
        seen.extend(ids(scope))
        assert find(seen[0])
        assert (b"host", b"a") in scope["headers"]

    visit(app, clock, headers=[(b"host", b"a"), (name, b"theirs")])
    assert len(seen) == 1
    assert len(bytes.fromhex(seen[0])) == 16


def test_an_http_request_is_passed_on_as_it_came(clock: Clock) -> None:
    seen: list[Any] = []

    async def app(scope: Any, *_: Any) -> None:
        seen.append(scope["headers"])

    visit(app, clock, type="http")
    assert seen == [[(b"host", b"a")]]


@pytest.mark.parametrize(
    ("message", "code"),
    [({"code": 1001}, 1001), ({"code": 1006}, 1006), ({}, 1005), (None, 1006)],
    ids=["closed by the browser", "torn", "without a code", "the handler ended"],
)
def test_the_end_of_a_connection_is_noted_with_its_code(
    clock: Clock, message: dict[str, Any] | None, code: int
) -> None:
    held: list[Connection | None] = []

    async def app(scope: Any, receive: Any, _: Any) -> None:
        held.append(find(ids(scope)[0]))
        if message is not None:
            await receive()
            clock.at += 7  # the end is the message, and not the return of the handler

    visit(app, clock, *([] if message is None else [{"type": "websocket.disconnect", **message}]))
    assert held[0]
    assert (held[0].code, held[0].closed_at) == (code, 100.0)


def test_an_end_by_an_exception_is_noted(clock: Clock) -> None:
    held: list[Connection | None] = []

    async def app(scope: Any, *_: Any) -> None:
        held.append(find(ids(scope)[0]))
        raise OSError("torn")

    with pytest.raises(OSError, match="torn"):
        visit(app, clock)
    assert held[0]
    assert held[0].code == 1006


def test_a_closed_connection_that_nobody_holds_is_forgotten(clock: Clock) -> None:
    seen: list[str] = []

    async def app(scope: Any, *_: Any) -> None:
        seen.extend(ids(scope))

    visit(app, clock)
    gc.collect()
    assert find(seen[0]) is None


def test_an_open_tab_is_never_gone(clock: Clock) -> None:
    tab, _ = touched(clock)
    clock.at += 1e6
    assert not tab.gone()


@pytest.mark.parametrize(
    ("code", "grace_s"),
    [(1000, CLOSED_GRACE_S), (1001, CLOSED_GRACE_S), (1005, TORN_GRACE_S), (1006, TORN_GRACE_S)],
)
def test_a_tab_is_gone_a_while_after_its_connection_ended(clock: Clock, code: int, grace_s: float) -> None:
    tab, connection = touched(clock)
    connection.close(code, clock.at)
    clock.at += grace_s - 0.01
    assert not tab.gone()
    clock.at += 0.02
    assert tab.gone()


@pytest.mark.parametrize(("code", "torn"), [(1000, False), (1001, False), (1005, True), (1006, True)])
def test_a_tab_whose_connection_the_browser_did_not_close_has_lost_it(
    clock: Clock, code: int, torn: bool
) -> None:
    tab, connection = touched(clock)
    assert not tab.torn()
    connection.close(code, clock.at)
    assert tab.torn() is torn


def test_a_tab_that_connects_again_is_there(clock: Clock) -> None:
    tab, first = touched(clock)
    first.close(1006, clock.at)
    second = connections._connections["c2"] = Connection("c2")
    tab.touch("c2")
    assert tab.connection is second
    clock.at += 1e6
    assert not tab.gone()


def test_a_run_that_comes_late_for_its_connection_counts_from_then_on(clock: Clock) -> None:
    tab = Tab(clock)
    tab.touch("already forgotten")
    assert not tab.gone()
    clock.at += TORN_GRACE_S
    assert tab.gone()


def test_without_a_header_a_tab_is_gone_a_while_after_streamlit_released_it(clock: Clock) -> None:
    tab = Tab(clock)
    tab.touch(None)
    clock.at += 1e6
    assert not tab.gone()
    tab.released()
    clock.at += RELEASED_GRACE_S - 0.01
    assert not tab.gone()
    clock.at += 0.02
    assert tab.gone()
    tab.touch(None)
    assert not tab.gone()


def test_a_release_does_not_count_for_a_tab_whose_connection_is_known(clock: Clock) -> None:
    tab, _ = touched(clock)
    tab.released()
    clock.at += 1e6
    assert not tab.gone()
