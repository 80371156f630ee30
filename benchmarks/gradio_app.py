"""Gradio's own chat page with the same call: `python -m benchmarks.gradio_app PORT`; rig.py starts it."""

import sys
from collections.abc import Iterator

import boto3
import gradio as gr

from benchmarks.bare import chunks

client = boto3.client("bedrock-runtime")


def answer(prompt: str, _history: object) -> Iterator[str]:
    """The text so far, with every chunk."""
    text = ""
    for chunk in chunks(client, prompt):
        text += chunk
        yield text


gr.ChatInterface(answer).launch(server_name="localhost", server_port=int(sys.argv[1]), quiet=True)
