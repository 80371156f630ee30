"""A Bedrock that a test sets up: what it lists and refuses, its clock, whether it holds answers back."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lib.local.frames import chunk_event
from tests.support.fault_actions import Refusal
from tests.support.fault_table import FAULTS

WORDS = 12


def summary(model_id: str, status: str = "ACTIVE", **more: Any) -> dict[str, Any]:
    """One entry of ListFoundationModels; `life` is merged into its modelLifecycle."""
    life = more.pop("life", {})
    return {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{model_id}",
        "modelId": model_id,
        "providerName": "Mistral AI",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "inferenceTypesSupported": ["ON_DEMAND"],
        "modelLifecycle": {"status": status, **life},
        **more,
    }


def profile(profile_id: str, model_id: str) -> dict[str, Any]:
    """One entry of ListInferenceProfiles."""
    arn = f"foundation-model/{model_id}"
    return {
        "inferenceProfileName": profile_id,
        "inferenceProfileId": profile_id,
        "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{profile_id}",
        "models": [{"modelArn": f"arn:aws:bedrock:{region}::{arn}"} for region in ("us-east-1", "us-west-2")],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def refusal(fault: str) -> Refusal:
    """What AWS says in this fault of the fault table."""
    act = FAULTS[fault].act
    assert isinstance(act, Refusal)
    return act


@dataclass
class Stand:
    """`models`, `profiles`: the listing (profiles in pages), or its refusal. `answer`: what a POST gets: some
    words, a refusal, or what the endpoint at this URL answers, perhaps `held_back` until it has ended."""

    models: Sequence[dict[str, Any]] | Refusal = ()
    profiles: Sequence[Sequence[dict[str, Any]]] | Refusal = ((),)
    answer: Refusal | str = ""
    held_back: bool = False
    clock_off_s: float = 0
    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.gate.set()


@contextlib.contextmanager
def serving(stand: Stand) -> Iterator[Stand]:
    """`stand.url` answers within the block; listings wait for `stand.gate`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"stand": stand}))
    server.daemon_threads = True
    stand.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield stand
    finally:
        stand.gate.set()
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand: Stand

    def do_GET(self) -> None:
        stand, path = self.stand, self.path.partition("?")[0]
        stand.asked.append(path)
        if path == "/foundation-models":
            stand.gate.wait(10)
            self._listing("modelSummaries", stand.models)
        elif path == "/inference-profiles":
            self._page(stand.profiles)
        else:
            self._refuse(Refusal(404, "UnknownOperationException", "There is no such operation."))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.stand.asked.append(self.path)
        if isinstance(self.stand.answer, Refusal):
            self._refuse(self.stand.answer)
        elif self.stand.answer:
            self._relay(self.stand.answer, body)
        else:
            self._send(200, b"".join(_chunks()), "application/vnd.amazon.eventstream")

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate((timestamp or time.time()) + self.stand.clock_off_s, usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing on stderr."""

    def _page(self, pages: Sequence[Sequence[dict[str, Any]]] | Refusal) -> None:
        if isinstance(pages, Refusal):
            self._refuse(pages)
            return
        number = int(self.path.partition("nextToken=")[2].partition("&")[0] or 0)
        more = {"nextToken": str(number + 1)} if number + 1 < len(pages) else {}
        self._listing("inferenceProfileSummaries", pages[number], **more)

    def _listing(self, name: str, entries: Sequence[dict[str, Any]] | Refusal, **more: str) -> None:
        if isinstance(entries, Refusal):
            self._refuse(entries)
        else:
            self._send(200, json.dumps({name: list(entries), **more}).encode())

    def _refuse(self, refusal: Refusal) -> None:
        body = json.dumps({"message": refusal.message}).encode()
        self._send(refusal.status, body, **{"x-amzn-ErrorType": refusal.code})

    def _send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Type": kind, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # who asked has left, which some tests are about
            self.wfile.write(body)

    def _relay(self, url: str, body: bytes) -> None:
        headers = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
        request = urllib.request.Request(url + self.path, body, headers)
        with urllib.request.urlopen(request) as upstream:
            kind = upstream.headers["Content-Type"]
            if self.stand.held_back:
                self._send(upstream.status, upstream.read(), kind)
                return
            self.send_response(upstream.status)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            while data := upstream.read1():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
            self.wfile.write(b"0\r\n\r\n")


def _chunks() -> Iterator[bytes]:
    metrics = {"inputTokenCount": 9, "outputTokenCount": WORDS, "invocationLatency": 9, "firstByteLatency": 3}
    for number in range(1, WORDS + 1):
        last = number == WORDS
        chunk: dict[str, Any] = {
            "outputs": [{"text": f"w{number} ", "stop_reason": "stop" if last else None}]
        }
        chunk |= {"amazon-bedrock-invocationMetrics": metrics} if last else {}
        yield chunk_event(json.dumps(chunk).encode())
