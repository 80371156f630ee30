"""The components in the visitor's browser; the script of each lies beside the module that mounts it."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

_BEFORE = {"chat_storage": ("chats", "copy_answer")}
"""The scripts whose functions another one uses, apart from clipboard.js, which every script may use."""


def source(name: str) -> str:
    """The script `name`, after those whose functions it uses."""
    folder = Path(__file__).parent
    scripts = ("clipboard", *_BEFORE.get(name, ()), name)
    return "\n".join((folder / f"{script}.js").read_text(encoding="utf-8") for script in scripts)


def component(name: str, isolate_styles: bool = False) -> Any:
    """The function that mounts the component with the script `name`."""
    return st.components.v2.component(f"sirocco.{name}", js=source(name), isolate_styles=isolate_styles)


def listeners(key: str, hear: Callable[[str, Any], None], names: Iterable[str]) -> dict[str, Any]:
    """Arguments for a component with this key: `hear` is called with the name and value of each trigger."""

    def listen(name: str) -> None:
        if key in st.session_state:  # else everything was forgotten after the browser had sent this
            hear(name, st.session_state[key].get(name))

    return {f"on_{name}_change": partial(listen, name) for name in names}
