"""Takes the README's screenshots from the running app: `python -m docs.screenshots` (after `make test`)."""

from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import Chat, app_process
from tests.browser.find_chromium import find_chromium

HERE = Path(__file__).parent
PROMPT = "Write a Python function that returns the square of a number."


def main() -> None:
    """The local model, light and wide, and dark on a phone."""
    with app_process(SIROCCO_BACKEND="local") as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        _take(browser, url, "chat.png", 1180, 760, "light")
        _take(browser, url, "chat-phone-dark.png", 390, 760, "dark")


def _take(browser: Browser, url: str, name: str, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1.5,
    )
    chat = Chat(context.new_page()).open(f"{url}/?temperature=0.0")
    chat.send(PROMPT)
    chat.settled("free, local")
    chat.page.screenshot(path=HERE / name)
    context.close()


if __name__ == "__main__":
    main()
