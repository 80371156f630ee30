"""What a visitor waits while ten others attack: `python -m benchmarks.attack`, part of `make figures`.

The first token of one visitor who asks now and then, alone and beside ten addresses that ask, compare and
leave as fast as they can; the host's pace and places bound them.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.support import attack
from tests.support.replica import replica
from tests.support.scripted_endpoint import scripted

ROUNDS = 5
"""Fewer than the pace allows, and for each half the app is started anew."""


def main() -> None:
    alone, beside = _first_tokens(attacked=False), _first_tokens(attacked=True)
    waited = statistics.median(beside) / statistics.median(alone)
    print(f"\nFirst token of a visitor while {attack.ATTACKERS} addresses attack, medians of {ROUNDS}")
    print(f"  {'alone, ms':32}{statistics.median(alone) * 1000:8.0f}")
    print(f"  {'beside the attack, ms':32}{statistics.median(beside) * 1000:8.0f}   {waited:.1f} times")


def _first_tokens(*, attacked: bool) -> list[float]:
    """Seconds, ROUNDS times."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {**attack.SETTINGS, "SIROCCO_LEDGER": f"sqlite:{folder}/ledger.db"}
        with scripted() as bedrock, replica(Path(folder) / "log", bedrock, **settings) as app:
            if not attacked:
                return [attack.first_token_s(app.url) for _ in range(ROUNDS)]
            with attack.under_attack(app.url):
                return [attack.first_token_s(app.url) for _ in range(ROUNDS)]


if __name__ == "__main__":
    main()
