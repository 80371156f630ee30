"""A Bedrock Runtime endpoint that keeps what it is sent and answers with one short stream."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import unquote

from lib.local.frames import chunk_event
from lib.mistral.catalog import Dialect, find

TEXT = "Où ça ?\n“Là” 😀"
"""What every answer says, in two chunks."""


class Received(NamedTuple):
    path: str
    body: bytes


@dataclass
class Recorder:
    """`received` grows with each request."""

    url: str = ""
    received: list[Received] = field(default_factory=list)


def frames(dialect: Dialect) -> bytes:
    """The event stream of an answer in a dialect, with a chunk that holds no text at its end."""

    def chunk(text: str, reason: str | None) -> dict[str, object]:
        if dialect == "text":
            return {"outputs": [{"text": text, "stop_reason": reason}]}
        name = "message" if dialect == "message" else "delta"
        return {
            "choices": [{"index": 0, name: {"role": "assistant", "content": text}, "finish_reason": reason}]
        }

    chunks: list[dict[str, object]] = [chunk(TEXT[:6], None), chunk(TEXT[6:], "stop")]
    if dialect == "delta":
        chunks.append({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2}})
    return b"".join(chunk_event(json.dumps(chunk).encode()) for chunk in chunks)


@contextlib.contextmanager
def recording() -> Iterator[Recorder]:
    """A recorder that listens on the loopback as long as the `with` block lasts."""
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            recorder.received.append(Received(self.path, body))
            model_id = unquote(self.path.split("/")[2])
            answer = frames(find(model_id).dialect)
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.amazon.eventstream")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing: the test looks at `received`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        recorder.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield recorder
        server.shutdown()
