"""The page that browsers and robots get before any script runs: its title and what a preview of a link shows.

Streamlit 1.67.0 serves one file for every address, with the title "Streamlit". The preview is the same for
all addresses, because browsers and robots do not send the part of a link behind `#`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lib.hosting import own_files

NAME = "Sirocco"
LINE = (
    "Ask Mistral models on Amazon Bedrock, see each answer stream, and share it with the recipe that made it."
)
IMAGE = "preview.png"
"""Served at this address; 1200 by 630 pixels, as previews show them."""
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_NO_CACHE = {"cache-control": "no-cache"}
_DAY = {"cache-control": f"public, max-age={24 * 3600}"}


class FrontPage:
    """ASGI middleware that answers requests for the page and for the image.

    `page`: the HTML of Streamlit's page. `pages`: the addresses that show it, besides the app's own. `base`:
    the path below which the app is served. `styles`: the names of style sheets among the app's own files.
    """

    def __init__(
        self, app: ASGIApp, *, page: str, pages: Collection[str], base: str, styles: Collection[str] = ()
    ) -> None:
        self._app = app
        # At the end, because of two CSS rules of the same specificity the later one applies, and Streamlit
        # writes its own into the head. The addresses are relative, as those of Streamlit's files.
        links = [f'<link rel="stylesheet" href="./{own_files.address(name)}" />\n  ' for name in styles]
        self._page = page.replace("</body>", f"{''.join(links)}</body>")
        self._folder = f"/{base.strip('/')}/".replace("//", "/")
        self._shows_page = {self._folder + name for name in ("", "index.html", *pages)}
        self._image = (Path(__file__).with_name(IMAGE)).read_bytes()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = self._answer(scope) if scope["type"] == "http" else None
        await (response or self._app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """The response; None for what Streamlit answers. A HEAD request gets the same headers; the server
        sends no body with it."""
        if scope["method"] not in ("GET", "HEAD"):
            return None
        if scope["path"] == self._folder + IMAGE:
            return Response(self._image, media_type="image/png", headers=_DAY)
        if scope["path"] in self._shows_page:
            return HTMLResponse(self._with_tags(f"{Request(scope).base_url}".rstrip("/")), headers=_NO_CACHE)
        return None

    def _with_tags(self, origin: str) -> str:
        """The page with title and tags. `og:image` must be a complete address."""
        tags = {
            "og:type": "website",
            "og:site_name": NAME,
            "og:title": NAME,
            "og:description": LINE,
            "og:image": f"{origin}{self._folder}{IMAGE}",
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": NAME,
        }
        made = [f'<meta property="{name}" content="{html.escape(text)}" />' for name, text in tags.items()]
        named = {"description": LINE, "twitter:card": "summary_large_image"}
        made += [f'<meta name="{name}" content="{html.escape(text)}" />' for name, text in named.items()]
        head = "\n    ".join([f"<title>{NAME}</title>", *made])
        return _TITLE.sub(lambda _: head, self._page, count=1)
