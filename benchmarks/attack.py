"""What a visitor waits while ten others attack: `python -m benchmarks.attack`, part of `make figures`.

It measures the time to the first token of one visitor who asks now and then, alone and while ten addresses
ask and leave as fast as they can, up to the host's limits on calls a minute and calls at once.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.support import attack
from tests.support.replica import replica
from tests.support.scripted_endpoint import scripted

ROUNDS = 5
"""Fewer than the calls a minute that are allowed; the app is started anew for each measurement."""


def main() -> None:
    alone, beside = _first_tokens(attacked=False), _first_tokens(attacked=True)
    waited = statistics.median(beside) / statistics.median(alone)
    print(f"\nFirst token of a visitor while {attack.ATTACKERS} addresses attack, medians of {ROUNDS}")
    print(f"  {'alone, ms':32}{statistics.median(alone) * 1000:8.0f}")
    print(f"  {'beside the attack, ms':32}{statistics.median(beside) * 1000:8.0f}   {waited:.1f} times")


def _first_tokens(*, attacked: bool) -> list[float]:
    """The seconds until the first token, measured ROUNDS times."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {**attack.SETTINGS, "SIROCCO_LEDGER": f"sqlite:{folder}/ledger.db"}
        with scripted() as bedrock, replica(Path(folder) / "log", bedrock, **settings) as app:
            if not attacked:
                return [attack.first_token_s(app.url) for _ in range(ROUNDS)]
            with attack.under_attack(app.url):
                return [attack.first_token_s(app.url) for _ in range(ROUNDS)]


if __name__ == "__main__":
    main()
