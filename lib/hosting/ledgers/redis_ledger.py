"""The ledger in Redis, for several replicas: every step is one run of the Lua script beside this file."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from lib.hosting.ledgers.ledger import (
    DAY_S,
    KEPT_DAYS,
    PACE_S,
    Asked,
    Denied,
    Ended,
    LedgerError,
    Limits,
    Taken,
    Today,
)

PREFIX = "sirocco"
TIMEOUT_S = 2.0
"""How long to wait for Redis, to connect and to answer."""
_NEVER_S = 3600
"""How long a hold that was released before it was taken is remembered, in seconds."""
_SCRIPT = Path(__file__).with_suffix(".lua").read_text(encoding="utf-8")


class RedisLedger:
    """`address`: redis://, rediss:// or unix://, as redis-py takes it. Without `clock` the time is that of
    Redis, so that the clocks of the replicas do not matter."""

    def __init__(self, address: str, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._client = redis.Redis.from_url(
            address,
            socket_connect_timeout=TIMEOUT_S,
            socket_timeout=TIMEOUT_S,
            # A connection from before a restart of Redis fails once. Every step may be sent twice, because
            # the ids of holds are made here and a second settlement changes nothing. After a time-out
            # nothing is sent again.
            retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
        )
        self._run = self._client.register_script(_SCRIPT)
        self._lock = threading.Lock()
        self._seen: dict[str, int] = {}

    def reserve(self, asked: Asked, limits: Limits) -> Taken | Denied:
        told = {name: value for name, value in asdict(limits).items() if value is not None}
        answer = self._step("reserve", **asdict(asked), limits=told)
        if "error" in answer:
            raise LedgerError(answer["error"])
        if "denied" in answer:
            sums = int(answer.get("spent", 0)), int(answer.get("held", 0))
            return Denied(answer["denied"], *sums, answer.get("at"))
        return Taken(int(answer["width"]))

    def settle(self, ended: Sequence[Ended]) -> None:
        told = [{name: value for name, value in asdict(each).items() if value is not None} for each in ended]
        if told:  # Lua would not know an empty list from an empty object
            self._step("settle", ended=told)

    def today(self, visitor: str) -> Today:
        answer = self._step("today", visitor=visitor)
        names = ("spent", "held", "visitor_spent", "visitor_held", "running")
        return Today(answer["now"], *(int(answer[name]) for name in names))

    def close(self) -> None:
        self._client.close()

    def _step(self, name: str, **asked: Any) -> dict[str, Any]:
        if self._clock:
            asked["now"] = self._clock()
        if self._seen:
            asked["seen"] = self._seen
        asked |= {"day_s": DAY_S, "kept_s": KEPT_DAYS * DAY_S, "pace_s": PACE_S, "never_s": _NEVER_S}
        try:
            answer: dict[str, Any] = json.loads(self._run(keys=[PREFIX], args=[name, json.dumps(asked)]))
        except (redis.RedisError, OSError, ValueError) as error:
            raise LedgerError(f"Redis: {error}") from error
        self._remember({key: int(value) for key, value in answer["seen"].items()})
        return answer

    def _remember(self, seen: dict[str, int]) -> None:
        """Keep the newest sums that Redis has sent, so that a Redis that lost them can be corrected."""
        with self._lock:
            known = self._seen
            if not known or (seen["day"], seen["changes"]) > (known["day"], known["changes"]):
                self._seen = seen
