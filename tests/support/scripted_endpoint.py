"""The real endpoint with the scripted engine.

    python -m tests.support.scripted_endpoint --port 0 [--log FILE]

`GET /_state` tells how many requests run and how many have ended. `scripted()` runs all that for one test.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from lib.bedrock.local_endpoint import LocalEndpoint
from lib.local.serve import add_options, run
from tests.support.scripted_engine import ScriptedEngine


@contextlib.contextmanager
def scripted(log: Path | None = None) -> Iterator[str]:
    """The URL of a scripted endpoint that lives as long as the `with` block."""
    endpoint = LocalEndpoint("tests.support.scripted_endpoint", ["--log", str(log)] if log else [])
    endpoint.start()
    try:
        yield endpoint.url()
    finally:
        endpoint.close()


def client(url: str, service: str = "bedrock-runtime") -> Any:
    """boto3's own client, pointed at the endpoint."""
    import boto3  # here, because the endpoint's process has no use for it

    session = boto3.Session("AKIDEXAMPLE", "secret", region_name="us-east-1")
    return session.client(service, endpoint_url=url)


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

    run(lambda: engine, options.port, options.watch_stdin, (Route("/_state", show),))


if __name__ == "__main__":
    main()
