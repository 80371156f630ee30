"""The live odds in the browser: the script that all views of odds share, with the script of one view."""

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__)


def source(script: Path) -> str:
    """The text of live_odds.js, followed by that of the view's `script`, which may use all of it."""
    return "\n".join(file.read_text(encoding="utf-8") for file in (_HERE.with_suffix(".js"), script))


def component(name: str, script: Path) -> Any:
    """The function that mounts the component `name` with the view's `script`."""
    return st.components.v2.component(
        f"sirocco.{name}",
        css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
        js=source(script),
        isolate_styles=True,
    )
