"""The plain way: boto3's chunks straight into `st.write_stream`. What our page is measured against.

`?turns=50` begins with so many turns, as if they had been asked before.
"""

from typing import Any

import boto3
import streamlit as st

from benchmarks.bare import chunks


@st.cache_resource
def client() -> Any:
    return boto3.client("bedrock-runtime")


earlier = [("Count.", "w1 w2 w3 w4 w5")] * int(st.query_params.get("turns", 0))
turns: list[tuple[str, Any]] = st.session_state.setdefault("turns", earlier)
for question, answer in turns:
    with st.chat_message("user"):
        st.write(question)
    with st.chat_message("assistant"):
        st.write(answer)
prompt = st.chat_input("Ask something")
if prompt:
    with st.chat_message("user"):
        st.write(prompt)
    with st.chat_message("assistant"):
        turns.append((prompt, st.write_stream(chunks(client(), prompt))))
