"""The downloads of what is shared: a JSON file, and a Markdown file to read and to print."""

import streamlit as st

from lib.records.links import FILE_SUFFIX, to_file
from lib.records.markdown_file import to_markdown
from lib.records.shared import Shared, TooLong


def show_downloads(shared: Shared, key: str) -> None:
    """Draw both downloads into the current container."""
    with st.container(horizontal=True):
        recipe_file(shared, key)
        _download("Save as Markdown", shared, ".md", "text/markdown", f"{key}-markdown")
    st.caption(
        "Both open again on the Shared page, complete. The Markdown file is the one to read and to print."
    )


def recipe_file(shared: Shared, key: str) -> None:
    """Draw the download of the JSON file alone."""
    _download("Save as JSON", shared, FILE_SUFFIX, "application/json", f"{key}-json")


def _download(label: str, shared: Shared, suffix: str, mime: str, key: str) -> None:
    try:
        data = to_markdown(shared).encode() if suffix == ".md" else to_file(shared)
    except TooLong as long:
        st.text(long.sentence)
        return
    if len(data) > (most := int(st.get_option("server.maxUploadSize"))) * 1_000_000:
        st.caption(f"{label}: this file is larger than the {most} MB that the Shared page here takes.")
    st.download_button(
        label,
        data,
        f"sirocco-{shared.kind}-{shared.date.isoformat()}{suffix}",
        mime,
        key=f"share-{key}",
        icon=":material/download:",
        on_click="ignore",
    )
