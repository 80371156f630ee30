"""Runs the endpoint's process: opens the port, loads the engine, prints the address, serves, ends."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable

import uvicorn
from starlette.routing import Route

from lib.local.app import create_app
from lib.local.engine import CannotStartError, Engine
from lib.local.protocols import http_protocol
from lib.local.shapes import FORMS

HOST = "127.0.0.1"
PORT = 8747
GRACE_S = 2.0
"""Seconds for an orderly end after the end of standard input; then the process ends at once."""
CANNOT_START = 3
"""The exit code if another start would fail, too; one line on stderr names cause and fix."""

NO_HTTP2 = (
    "HTTP/2 is off because the package zttp is not installed. AWS's SDK for Java with its asynchronous "
    "client, and the one for JavaScript with its default handler, cannot call this endpoint; others can."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that every endpoint process takes."""
    parser.add_argument("--port", type=int, default=PORT, help=f"default {PORT}; 0 takes a free one")
    parser.add_argument(
        "--shape",
        choices=list(FORMS),
        default="",
        help="the form of the events of invoke-with-response-stream",
    )
    parser.add_argument("--watch-stdin", action="store_true", help="end when standard input does")


def run(engine: Callable[[], Engine], options: argparse.Namespace, unsigned: tuple[Route, ...] = ()) -> None:
    """Serve until stopped, with the `options` of `add_options`.

    `engine` is called when the port is open, because it may take a while. If the port cannot be opened or the
    engine cannot start, the process ends with the exit code CANNOT_START.
    """
    if options.watch_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        listener = _listen(options.port)
        app = create_app(engine(), unsigned, options.shape)
    except CannotStartError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(CANNOT_START)
    protocol, speaks_http2 = http_protocol()
    if not speaks_http2:
        sys.stderr.write(f"{NO_HTTP2}\n")
    config = uvicorn.Config(
        app,
        http=protocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=75,  # s: longer than most pauses between two prompts
        timeout_graceful_shutdown=1,
    )
    sys.stdout.write(json.dumps({"url": f"http://{HOST}:{listener.getsockname()[1]}"}) + "\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(uvicorn.Server(config).serve([listener]))


def _listen(port: int) -> socket.socket:
    try:
        listener = socket.create_server((HOST, port))
    except OverflowError:
        raise CannotStartError(f"{port} is not a port. Choose one from 1024 to 65535 with --port.") from None
    except OSError as error:
        reason = (
            "is already in use" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
        )
        raise CannotStartError(
            f"Port {port} {reason}. Choose another with --port, or 0 for a free one."
        ) from None
    # Connections get it from the listener; asyncio sets it only where that is made with IPPROTO_TCP. Without
    # it a chunk waits up to 40 ms until the client has acknowledged the one before (RFC 896, RFC 1122).
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _end_with_stdin() -> None:
    """End this process with standard input, which ends when the parent does, even if that was killed."""
    # Not sys.stdin: its lock, held by this thread, would abort an interpreter that ends for another reason.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)  # uvicorn ends in order; before it runs, the process just ends
    time.sleep(GRACE_S)
    os._exit(0)  # whatever the event loop is doing
