"""The app's own scripts and styles as files."""

from __future__ import annotations

import pytest
from starlette.responses import PlainTextResponse

from lib.hosting import own_files
from lib.hosting.front_page import FrontPage
from lib.hosting.own_files import OwnFiles
from tests.support.asgi import call


@pytest.fixture(autouse=True)
def other_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_files, "_addresses", {})


def files(base: str = "") -> OwnFiles:
    return OwnFiles(
        PlainTextResponse("Streamlit"), texts={"a.js": "é", "a.css": "p {}", "a.svg": "<svg/>"}, base=base
    )


@pytest.mark.parametrize("base", ["", "demo", "/demo/chat/"])
def test_a_file_is_found_at_its_address_below_the_base_and_kept_for_ever(base: str) -> None:
    app = files(base)
    start, body = call(app, path=f"/{base.strip('/')}/{own_files.address('a.js')}".replace("//", "/"))
    headers = dict(start["headers"])
    assert (start["status"], body["body"]) == (200, "é".encode())
    assert headers[b"content-type"] == b"text/javascript; charset=utf-8"
    assert b"immutable" in headers[b"cache-control"]


def test_an_icon_is_an_image() -> None:
    start, _ = call(files(), path=f"/{own_files.address('a.svg')}")
    assert dict(start["headers"])[b"content-type"].startswith(b"image/svg+xml")


def test_the_file_of_another_version_is_not_kept() -> None:
    app = files()
    start, body = call(app, path="/sirocco/0123456789abcdef/a.css")
    assert (start["status"], body["body"]) == (200, b"p {}")
    assert dict(start["headers"])[b"cache-control"] == b"no-cache"


def test_another_text_has_another_address() -> None:
    files()
    before = own_files.address("a.js")
    OwnFiles(PlainTextResponse("Streamlit"), texts={"a.js": "e"}, base="")
    assert own_files.address("a.js") != before


@pytest.mark.parametrize("path", ["/sirocco/", "/sirocco/x/b.js", "/sirocco/a.js/..", "/sirocco/x/../a.js"])
def test_other_names_are_not_found(path: str) -> None:
    assert call(files(), path=path)[0]["status"] == 404


def test_every_other_address_is_left_to_streamlit() -> None:
    assert call(files("demo"), path="/sirocco/x/a.js")[1]["body"] == b"Streamlit"


def test_without_this_middleware_there_is_no_address() -> None:
    assert own_files.address("a.js") is None


def test_the_front_page_links_the_styles_after_all_others() -> None:
    page = FrontPage(files(), page="<body><p></p></body>", pages=[], base="", styles=["a.css"])
    text = call(page, host="x.example")[1]["body"].decode()
    assert text.endswith(f'<link rel="stylesheet" href="./{own_files.address("a.css")}" />\n  </body>')
