"""The local endpoint over both protocols against its engine alone: `python -m benchmarks.wire [--quick]`."""

from __future__ import annotations

import argparse
import asyncio
import base64
import importlib.metadata
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.bedrock.local_endpoint import LocalEndpoint
from lib.local.engine import ChatMessage, Job
from lib.local.llama import LlamaEngine
from lib.mistral.catalog import LOCAL_MODEL_ID
from tests.support.calls import client
from tests.support.http2_client import Http2Client

ROOT = Path(__file__).resolve().parents[1]
MAX_TOKENS = 96
TOPICS = ("a lighthouse", "a bicycle", "a market", "a volcano", "bread", "a storm", "a river", "a train")
HOW = f"""\
How: {MAX_TOKENS} tokens at temperature 0 for each client, all clients start together, every prompt is new.
Tokens/s are all clients' tokens over the time from the start to the last token; the first token is the
median. Alone is LlamaEngine in a process of its own. Rounds of the three alternate. Memory is the resident
set (RSS)."""


@dataclass(frozen=True)
class Round:
    """What so many clients got: tokens/s in all, and the median time to the first token in ms."""

    rate: float
    first_ms: float


Ask = Callable[[str, int], tuple[float, int]]
"""A prompt and max_tokens; the time of the first token (s, monotonic) and the number of tokens."""


def prompt_of(number: int) -> str:
    return f"Number {number}: write a story about {TOPICS[number % len(TOPICS)]}."


def body(prompt: str, max_tokens: int, temperature: float = 0.0) -> bytes:
    fields = {"prompt": f"<s>[INST] {prompt} [/INST]", "max_tokens": max_tokens, "temperature": temperature}
    return json.dumps(fields).encode()


def over_http1(url: str) -> Ask:
    runtime = client(url)

    def ask(prompt: str, max_tokens: int) -> tuple[float, int]:
        sent = body(prompt, max_tokens)
        stream = runtime.invoke_model_with_response_stream(modelId=LOCAL_MODEL_ID, body=sent)["body"]
        first, chunk = 0.0, {}
        for event in stream:
            first = first or time.monotonic()
            chunk = json.loads(event["chunk"]["bytes"])
        return first, chunk["amazon-bedrock-invocationMetrics"]["outputTokenCount"]

    return ask


def over_http2(url: str) -> Ask:
    def ask(prompt: str, max_tokens: int) -> tuple[float, int]:
        connection = Http2Client(url, timeout=120)
        path = f"/model/{LOCAL_MODEL_ID}/invoke-with-response-stream"
        stream = connection.ask(path, body(prompt, max_tokens))
        connection.read_some(stream)
        first = time.monotonic()
        answer = connection.read(stream)
        connection.close()
        _, last = answer.events()[-1]
        chunk = json.loads(base64.b64decode(str(last["bytes"])))
        return first, chunk["amazon-bedrock-invocationMetrics"]["outputTokenCount"]

    return ask


def measure(ask: Ask, clients: int, first_number: int) -> Round:
    """One round: so many clients at once, each with a prompt of its own."""
    with ThreadPoolExecutor(clients) as callers:
        began = time.monotonic()
        numbers = range(first_number, first_number + clients)
        answers = list(callers.map(lambda number: ask(prompt_of(number), MAX_TOKENS), numbers))
        took = time.monotonic() - began
    first = statistics.median(first - began for first, _ in answers)
    return Round(sum(tokens for _, tokens in answers) / took, first * 1000)


class Alone:
    """The engine in a process of its own, without endpoint."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.wire", "--engine"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.process.stdout.readline()  # it is ready

    def measure(self, clients: int, first_number: int) -> Round:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{clients} {first_number}\n")
        self.process.stdin.flush()
        return Round(**json.loads(self.process.stdout.readline()))

    def close(self) -> None:
        self.process.communicate(timeout=10)


async def engine() -> None:
    """The other side of Alone: one round for each line of standard input."""
    llama = LlamaEngine()
    await llama.warm_up()

    async def answer(number: int) -> tuple[float, int]:
        asked = (ChatMessage("user", prompt_of(number)),)
        job = Job("alone", LOCAL_MODEL_ID, "text", asked, 0.0, 0.9, 50, MAX_TOKENS, ())
        first, tokens = 0.0, 0
        async for piece in llama.answer(job):
            first = first or time.monotonic()
            tokens = piece.end.output_tokens if piece.end else tokens
        return first, tokens

    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        clients, first_number = map(int, line.split())
        began = time.monotonic()
        answers = await asyncio.gather(*map(answer, range(first_number, first_number + clients)))
        took = time.monotonic() - began
        first = statistics.median(first - began for first, _ in answers)
        rate = sum(tokens for _, tokens in answers) / took
        print(json.dumps({"rate": rate, "first_ms": first * 1000}), flush=True)


def speed(url: str, rounds: int) -> None:
    """Tokens/s and first token with 1, 2 and 4 clients."""
    alone = Alone()
    ways: dict[str, Callable[[int, int], Round]] = {
        "engine alone": alone.measure,
        "HTTP/1.1": lambda clients, number: measure(over_http1(url), clients, number),
        "HTTP/2": lambda clients, number: measure(over_http2(url), clients, number),
    }
    number = 0
    for clients in (1, 2, 4):
        measured: dict[str, list[Round]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                measured[name].append(way(clients, number))
                number += clients
        for name, got in measured.items():
            rate = statistics.median(one.rate for one in got)
            first = statistics.median(one.first_ms for one in got)
            ratio = statistics.median(
                one.rate / other.rate for one, other in zip(got, measured["engine alone"], strict=True)
            )
            label = f"{clients} client{'s' * (clients > 1)}, {name}"
            print(f"  {label:32}{rate:8.0f} tokens/s   {ratio:5.2f} of alone   first token {first:.0f} ms")
    alone.close()


def memory(endpoint: LocalEndpoint, calls: int) -> None:
    """Resident memory before and after so many calls of each protocol, four at a time."""
    url = endpoint.url()
    print(f"  {'memory after start, MB':32}{rss_mb(endpoint.pid):8.0f}")
    for name, ask in (("HTTP/1.1", over_http1(url)), ("HTTP/2", over_http2(url))):
        with ThreadPoolExecutor(4) as callers:
            list(callers.map(lambda number, ask=ask: ask(prompt_of(number), 2), range(calls)))
        label = f"after {calls} calls, {name}, MB"
        print(f"  {label:32}{rss_mb(endpoint.pid):8.0f}")


def one_text(url: str, runs: int) -> None:
    """How many texts one prompt has at temperature 0, over both protocols, with other traffic beside it."""
    enough = threading.Event()
    sent = body("Name three winds.", 24)
    path = f"/model/{LOCAL_MODEL_ID}/invoke"

    def disturb(number: int) -> None:
        runtime = client(url)
        while not enough.is_set():
            number += 1
            other = body(prompt_of(number), 30, 1.0)
            runtime.invoke_model(modelId=LOCAL_MODEL_ID, body=other)["body"].read()

    def run(number: int) -> str:
        if number % 2:
            return text(client(url).invoke_model(modelId=LOCAL_MODEL_ID, body=sent)["body"].read())
        connection = Http2Client(url, timeout=60)
        answer = connection.read(connection.ask(path, sent))
        connection.close()
        return text(answer.body)

    with ThreadPoolExecutor(2) as others, ThreadPoolExecutor(2) as callers:
        for start in (0, 1000):
            others.submit(disturb, start)
        texts = list(callers.map(run, range(runs)))
        enough.set()
    print(f"  {f'texts of {runs} runs at temperature 0':32}{len(set(texts)):8}")


def text(answer: bytes) -> str:
    read: Any = json.loads(answer)
    said: str = read["outputs"][0]["text"]
    return said


def rss_mb(pid: int | None) -> float:
    """Resident memory of a process in MB (10^6 bytes)."""
    return int(subprocess.check_output(["ps", "-o", "rss=", "-p", str(pid)], text=True)) * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.wire")
    parser.add_argument("--quick", action="store_true", help="fewer runs, to try it out; figures are rough")
    parser.add_argument("--engine", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        asyncio.run(engine())
        return
    versions = ", ".join(
        f"{name} {importlib.metadata.version(name)}" for name in ("uvicorn", "zttp", "xllamacpp", "boto3")
    )
    print(f"Machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start. ", end="")
    print(f"Python {platform.python_version()}, {versions}.\n{HOW}\n")
    began = time.monotonic()
    endpoint = LocalEndpoint()
    endpoint.start()
    try:
        url = endpoint.url(30)
        speed(url, 1 if options.quick else 5)
        memory(endpoint, 50 if options.quick else 1000)
        one_text(url, 10 if options.quick else 100)
    finally:
        endpoint.close()
    print(f"\nTook {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
