"""How the app and Doctor's command start: with the host's settings, and the gate that follows from them."""

from __future__ import annotations

import functools
import os
from dataclasses import replace
from pathlib import Path

from lib.bedrock.backend import Backend, Kind
from lib.bedrock.call_options import call_options
from lib.hosting import hosts, settings
from lib.hosting.gate import HostGate
from lib.hosting.ledgers import open_ledger
from lib.hosting.settings import HostSettings
from lib.mistral.catalog import set_prices

NO_BUDGET = (
    "SIROCCO_DAILY_USD is not set, so only browsers on this computer get answers from AWS. Set it to a "
    "number of US dollars a day, or to none for no limit."
)


def backend(root: Path) -> Backend:
    """The backend with the gate of this host. Call `load_settings` first.

    A path of SIROCCO_LEDGER is relative to `root`.
    """
    found = settings.read(os.environ)
    set_prices(found.prices, call_options().tier)
    made = Backend.detect(functools.partial(_gate, found, root), found.models, with_local=found.local_model)
    return replace(made, notes=(*made.notes, *found.wrong)) if found.wrong else made


def warning(here: Backend, address: str | None) -> str:
    """A sentence for the log, if the app is open to other computers and has no budget; else ""."""
    found = settings.read(os.environ)
    if here.kind == "local" or found.daily is not None or found.no_cap or hosts.is_loopback(address):
        return ""
    return NO_BUDGET


def _gate(found: HostSettings, root: Path, kind: Kind) -> HostGate:
    return HostGate(found, open_ledger(found.ledger, root) if kind == "aws" else None, kind)
