"""The components in the visitor's browser; the script of each lies beside the module that mounts it."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from lib.hosting import own_files
from lib.ui.app import session
from lib.ui.app.streamlit_quirks import trigger_value

_PARTS = {
    "page_script": (
        "tab_storage",
        "drafts",
        "fields",
        "newest",
        "connection",
        "system_text",
        "tab_settings",
        "late_files",
        "sidebar",
    ),
    "chat_storage": ("chats", "copy_answer", "clipboard"),
    "copy_button": ("clipboard",),
}
"""The scripts of a component that has more than one."""


_FILES = ("page_script", "chat_storage", "runs_storage", "shared_link")
"""The scripts that are served as files; the others are short."""
# The page's first script is <address of the app>/static/js/<name>.
_LOAD = """const { src } = document.querySelector('script[type="module"][src*="static/js/"]');
export default (await import(new URL("../../{address}", src))).default;
"""


def source(name: str) -> str:
    """The script `name` with its parts."""
    folder = Path(__file__).parent
    files = (name, *_PARTS.get(name, ()))
    return "\n".join((folder / f"{file}.js").read_text(encoding="utf-8") for file in files)


def scripts() -> dict[str, str]:
    """The scripts to be served as files, by the names of the files."""
    return {f"{name}.js": source(name) for name in _FILES}


def component(name: str, isolate_styles: bool = False) -> Any:
    """The function that mounts the component with the script `name`.

    Streamlit sends what is registered here with every run, so in place of a long script it is a line that
    loads the script's file.
    """
    address = own_files.address(f"{name}.js")
    js = _LOAD.replace("{address}", address) if address else source(name)
    return st.components.v2.component(f"sirocco.{name}", js=js, isolate_styles=isolate_styles)


def listeners(key: str, hear: Callable[[str, Any], None], names: Iterable[str]) -> dict[str, Any]:
    """Arguments for a component with this key: `hear` is called with the name and value of each trigger, also
    if another page is open by then, but not if everything was forgotten in the meantime."""
    drawn_in = _session_id()

    def listen(name: str) -> None:
        if _session_id() == drawn_in:
            hear(name, trigger_value(key, name))

    return {f"on_{name}_change": partial(listen, name) for name in names}


def _session_id() -> str:
    return session.current().chat_storage_state.session
