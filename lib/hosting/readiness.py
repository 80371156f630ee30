"""The report of /readyz: whether this process can answer prompts now, by backend, credentials and ledger.

Nothing here calls a model, so nothing costs anything.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.bedrock.backend import Backend
from lib.bedrock.local_endpoint import LocalEndpointError
from lib.hosting.calls import REFUSED
from lib.hosting.drain import Serving

FRESH_S = 30.0
"""How long a report is used before the parts are checked again."""
_WITHOUT = REFUSED | {"no-region", "bad-region"}
"""Problem kinds that make every call fail. A listing that is not permitted is none of them."""


@dataclass(frozen=True)
class Part:
    """One thing that is needed for an answer. `says` is one sentence without keys and account numbers."""

    ready: bool
    says: str


class Readiness:
    """Checks the parts at most every FRESH_S seconds, however often it is asked."""

    def __init__(
        self,
        serving: Serving,
        backend: Callable[[], Backend],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._serving, self._backend, self._now = serving, backend, now
        self._lock = threading.Lock()
        self._checked_at: float | None = None
        self._parts: Mapping[str, Part] = {}

    @property
    def draining(self) -> bool:
        """Whether the process is about to end."""
        return self._serving.phase == "draining"

    def serves(self) -> tuple[bool, Mapping[str, Any]]:
        """Whether requests should come here, that is, not while starting or draining; the same as JSON."""
        ready = self._serving.phase == "serving"
        return ready, {"ready": ready, "phase": self._serving.phase}

    def report(self) -> tuple[bool, Mapping[str, Any]]:
        """Whether prompts can be answered, and a JSON object that says why not. May take half a minute; call
        it on a thread."""
        serves, document = self.serves()
        if not serves:
            return False, document
        with self._lock:
            if self._checked_at is None or self._now() - self._checked_at >= FRESH_S:
                self._parts = self._check()
                self._checked_at = self._now()
            parts = self._parts
        ready = all(part.ready for part in parts.values())
        told = {name: {"ready": part.ready, "says": part.says} for name, part in parts.items()}
        return ready, {**document, "ready": ready, **told}

    def _check(self) -> Mapping[str, Part]:
        backend = self._backend()
        return {
            "backend": _backend(backend),
            "credentials": _credentials(backend),
            "ledger": _ledger(backend),
        }


def _backend(backend: Backend) -> Part:
    if backend.kind == "aws":
        return Part(True, f"Amazon Bedrock in {backend.region or 'no region'}.")
    if backend.endpoint is None:
        return Part(True, "An embedded endpoint that runs elsewhere.")
    try:
        backend.endpoint.url()
    except LocalEndpointError as error:
        problem = backend.explain(error)
        return Part(False, f"{problem.title}. {problem.cause}")
    return Part(True, "The embedded model.")


def _credentials(backend: Backend) -> Part:
    if backend.kind == "local":
        return Part(True, "The embedded model needs none.")
    problem = backend.account.refresh().problem
    if problem and problem.kind in _WITHOUT:
        return Part(False, f"{problem.title}. {problem.cause}")
    return Part(True, "AWS did not refuse them." if problem else "AWS accepts them.")


def _ledger(backend: Backend) -> Part:
    if problem := backend.gate.trouble():
        return Part(False, f"{problem.title}. {problem.cause}")
    return Part(True, "What must be counted can be counted.")
