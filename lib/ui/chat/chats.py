"""The chats that the browser keeps, in the sidebar: open one, delete one, save all of them as a file."""

import streamlit as st

from lib.bedrock.wording import clipped
from lib.markdown.escape import escape
from lib.records.kept_chats import KeptChat
from lib.ui.app.acts import once
from lib.ui.app.widgets import TITLE, button, chat_button, row
from lib.ui.browser import kept_chats
from lib.ui.chat import actions

_WHERE = {"": "", "here": "on this page", "elsewhere": "in another tab"}


def show_chats() -> None:
    """Draw the expander "Chats" into the sidebar. Its list is loaded and drawn only while it is open."""
    with st.sidebar:
        box = st.expander("Chats", icon=":material/forum:", type="compact", key="chats", on_change="rerun")
        if not box.open:
            return
        kept_chats.ask_for_list()
        with box:
            _list(kept_chats.known())


def _list(chats: list[KeptChat] | None) -> None:
    if title := kept_chats.removed():
        with row():
            st.caption(f"Deleted: {escape(clipped(title, TITLE))}")
            button("Put it back", "undo", once(kept_chats.put_back), key="chats-put-back")
    if not chats:
        st.caption("Loading the list." if chats is None else "This browser keeps no chat.")
        return
    for chat in chats:
        with row(gap="xxsmall", key=f"chat-row-{chat.id}"):
            act, key = once(actions.open_chat), f"open-chat-{chat.id}"
            chat_button(chat, act, key, where=_WHERE[chat.open], disabled=chat.open == "here")
            if chat.open != "elsewhere":
                label, key = f"Delete {escape(clipped(chat.title, TITLE))}", f"remove-chat-{chat.id}"
                button(label, "delete", once(actions.remove_chat), chat, key=key)
    button("Download all", "download", kept_chats.download, key="chats-download")
    st.caption(
        "Kept in this browser only: the newest 20, each for 30 days. The file opens on the page Shared."
    )
