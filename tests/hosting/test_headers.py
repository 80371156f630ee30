"""What every response carries."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from lib.hosting.headers import SecurityHeaders


def policy() -> str:
    """The policy of one response."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    app = SecurityHeaders(PlainTextResponse("hello"))
    asyncio.run(app({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send))
    return dict(sent[0]["headers"])[b"content-security-policy"].decode()


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
    assert "img-src 'self' data: blob:" in policy()
