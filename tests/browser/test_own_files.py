"""What the app serves as files arrives in the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.chromium_pages import READY


def test_the_icon_of_the_page_is_a_file_on_every_page(page: Page, app: str) -> None:
    for name in ("", "compare"):
        page.goto(f"{app}/{name}")
        expect(page.locator(READY)).to_be_visible()
        icon = page.locator('link[rel="shortcut icon"]')
        address = icon.evaluate("link => link.href")
        assert address.startswith(f"{app}/sirocco/")
        assert address.endswith("/sirocco.svg")
        response = page.request.get(address)
        assert response.text().startswith("<svg")
        assert response.headers["content-type"].startswith("image/svg+xml")
