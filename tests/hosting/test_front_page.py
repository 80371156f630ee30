"""What browsers and robots get before any script runs."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse

from lib.hosting.front_page import IMAGE, LINE, FrontPage
from lib.hosting.headers import inline_scripts
from tests.support.asgi import call
from tests.support.replica import Replica, get, replica

PAGE = '<head><title>Streamlit</title><script>a</script></head><body data-b="é"></body>'


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    with replica(tmp_path_factory.mktemp("app") / "log", base="demo", SIROCCO_BACKEND="local") as served:
        yield served


def page(path: str = "/", base: str = "", host: str = "x.example") -> str:
    """The page, or what Streamlit would have answered."""
    front = FrontPage(PlainTextResponse("Streamlit"), page=PAGE, pages=["shared"], base=base)
    start, body = call(front, path=path, host=host, scheme="https")
    headers = dict(start["headers"])
    assert int(headers[b"content-length"]) == len(body["body"])
    text: str = body["body"].decode()
    return text


def tags(text: str) -> dict[str, str]:
    return dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)" />', text))


@pytest.mark.parametrize("path", ["/", "/index.html", "/shared", "/shared?r=abc"])
def test_every_page_has_our_title_and_the_same_preview(path: str) -> None:
    text = page(path)
    assert re.findall("<title>(.*)</title>", text) == ["Sirocco"]
    assert tags(text)["og:title"] == "Sirocco"
    assert tags(text)["og:description"] == tags(text)["description"] == LINE
    assert tags(text)["og:image"] == f"https://x.example/{IMAGE}"
    assert "abc" not in text
    assert inline_scripts(text) == inline_scripts(PAGE)


def test_below_a_path_the_image_is_there_too() -> None:
    assert tags(page("/demo/chat/shared", base="demo/chat"))["og:image"] == (
        f"https://x.example/demo/chat/{IMAGE}"
    )
    assert page("/shared", base="demo/chat") == "Streamlit"


def test_what_is_no_page_is_left_to_streamlit() -> None:
    for path in ("/static/x.js", "/_stcore/health", "/sharedx", "/shared/"):
        assert page(path) == "Streamlit"


def test_a_host_name_cannot_leave_its_quotes() -> None:
    assert '"><script>' not in page(host='x"><script>')


@pytest.mark.slow
def test_a_robot_finds_the_page_and_its_image(app: Replica) -> None:
    reply = get(f"{app.url}/demo/shared", Host="localhost")
    assert tags(reply.body)["og:image"] == f"http://localhost/demo/{IMAGE}"
    assert "policy" in str(reply.headers)
    head = get(f"{app.url}/demo/shared", "HEAD")
    assert (head.status, head.body) == (200, "")
    image = get(f"{app.url}/demo/{IMAGE}")
    assert (image.status, image.headers["content-type"]) == (200, ["image/png"])


def test_the_image_has_the_size_that_the_tags_name() -> None:
    data = (Path(__file__).parents[2] / "lib" / "hosting" / IMAGE).read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    named = tags(page())
    assert (str(width), str(height)) == (named["og:image:width"], named["og:image:height"])
