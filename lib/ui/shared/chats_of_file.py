"""The chats of a file that "Download all" has made, as a list; a click on one opens it in the chat."""

from collections.abc import Sequence

import streamlit as st

from lib.bedrock.wording import count
from lib.records.kept_chats import KeptChat
from lib.ui.app.acts import once
from lib.ui.app.widgets import chat_button
from lib.ui.shared import handoff

PAGE = 20
"""Chats shown at once."""


def show_chats_of_file(chats: Sequence[KeptChat]) -> None:
    """Draw the list. A chat that is opened is kept by this browser, beside those that it has."""
    st.caption(f"The file holds {count(len(chats), 'chat')}. A click opens one in the chat.")
    pages = -(-len(chats) // PAGE)
    page = st.pagination(pages, key="chats-page") if pages > 1 else 1
    with st.container(border=True, key="chats-of-file"):
        for number, chat in enumerate(chats[(page - 1) * PAGE : page * PAGE]):
            chat_button(chat, once(handoff.saved_to_chat), key=f"file-chat-{number}")
