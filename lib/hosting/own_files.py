"""The app's own scripts, styles and icon, served as files that browsers keep.

Streamlit 1.67.0 sends the script of a component with every message that mounts it, and styles and the
icon of the page with every run. A file is loaded once: its address has a digest of its text, so it may be
kept for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

FOLDER = "sirocco/"
"""The addresses of the files are FOLDER, the digest, "/" and the name."""
_TYPES = {"js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
_KEEP = {"cache-control": f"public, immutable, max-age={365 * 24 * 3600}"}
_ASK_AGAIN = {"cache-control": "no-cache"}  # for an address of another version of the app
_addresses: dict[str, str] = {}


def address(name: str) -> str | None:
    """The address of a file, relative to that of the app; None if OwnFiles does not serve it, as where the
    script of the page runs without this app's middleware."""
    return _addresses.get(name)


class OwnFiles:
    """ASGI middleware that answers requests for the files.

    `texts`: the text of each file by its name, which ends with .js, .css or .svg. `base`: the path below
    which the app is served.
    """

    def __init__(self, app: ASGIApp, *, texts: Mapping[str, str], base: str) -> None:
        self._app = app
        self._folder = f"/{base.strip('/')}/{FOLDER}".replace("//", "/")
        self._files = {name: text.encode() for name, text in texts.items()}
        self._digests = {name: hashlib.sha256(file).hexdigest()[:16] for name, file in self._files.items()}
        _addresses.update((name, f"{FOLDER}{digest}/{name}") for name, digest in self._digests.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith(self._folder)
        app = self._answer(scope["path"].removeprefix(self._folder)) if ours else self._app
        await app(scope, receive, send)

    def _answer(self, path: str) -> Response:
        digest, _, name = path.partition("/")
        if name not in self._files:
            return PlainTextResponse("There is no such file.", 404)
        kept = _KEEP if digest == self._digests[name] else _ASK_AGAIN
        return Response(self._files[name], media_type=_TYPES[name.rpartition(".")[2]], headers=kept)
