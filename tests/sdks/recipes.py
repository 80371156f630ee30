"""The recipes whose programs are run, and the environment they run in."""

from __future__ import annotations

import os

from lib.mistral.catalog import SAMPLE_MODEL_ID
from lib.mistral.recipe import Message, Recipe
from tests.support import random_makers
from tests.support.javascript import PATH

LAST = "Où ça ? “Là” 😀 日本 text=echo rate=0"
"""The last prompt, which is also the answer: in UTF-8 beyond ASCII, and longer than the beginning."""
BEGINNING = LAST[:15]
HOSTILE = " ".join(text for text in random_makers.HOSTILE)
TALK = (Message("user", HOSTILE), Message("assistant", "said: " + HOSTILE), Message("user", LAST))
RECIPES = {
    "text": Recipe(model_id=SAMPLE_MODEL_ID, messages=TALK, top_k=50, max_tokens=100),
    "message": Recipe(
        model_id="mistral.pixtral-large-2502-v1:0", system=HOSTILE, messages=TALK, stop=("»",), max_tokens=100
    ),
    "delta": Recipe(
        model_id="mistral.ministral-3-8b-instruct", messages=TALK, temperature=0.25, max_tokens=99
    ),
}


def environment(url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {
        **kept,
        "PATH": PATH,
        "LC_ALL": "C",
        "PYTHONUTF8": "1",
        "NODE_NO_WARNINGS": "1",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url,
        "AWS_ACCESS_KEY_ID": "dummy",
        "AWS_SECRET_ACCESS_KEY": "dummy",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
