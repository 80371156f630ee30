"""An attacker's hour, shortened: ten addresses ask for all they can get, and the others are served."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from lib.hosting.ledgers.sqlite_ledger import SqliteLedger
from lib.hosting.settings import read
from tests.support import attack
from tests.support.attack import ATTACKERS, HUGE, LEFT, PER_MINUTE
from tests.support.chromium_pages import wait_until
from tests.support.replica import replica
from tests.support.scripted_endpoint import Endpoint, scripted

pytestmark = pytest.mark.slow


def let_through(bedrock: Endpoint) -> int:
    return sum(event["event"] == "open" for event in bedrock.log())


def spent(ledger: Path) -> tuple[int, int]:
    """Micro-dollars that are spent or held by now, and the number of calls that run."""
    today = SqliteLedger(str(ledger)).today("nobody")
    return today.spent + today.held, today.running


def test_what_is_not_allowed_is_refused_before_the_wire_and_the_other_visitor_is_served(
    tmp_path: Path,
) -> None:
    ledger = tmp_path / "ledger.db"
    settings = {**attack.SETTINGS, "SIROCCO_LEDGER": f"sqlite:{ledger}"}
    with scripted(tmp_path / "events") as bedrock, replica(tmp_path / "log", bedrock, **settings) as app:
        alone = [attack.first_token_s(app.url) for _ in range(2)]
        with ThreadPoolExecutor(ATTACKERS) as pool:
            said = list(pool.map(partial(attack.large_requests, app.url), range(1, ATTACKERS + 1)))
        for comparison, *links in said:
            assert "Nothing was sent. Too many calls in one minute" in comparison
            assert len(links) == len(HUGE)
            assert all("allowed" in shown for shown in links)
        assert let_through(bedrock) == len(alone)

        with attack.under_attack(app.url) as enough:
            beside = [attack.first_token_s(app.url) for _ in range(3)]
            wait_until(lambda: all(event.is_set() for event in enough), 90)
        wait_until(lambda: bedrock.state()["active"] == 0 and spent(ledger)[1] == 0, 30)
        attackers = let_through(bedrock) - len(alone) - len(beside)
        # The pace is a count over sixty seconds, and the attack may take a little longer than that.
        assert ATTACKERS <= attackers <= 2 * ATTACKERS * PER_MINUTE
        ended = Counter(event["event"] for event in bedrock.log())
        assert ended["gone"] == ATTACKERS * LEFT
        assert 0 < spent(ledger)[0] <= (read(settings).daily or 0)
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
