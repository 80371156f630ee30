"""The components in the visitor's browser; the script of each lies beside the module that mounts it."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

_PARTS = {
    "page_script": ("drafts", "fields", "newest", "connection", "system_text"),
    "chat_storage": ("chats", "copy_answer"),
}
"""The scripts of a component that has more than one."""


def source(name: str) -> str:
    """The script `name` with its parts, after the function of clipboard.js, which every script may call.

    Without comments and indentation, because Streamlit sends it again with every run.
    """
    folder = Path(__file__).parent
    files = ("clipboard", name, *_PARTS.get(name, ()))
    text = "\n".join((folder / f"{file}.js").read_text(encoding="utf-8") for file in files)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def component(name: str, isolate_styles: bool = False) -> Any:
    """The function that mounts the component with the script `name`, and with its styles if it has some."""
    styles = Path(__file__).parent / f"{name}.css"
    css = styles.read_text(encoding="utf-8") if styles.exists() else None
    return st.components.v2.component(
        f"sirocco.{name}", js=source(name), css=css, isolate_styles=isolate_styles
    )


def listeners(key: str, hear: Callable[[str, Any], None], names: Iterable[str]) -> dict[str, Any]:
    """Arguments for a component with this key: `hear` is called with the name and value of each trigger."""

    def listen(name: str) -> None:
        if key in st.session_state:  # else everything was forgotten after the browser had sent this
            hear(name, st.session_state[key].get(name))

    return {f"on_{name}_change": partial(listen, name) for name in names}
