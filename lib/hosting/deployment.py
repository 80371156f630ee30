"""The settings of a deployment that have nothing to do with money, read from the environment.

They are read when they are needed, because `.env` and the secrets are loaded after the server has started.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

DRAIN_S = 30.0
"""How long running answers may take to finish after SIGTERM, unless SIROCCO_DRAIN_S is set."""
LogForm = Literal["text", "json", "off"]


@dataclass(frozen=True)
class Deployment:
    """`drain_s`: seconds for running answers after SIGTERM. `metrics_port`: the port that serves /metrics, or
    None. `metrics_token`: who presents it may read /metrics on the port of the page, or None. `log`: the form
    of the line for each answer. `notes`: a sentence for each setting that was not understood.
    """

    drain_s: float = DRAIN_S
    metrics_port: int | None = None
    metrics_token: str | None = None
    log: LogForm = "text"
    notes: tuple[str, ...] = ()


def deployment(environment: Mapping[str, str] | None = None) -> Deployment:
    """The settings as they are now. Never raises: what is not understood has its default and a note."""
    said = os.environ if environment is None else environment
    notes: list[str] = []
    drain_s = _number(said, "SIROCCO_DRAIN_S", notes, "a number of seconds from 0 to 3600", 3600)
    port = _number(said, "SIROCCO_METRICS_PORT", notes, "a port from 1 to 65535", 65535)
    return Deployment(
        drain_s=DRAIN_S if drain_s is None else drain_s,
        metrics_port=int(port) if port else None,
        metrics_token=said.get("SIROCCO_METRICS_TOKEN", "").strip() or None,
        log=_log_form(said, notes),
        notes=tuple(notes),
    )


def _number(said: Mapping[str, str], name: str, notes: list[str], takes: str, most: float) -> float | None:
    text = said.get(name, "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1
    if 0 <= value <= most:
        return value
    notes.append(f"{name} is “{text[:40]}”; it takes {takes}.")
    return None


def _log_form(said: Mapping[str, str], notes: list[str]) -> LogForm:
    text = said.get("SIROCCO_LOG", "").strip().lower() or "text"
    if text in get_args(LogForm):
        return cast(LogForm, text)
    notes.append(f"SIROCCO_LOG is “{text[:40]}”; it takes text, json or off.")
    return "text"
