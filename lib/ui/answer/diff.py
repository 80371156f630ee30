"""The differences between two answers, drawn word by word."""

import streamlit as st

from lib.markdown.escape import escape
from lib.markdown.word_diff import changes, decorated, markdown


def show_diff(before: str, after: str, label_before: str, label_after: str) -> None:
    """Draw the differences into the current container. Texts and labels are never read as Markdown."""
    found = changes(before, after)
    if all(change.kind == "kept" for change in found):
        st.caption("The two texts are the same, to the letter.")
        return
    old, new = escape(" ".join(label_before.split())), escape(" ".join(label_after.split()))
    gone, came = decorated("removed", "Struck through"), decorated("added", "Bold")
    st.caption(f"{gone}: only in {old}  \n{came}: only in {new}")
    st.markdown(markdown(found))
