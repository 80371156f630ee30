"""The plain way: boto3's chunks straight into `st.write_stream`. What our page is measured against."""

from typing import Any

import boto3
import streamlit as st

from benchmarks.bare import chunks


@st.cache_resource
def client() -> Any:
    return boto3.client("bedrock-runtime")


prompt = st.chat_input("Ask something")
if prompt:
    with st.chat_message("user"):
        st.write(prompt)
    with st.chat_message("assistant"):
        st.write_stream(chunks(client(), prompt))
