"""A page that draws each text of a JSON file: settled, shared with somebody, or as it streams."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import streamlit as st

from lib.markdown.pacing import BlockSplitter
from lib.markdown.sanitize import sanitize
from lib.markdown.streamlit_markdown import StreamlitMarkdown, streamlit_markdown


def streamed(text: str) -> Iterator[object]:
    """The text in pieces of seven characters, as `paced_markdown` gives them to Streamlit."""
    markdown, blocks = StreamlitMarkdown(), BlockSplitter()
    for at in range(0, len(text), 7):
        yield from blocks.feed(markdown.feed(text[at : at + 7]))
    yield from blocks.feed(markdown.finish())


how = st.query_params.get("how", "settled")
texts = json.loads(Path(os.environ["SIROCCO_TEST_TEXTS"]).read_text(encoding="utf-8"))
for number, text in enumerate(texts):
    with st.container(key=f"text-{number}"):
        if how == "streamed":
            st.write_stream(streamed(text))
        else:
            st.markdown(sanitize(text) if how == "shared" else streamlit_markdown(text), anchors=False)
