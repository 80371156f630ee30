"""Widgets that look the same on every page."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def button(
    label: str, icon: str, on_click: Callable[..., None], *args: object, key: str, **more: Any
) -> None:
    """A button without a frame, unless `more`, which st.button gets, names another type.

    `icon`: the name of a Material icon. A click calls `on_click(*args)`.
    """
    more.setdefault("type", "tertiary")
    st.button(label, key=key, icon=f":material/{icon}:", on_click=on_click, args=args, **more)


def row(**more: Any) -> DeltaGenerator:
    """A container whose elements stand beside each other."""
    return st.container(horizontal=True, vertical_alignment="center", **more)
