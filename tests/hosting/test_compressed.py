"""Files that never change are compressed once."""

from __future__ import annotations

import gzip

import brotli
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.hosting.compressed import Compressed
from tests.support.asgi import call

FILE = b"let a = 1;\n" * 1000
FIXED = {"cache-control": "public, immutable, max-age=31536000", "etag": '"x"'}


class Files:
    """Answers every request with the file, and counts the requests."""

    def __init__(self, media_type: str = "text/javascript", **headers: str) -> None:
        self.asked, self._type, self._headers = 0, media_type, headers or FIXED

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await Response(FILE, media_type=self._type, headers=self._headers)(scope, receive, send)


def got(
    app: ASGIApp, path: str = "/static/a.js", encoding: str = "gzip, deflate"
) -> tuple[dict[bytes, bytes], bytes]:
    start, body = call(app, path=path, **{"accept-encoding": encoding})
    return dict(start["headers"]), body["body"]


def test_a_file_is_compressed_once_and_each_browser_gets_the_same() -> None:
    files = Files()
    app = Compressed(files)
    headers, body = got(app)
    assert gzip.decompress(body) == FILE
    assert (headers[b"content-encoding"], headers[b"vary"]) == (b"gzip", b"Accept-Encoding")
    assert int(headers[b"content-length"]) == len(body) < len(FILE) / 10
    assert b"etag" not in headers
    assert got(app) == (headers, body)
    assert got(app, "/static/a.js?other") == (headers, body)
    assert files.asked == 1


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("gzip, deflate, br, zstd", b"br"), ("br", b"br"), ("gzip;q=1.0, br;q=0, gzip", b"gzip")],
)
def test_a_browser_gets_the_smaller_of_what_it_reads(accepted: str, sent: bytes) -> None:
    app = Compressed(Files())
    got(app)  # for a browser that reads gzip only
    headers, body = got(app, encoding=accepted)
    assert headers[b"content-encoding"] == sent
    assert (brotli if sent == b"br" else gzip).decompress(body) == FILE


def test_a_browser_that_cannot_read_it_gets_the_file_as_it_is() -> None:
    app = Compressed(Files())
    got(app)
    headers, body = got(app, encoding="identity")
    assert (body, b"content-encoding" in headers) == (FILE, False)


@pytest.mark.parametrize(
    "files", [Files(**{"cache-control": "no-cache"}), Files("font/woff2"), Files("text/html", a="b")]
)
def test_what_changes_or_is_compressed_already_is_neither_compressed_nor_kept(files: Files) -> None:
    app = Compressed(files)
    for _ in range(2):
        headers, body = got(app)
        assert (body, b"content-encoding" in headers) == (FILE, False)
    assert files.asked == 2
