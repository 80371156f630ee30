"""Figures for Prometheus: calls, tokens, cost, refusals, times, and no text of prompts or answers."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, start_http_server

from lib.bedrock.answer import Answer
from lib.bedrock.problems import OF_THE_GATE, Problem

REFUSALS = OF_THE_GATE | {"draining"}
"""Problem kinds of prompts that were refused here, before anything was sent."""
_SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)


class Metrics:
    """An observer of a Backend (`lib.bedrock.running`). `sessions` gives the number of connected tabs."""

    def __init__(self, sessions: Callable[[], float] = lambda: 0) -> None:
        self.registry = CollectorRegistry()
        self._calls = self._counter("calls", "Calls to a model that have ended.", "model", "status")
        self._tokens = self._counter("tokens", "Tokens as the service counted them.", "model", "direction")
        self._cost = self._counter("microdollars", "Estimated cost, in millionths of a dollar.", "model")
        self._refusals = self._counter("refusals", "Prompts that were refused before a call.", "kind")
        self._first = self._histogram("first_token_seconds", "From the request to the first text.")
        self._whole = self._histogram("answer_seconds", "From the request to the end of the answer.")
        self._streams = Gauge("sirocco_streams", "Answers that run now.", registry=self.registry)
        tabs = Gauge("sirocco_sessions", "Tabs that are connected now.", registry=self.registry)
        tabs.set_function(sessions)

    def began(self) -> None:
        """An answer was asked for."""
        self._streams.inc()

    def ended(self, answer: Answer) -> None:
        """That answer has ended."""
        self._streams.dec()
        if answer.problem and answer.problem.kind in REFUSALS:
            self.refused(answer.problem)
            return
        model = answer.recipe.model_id
        self._calls.labels(model, answer.status).inc()
        self._whole.observe(answer.duration_ms / 1000)
        if answer.first_token_ms is not None:
            self._first.observe(answer.first_token_ms / 1000)
        if answer.usage:
            self._tokens.labels(model, "input").inc(answer.usage.input_tokens)
            self._tokens.labels(model, "output").inc(answer.usage.output_tokens)
        if answer.cost is not None:
            self._cost.labels(model).inc(answer.cost)

    def refused(self, problem: Problem) -> None:
        """Count one refusal, of a prompt or of all prompts of a comparison together."""
        self._refusals.labels(problem.kind).inc()

    def text(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self.registry)

    def serve(self, port: int, address: str) -> None:
        """Serve /metrics on a port of its own, on another thread. Raises OSError if the port is in use."""
        start_http_server(port, address, registry=self.registry)

    def _counter(self, name: str, says: str, *labels: str) -> Counter:
        return Counter(f"sirocco_{name}", says, labels, registry=self.registry)

    def _histogram(self, name: str, says: str) -> Histogram:
        return Histogram(f"sirocco_{name}", says, buckets=_SECONDS, registry=self.registry)
