"""Two headers of the embedded endpoint: a seed for the draws, and how many candidates to keep for each token.

Bedrock's Mistral bodies have no field for a seed (AWS docs, model-parameters-mistral-text-completion and
-chat-completion, 2026), so no client of AWS gets them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

SEED, ODDS = "x-sirocco-seed", "x-sirocco-odds"
_headers: ContextVar[Mapping[str, str]] = ContextVar("local_headers", default=MappingProxyType({}))


def headers(seed: int | None = None, odds: int = 0) -> Mapping[str, str]:
    """The headers for these values. `odds`: candidates to keep for each token of the answer, 0 for none."""
    told = {SEED: seed, ODDS: odds or None}
    return {name: str(value) for name, value in told.items() if value is not None}


@contextmanager
def sent(wanted: Mapping[str, str]) -> Iterator[None]:
    """While the block runs, calls of this thread through a client that `accepts` them carry these headers."""
    token = _headers.set(wanted)
    try:
        yield
    finally:
        _headers.reset(token)


def accept(client: Any) -> None:
    """Let this boto3 client send the headers of `sent`."""
    client.meta.events.register("before-sign.bedrock-runtime", _add)


def _add(request: Any, **_: Any) -> None:
    for name, value in _headers.get().items():
        request.headers[name] = value
