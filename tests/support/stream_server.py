"""A Bedrock runtime that sends given events, or another body with status 200, whatever it is asked."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lib.local.frames import chunk_event

EVENT_STREAM = "application/vnd.amazon.eventstream"


@contextlib.contextmanager
def sending(
    payloads: Sequence[bytes] = (),
    kind: str = EVENT_STREAM,
    body: bytes = b"",
    pace_s: float = 0,
    hold_s: float = 0,
) -> Iterator[str]:
    """The server's address. It sends each payload as one event every `pace_s` seconds, then the `body`, and
    keeps the connection open for `hold_s` seconds."""
    ended = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for payload in payloads:
                time.sleep(pace_s)
                self._send(chunk_event(payload))
            if body:
                self._send(body)
            ended.wait(hold_s)
            self.wfile.write(b"0\r\n\r\n")

        def _send(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
