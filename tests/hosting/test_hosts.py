"""The names that the server answers for."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from lib.hosting.hosts import AllowedHosts, host_name
from tests.support.asgi import call


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await PlainTextResponse("the page")(scope, receive, send)
    else:
        await send({"type": "websocket.accept"})


def visit(bound_to: str | None = "localhost") -> AllowedHosts:
    return AllowedHosts(page, bound_to=bound_to, log=lambda _: None)


def status(host: str, bound_to: str | None = "localhost", path: str = "/") -> int:
    return int(call(visit(bound_to), path=path, host=host)[0]["status"])


def connects(host: str, origin: str | None, bound_to: str | None = "localhost") -> bool:
    headers = {"host": host, **({"origin": origin} if origin else {})}
    return call(visit(bound_to), "websocket", **headers)[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("host", ["localhost", "localhost:8501", "127.0.0.1:8501", "[::1]:8501"])
def test_a_server_on_this_computer_answers_for_this_computer(host: str) -> None:
    assert status(host) == 200
    assert connects(host, f"http://{host}")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8501", "localhost.evil.example", "", "a@b"])
def test_a_server_on_this_computer_answers_for_no_other_name(host: str) -> None:
    assert status(host) == 421
    assert not connects(host, f"http://{host}")


def test_the_refusal_names_the_setting() -> None:
    says = call(visit(), host="chat.example.com")[1]["body"].decode()
    assert "chat.example.com" in says
    assert "SIROCCO_HOSTS" in says


@pytest.mark.parametrize("host", ["chat.example.com", "a.demo.example", "203.0.113.7:8501"])
def test_a_server_that_others_reach_answers_for_all_names_until_one_is_set(host: str) -> None:
    assert status(host, "0.0.0.0") == 200
    assert connects(host, f"https://{host}", None)


def test_with_names_set_it_answers_for_these_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIROCCO_HOSTS", "Chat.Example.com, *.demo.example")
    for bound_to in ("localhost", "0.0.0.0"):
        assert status("chat.example.com:443", bound_to) == 200
        assert status("a.demo.example", bound_to) == 200
        assert status("demo.example", bound_to) == 421
        assert status("localhost", bound_to) == 421


@pytest.mark.parametrize("path", ["/healthz", "/readyz?serve", "/metrics", "/demo/readyz"])
def test_probes_are_answered_under_every_name(path: str) -> None:
    assert status("10.1.2.3:8501", path=path) == 200


def test_a_page_of_another_site_cannot_open_the_websocket() -> None:
    assert not connects("localhost:8501", "https://evil.example")
    assert not connects("localhost:8501", "null")
    assert connects("localhost:8501", None)  # no browser
    assert connects("chat.example.com", "https://chat.example.com:8443", "0.0.0.0")


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Chat.Example.com.:443", "chat.example.com"),
        ("[::1]:8501", "::1"),
        ("a:b", None),
        ("user@a.example", None),
        ("a.example/path", None),
        (None, None),
    ],
)
def test_the_name_is_read_strictly(header: str | None, name: str | None) -> None:
    assert host_name(header) == name
