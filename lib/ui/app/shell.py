"""The script behind every page: page settings and navigation."""

from pathlib import Path

import streamlit as st

from lib.hosting import own_files
from lib.ui.app import door, session
from lib.ui.app.calls import touch_tab
from lib.ui.app.startup import ROOT

ICON, STYLE = "sirocco.svg", "page.css"
"""The icon and the styles of every page, as the names of files; front_page.py links the styles."""
PAGES = {
    "chat": "Chat",
    "compare": "Compare",
    "next_word": "Next word",
    "shared": "Shared",
    "doctor": "Doctor",
}
"""The title of each page by its name, which is its address and the name of its script in pages/."""
HOME = "chat"
"""The page at the address of the app itself."""


def styles() -> str:
    """The text of the styles: those of the pages, and of what page_script.js draws."""
    here = Path(__file__)
    files = here.with_name(STYLE), here.parent.with_name("browser") / "page_script.css"
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def files() -> dict[str, str]:
    """What is served as a file, by its name."""
    return {STYLE: styles(), ICON: Path(__file__).with_name(ICON).read_text(encoding="utf-8")}


def icon() -> str:
    """The address of the icon relative to the page, or its path where no files are served."""
    address = own_files.address(ICON)
    return f"./{address}" if address else str(Path(__file__).with_name(ICON))


def run() -> None:
    """Draw the page that the URL names."""
    touch_tab()
    # The pages have no icons, because Streamlit would fetch them for the browser's tab from another host.
    pages = [
        st.Page(ROOT / "pages" / f"{name}.py", title=title, default=name == HOME)
        for name, title in PAGES.items()
    ]
    if door.is_closed():
        st.set_page_config(page_title="Sirocco", page_icon=icon())
        st.navigation(pages, position="hidden")
        return
    page = st.navigation(pages, position="hidden" if st.context.is_embedded else "top")
    held = session.current()
    held.arrived, held.page = held.page != page.title, page.title
    opened = held.opened.shared if held.opened and page.title == "Shared" else None
    wide = page.title == "Compare" or (opened is not None and opened.kind == "comparison")
    st.set_page_config(page_title="Sirocco", page_icon=icon(), layout="wide" if wide else "centered")
    if own_files.address(STYLE) is None:
        st.html(f"<style>{styles()}</style>")
    page.run()


if __name__ == "__main__":
    run()
