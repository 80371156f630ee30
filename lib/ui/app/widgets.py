"""Widgets that look the same on every page."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.bedrock.wording import clipped
from lib.markdown.escape import escape
from lib.records.kept_chats import KeptChat

TITLE = 48
"""The most characters of a chat's title that are shown."""


def button(
    label: str, icon: str, on_click: Callable[..., None], *args: object, key: str, **more: Any
) -> None:
    """A button without a frame, unless `more`, which st.button gets, names another type.

    `icon`: the name of a Material icon. A click calls `on_click(*args)`.
    """
    more.setdefault("type", "tertiary")
    st.button(label, key=key, icon=f":material/{icon}:", on_click=on_click, args=args, **more)


def chat_button(
    chat: KeptChat, act: Callable[[KeptChat], None], key: str, *, where: str = "", disabled: bool = False
) -> None:
    """A button with the title of a chat, its day and its model. `where`: which tab shows it."""
    about = " · ".join(filter(None, [chat.about, where]))
    st.button(
        f"{escape(clipped(chat.title, TITLE))}  \n:small[{escape(about)}]",
        key=key,
        type="tertiary",
        width="stretch",
        wrap=True,
        on_click=act,
        args=(chat,),
        disabled=disabled,
    )


def row(**more: Any) -> DeltaGenerator:
    """A container whose elements stand beside each other."""
    return st.container(horizontal=True, vertical_alignment="center", **more)
