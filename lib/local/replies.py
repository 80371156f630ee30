"""What an answer looks like in each dialect: the JSON of one chunk, and of a whole /invoke answer.

Source: streams and headers recorded from Bedrock in 2024 and 2025; for the delta dialect AWS's Voxtral
sample (2026), because no recording of it was found.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lib.local.engine import End, Job, Piece


@dataclass
class Clock:
    """Milliseconds from the arrival of a request to its first chunk and to its end."""

    started: float = field(default_factory=time.monotonic)
    first_ms: int = 0

    def first(self) -> None:
        self.first_ms = self.elapsed_ms()

    def elapsed_ms(self) -> int:
        return round((time.monotonic() - self.started) * 1000)


def chunk(job: Job, piece: Piece, clock: Clock) -> bytes:
    """One chunk of a stream. The last one carries text, stop reason and metrics together."""
    reason = piece.end.stop_reason if piece.end else None
    document: dict[str, Any]
    if job.dialect == "text":
        document = {"outputs": [{"text": piece.text, "stop_reason": reason}]}
    elif job.dialect == "message":
        message = {"role": "assistant", "content": piece.text}
        document = {"choices": [{"index": 0, "message": message, "stop_reason": reason}]}
    else:
        delta = {"role": "assistant", "content": piece.text}
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        document = {**_openai(job, "chat.completion.chunk"), "choices": [choice]}
    if piece.end:
        document["amazon-bedrock-invocationMetrics"] = metrics(piece.end, clock)
    return encode(document)


def whole(job: Job, text: str, end: End) -> bytes:
    """The body of an /invoke answer."""
    if job.dialect == "text":
        return encode({"outputs": [{"text": text, "stop_reason": end.stop_reason}]})
    message = {"role": "assistant", "content": text}
    if job.dialect == "message":
        return encode({"choices": [{"index": 0, "message": message, "stop_reason": end.stop_reason}]})
    usage = {
        "prompt_tokens": end.input_tokens,
        "completion_tokens": end.output_tokens,
        "total_tokens": end.input_tokens + end.output_tokens,
    }
    choice = {"index": 0, "message": message, "finish_reason": end.stop_reason}
    return encode({**_openai(job, "chat.completion"), "choices": [choice], "usage": usage})


def usage_headers(end: End, clock: Clock) -> Mapping[str, str]:
    """The headers of an /invoke answer with its numbers of tokens and its time in ms."""
    return {
        "X-Amzn-Bedrock-Input-Token-Count": str(end.input_tokens),
        "X-Amzn-Bedrock-Output-Token-Count": str(end.output_tokens),
        "X-Amzn-Bedrock-Invocation-Latency": str(clock.elapsed_ms()),
    }


def encode(document: Mapping[str, Any]) -> bytes:
    """JSON as the endpoint writes it: UTF-8, without spaces."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def metrics(end: End, clock: Clock) -> Mapping[str, int]:
    """The numbers of tokens and times in ms that the last chunk of a stream has."""
    return {
        "inputTokenCount": end.input_tokens,
        "outputTokenCount": end.output_tokens,
        "invocationLatency": clock.elapsed_ms(),
        "firstByteLatency": clock.first_ms,
    }


def _openai(job: Job, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{job.request_id}",
        "object": kind,
        "created": int(time.time()),
        "model": job.model_id,
    }
