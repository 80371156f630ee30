"""The headers of every response."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from lib.hosting.headers import SecurityHeaders, inline_scripts
from tests.support.asgi import call


def response(
    *cookies: str, host: str = "sirocco.example.com", scheme: str = "http", **settings: Any
) -> dict[str, list[str]]:
    """The headers of one response that sets these cookies."""
    answer = PlainTextResponse("hello")
    for cookie in cookies:
        answer.headers.append("set-cookie", cookie)
    sent = call(SecurityHeaders(answer, **settings), scheme=scheme, host=host)
    headers: dict[str, list[str]] = {}
    for name, value in sent[0]["headers"]:
        headers.setdefault(name.decode(), []).append(value.decode())
    return headers


def policy(**settings: Any) -> str:
    (told,) = response(**settings)["content-security-policy"]
    return told


@pytest.mark.parametrize(
    ("setting", "framing"),
    [
        ("", "frame-ancestors 'self'"),
        ("https://blog.example.com", "frame-ancestors 'self' https://blog.example.com"),
        ("https://a.example:8443 *; script-src", "frame-ancestors 'self' https://a.example:8443"),
    ],
)
def test_only_origins_the_host_names_may_frame_the_page(
    setting: str, framing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIROCCO_FRAME_ANCESTORS", setting)
    assert policy().endswith(f"; {framing}")


def test_nothing_is_loaded_from_elsewhere_and_no_text_becomes_a_script() -> None:
    sources = dict(part.split(" ", 1) for part in policy().split("; "))
    assert sources["default-src"] == "'none'"
    assert sources["script-src"] == "'self' blob:"
    assert sources["connect-src"] == "'self'"
    assert sources["img-src"] == "'self' data: blob:"
    assert not any(word in policy() for word in ("*", "http:", "https:", "unsafe-eval"))


def test_the_scripts_inside_the_page_are_allowed_by_their_content() -> None:
    script = "\n  window.ready = false\n"
    page = f'<script>{script}</script><script type="module" src="./x.js"></script>'
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert inline_scripts(page) == (f"'sha256-{digest}'",)
    assert f"script-src 'self' blob: 'sha256-{digest}';" in policy(scripts=inline_scripts(page))


def test_access_to_devices_of_the_visitor_is_switched_off() -> None:
    (told,) = response()["permissions-policy"]
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(told.split(", "))


@pytest.mark.parametrize(
    ("scheme", "host", "sent"),
    [
        ("https", "sirocco.example.com", True),
        ("http", "sirocco.example.com", False),
        ("https", "localhost:8443", False),  # other programs answer there without TLS
        ("https", "127.0.0.1", False),
    ],
)
def test_over_tls_a_browser_is_told_to_use_tls_from_now_on(scheme: str, host: str, sent: bool) -> None:
    assert ("strict-transport-security" in response(scheme=scheme, host=host)) == sent


@pytest.mark.parametrize(
    ("scheme", "base", "cookie", "becomes"),
    [
        ("http", "", "a=b; Path=/; SameSite=Lax", "a=b; SameSite=Lax; Path=/"),
        ("https", "", "a=b; Path=/; SameSite=Lax", "a=b; SameSite=Lax; Path=/; Secure"),
        ("https", "demo/chat", "a=b; path=/", "a=b; Path=/demo/chat; Secure"),
        ("http", "", "a=b; Secure; HttpOnly", "a=b; HttpOnly; Path=/; Secure"),
    ],
)
def test_a_cookie_stays_on_our_path_and_on_tls(scheme: str, base: str, cookie: str, becomes: str) -> None:
    assert response(cookie, scheme=scheme, base=base)["set-cookie"] == [becomes]


def test_each_cookie_of_a_response_is_kept() -> None:
    assert len(response("a=b; Path=/", "c=d; Path=/")["set-cookie"]) == 2
