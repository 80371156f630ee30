"""An answer of two chunks in every dialect, the same for the fake Bedrock and for the server of run.mjs."""

from __future__ import annotations

import json

from lib.local.frames import chunk_event
from lib.mistral.catalog import Dialect
from tests.support.fault_actions import Call, Fault

TEXT = "Où ça ?\n“Là” 😀"
"""The whole text."""


def frames(dialect: Dialect) -> bytes:
    """The event stream. Its first two chunks hold null where others hold text; in the delta dialect its last
    chunk has the usage and no text."""

    listed = "outputs" if dialect == "text" else "choices"
    name = "message" if dialect == "message" else "delta"

    def chunk(text: str, reason: str | None) -> dict[str, object]:
        if dialect == "text":
            return {listed: [{"text": text, "stop_reason": reason}]}
        return {listed: [{"index": 0, name: {"role": "assistant", "content": text}, "finish_reason": reason}]}

    empty = {"text": None} if dialect == "text" else {name: None}
    chunks: list[dict[str, object]] = [
        {listed: None},
        {listed: [empty]},
        chunk(TEXT[:6], None),
        chunk(TEXT[6:], "stop"),
    ]
    if dialect == "delta":
        chunks.append({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}})
    return b"".join(chunk_event(json.dumps(chunk).encode()) for chunk in chunks)


async def _play(call: Call) -> bool:
    await call.send(frames(call.dialect))
    return await call.end()


SHORT_ANSWER = Fault(None, _play, after=0)
