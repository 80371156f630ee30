"""Takes the screenshots of README and docs from the running app: `python -m docs.screenshots` (after
`make test`)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.app_process import app_process
from tests.support.chromium_pages import READY, Chat, Compare
from tests.support.find_chromium import find_chromium

HERE = Path(__file__).parent
PROMPT = "Write a Python function that returns the square of a number."


def main() -> None:
    """Take all screenshots with the embedded model: wide and light, two also dark at the width of a phone."""
    with app_process(SIROCCO_BACKEND="local") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        _take(browser, url, "chat.png", 1180, 760, "light")
        _take(browser, url, "chat-phone-dark.png", 390, 760, "dark")
        _compare(browser, url, "compare.png", 1180, 1740, "light")
        _compare(browser, url, "compare-phone-dark.png", 390, 1900, "dark")
        _share(browser, url)


def _take(browser: Browser, url: str, name: str, width: int, height: int, scheme: str) -> None:
    with _page(browser, width, height, scheme) as page:
        chat = Chat(page).open(f"{url}/?temperature=0.0")
        chat.send(PROMPT)
        chat.settled("free, local")
        page.screenshot(path=HERE / name)


def _compare(browser: Browser, url: str, name: str, width: int, height: int, scheme: str) -> None:
    """Run one prompt three times at three temperatures, and wait for the chart of where the answers part."""
    with _page(browser, width, height, scheme) as page:
        compare = Compare(page).open(url, "?max_tokens=48")
        compare.button("Close").click()
        compare.values("0", "0.5", "1")
        compare.choose("repeats", "3")
        compare.send("Write one sentence about the sea.")
        compare.settled()
        page.get_by_test_id("stVegaLiteChart").locator("canvas, svg.marks").first.wait_for()
        page.mouse.move(0, 0)
        page.screenshot(path=HERE / name)


@contextmanager
def _page(browser: Browser, width: int, height: int, scheme: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1.5,
    )
    yield context.new_page()
    context.close()


def _share(browser: Browser, url: str) -> None:
    """Take the X-ray, the code and the share dialog of an answer, then its link in a new browser context."""
    context = browser.new_context(viewport={"width": 1180, "height": 820}, device_scale_factor=1.5)
    chat = Chat(context.new_page()).open(f"{url}/?temperature=0.0&system=You+are+a+patient+teacher.")
    page = chat.page
    chat.send("In one sentence, what is a volcano?")
    chat.settled("free, local")
    page.get_by_role("button", name="X-ray").click()
    page.get_by_test_id("stVegaLiteChart").locator("canvas, svg.marks").first.wait_for()
    page.get_by_role("dialog").locator("code").first.wait_for()
    page.screenshot(path=HERE / "xray.png")
    for entry, name in (("View code", "view-code.png"), ("Share", "share.png")):
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        page.locator(READY).wait_for()
        page.get_by_test_id("stMenuButton").last.get_by_role("button").click()
        page.get_by_role("menuitem").filter(has_text=entry).click()
        page.get_by_role("dialog").locator("code").first.wait_for()
        page.screenshot(path=HERE / name)
    link = page.get_by_role("dialog").locator("code").first.inner_text()
    context.close()
    reader = browser.new_context(viewport={"width": 1180, "height": 760}, device_scale_factor=1.5)
    page = reader.new_page()
    page.goto(link)
    page.get_by_role("button", name="Play again").wait_for()
    page.get_by_role("button", name="Run it here").click()
    page.get_by_role("button", name="Run again").wait_for()
    page.locator(READY).wait_for()
    page.screenshot(path=HERE / "shared.png")
    reader.close()


if __name__ == "__main__":
    main()
