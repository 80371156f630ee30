"""The real endpoint with the scripted engine.

    python -m tests.support.scripted_endpoint --port 0 [--log FILE]

`GET /_state` tells how many requests run and how many have ended. `scripted()` runs all that for one test.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lib.bedrock.local_endpoint import LocalEndpoint
from lib.local.serve import add_options, run
from tests.support.scripted_engine import ScriptedEngine


@dataclass(frozen=True)
class Endpoint:
    """A running endpoint of the tests; `log_file` is where it writes down what happens to each request."""

    url: str
    log_file: Path = Path(os.devnull)

    def state(self) -> dict[str, int]:
        return state(self.url)

    def log(self) -> list[dict[str, Any]]:
        """The events of all requests in order, as ScriptedEngine describes them."""
        return [json.loads(line) for line in self.log_file.read_text(encoding="utf-8").splitlines()]

    def last_sent(self) -> str:
        """The text of the answer that ended last, as far as it was sent."""
        return str([event["text"] for event in self.log() if "text" in event][-1])


@contextlib.contextmanager
def scripted(log_file: Path | None = None, *options: str) -> Iterator[Endpoint]:
    """A scripted endpoint that runs as long as the `with` block; `options` are more of its command line."""
    if log_file:
        log_file.touch()
    endpoint = LocalEndpoint(
        "tests.support.scripted_endpoint", [*(["--log", str(log_file)] if log_file else []), *options]
    )
    endpoint.start()
    try:
        yield Endpoint(endpoint.url(), log_file or Path(os.devnull))
    finally:
        endpoint.close()


def state(url: str) -> dict[str, int]:
    """How many requests run (`active`) and how many have ended (`served`)."""
    with urllib.request.urlopen(f"{url}/_state") as response:
        counts: dict[str, int] = json.load(response)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.scripted_endpoint")
    add_options(parser)
    parser.add_argument("--log", type=Path, help="append one JSON line for each event of a request")
    options = parser.parse_args()
    engine = ScriptedEngine(options.log)

    async def show(_: Request) -> Response:
        return JSONResponse({"active": engine.active, "served": engine.served})

    run(lambda: engine, options, (Route("/_state", show),))


if __name__ == "__main__":
    main()
