"""The local model without endpoint, boto3 and page: one prompt a line in, its speed as one JSON line out."""

from __future__ import annotations

import asyncio
import json
import sys
import time

from lib.local.engine import ChatMessage, Job
from lib.local.llama import LlamaEngine
from lib.mistral.catalog import LOCAL_MODEL_ID


async def speed(engine: LlamaEngine, prompt: str, max_tokens: int) -> dict[str, float]:
    """Tokens, tokens/s after the first, and ms to the first; at temperature 0, with the page's settings."""
    job = Job("alone", LOCAL_MODEL_ID, "text", (ChatMessage("user", prompt),), 0.0, 0.9, 50, max_tokens, ())
    began, first, tokens = time.perf_counter(), 0.0, 0
    async for piece in engine.answer(job):
        first = first or time.perf_counter()
        tokens = piece.end.output_tokens if piece.end else tokens
    took = time.perf_counter() - first
    return {"tokens": tokens, "rate": (tokens - 1) / took, "first_ms": (first - began) * 1000}


async def main() -> None:
    engine = LlamaEngine()
    await engine.warm_up()
    print("{}", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        print(json.dumps(await speed(engine, asked["prompt"], asked["max_tokens"])), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
