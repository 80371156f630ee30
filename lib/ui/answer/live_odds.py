"""The live odds in the browser: the script that every page of odds stands on, with the script of one page."""

from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__)


def source(script: Path) -> str:
    """live_odds.js and then the page's `script`, which may use all of it."""
    return "\n".join(file.read_text(encoding="utf-8") for file in (_HERE.with_suffix(".js"), script))


def component(name: str, script: Path) -> Any:
    """The function that mounts the component `name` with the page's `script`."""
    return st.components.v2.component(
        f"sirocco.{name}",
        css=_HERE.with_suffix(".css").read_text(encoding="utf-8"),
        js=source(script),
        isolate_styles=True,
    )
