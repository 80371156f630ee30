"""On SIGTERM running answers finish, new prompts are refused with a sentence, and the exit code is 0."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from lib.hosting.addresses import LEFT_ANSWER
from tests.support.chromium_pages import wait_until
from tests.support.replica import Replica, get, replica
from tests.support.scripted_endpoint import Endpoint, scripted
from tests.support.visitor import Visitor

pytestmark = pytest.mark.slow
Start = Callable[..., Replica]


@pytest.fixture(scope="module")
def bedrock() -> Iterator[Endpoint]:
    with scripted() as running_endpoint:
        yield running_endpoint


def words(count: int) -> list[str]:
    return [f"w{number}" for number in range(1, count + 1)]


def test_sigterm_lets_the_answer_finish_refuses_the_next_and_exits_with_0(
    bedrock: Endpoint, tmp_path: Path
) -> None:
    with (
        replica(tmp_path / "log", bedrock) as app,
        Visitor(app.url) as reader,
        Visitor(app.url) as late,
    ):
        reader.ask("chunks=120 rate=40")
        reader.wait_for(lambda: len(reader.words()) > 5)
        app.terminate()
        wait_until(lambda: get(f"{app.url}/readyz?serve").status == 503, 5)
        assert get(f"{app.url}/healthz").status == 200
        for cookie in ("", f"{LEFT_ANSWER}=invented"):
            stranger = Visitor(app.url, headers={"Cookie": cookie})
            with pytest.raises(InvalidStatus, match="503"):
                stranger.connect()
        served = bedrock.state()["served"]
        late.ask("chunks=1")
        late.wait_for(lambda: any("restarting" in text for text in late.drawn.values()))
        assert bedrock.state()["served"] == served
        reader.wait_for(lambda: reader.idle and len(reader.words()) == 120)
        assert reader.words() == words(120)
        assert app.process.wait(15) == 0
        log = app.log.read_text(encoding="utf-8")
        assert "Traceback" not in log


def test_an_idle_server_exits_at_once(bedrock: Endpoint, tmp_path: Path) -> None:
    with replica(tmp_path / "log", bedrock) as app, Visitor(app.url):
        app.terminate()
        begun = time.monotonic()
        assert app.process.wait(15) == 0
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize(("limit", "signals"), [("1", 1), ("60", 2)])
def test_the_limit_and_a_second_sigterm_end_a_long_answer(
    limit: str, signals: int, bedrock: Endpoint, tmp_path: Path
) -> None:
    with (
        replica(tmp_path / "log", bedrock, SIROCCO_DRAIN_S=limit) as app,
        Visitor(app.url) as reader,
    ):
        reader.ask("chunks=3000 rate=20")
        reader.wait_for(lambda: len(reader.words()) > 5)
        for _ in range(signals):
            app.terminate()
            wait_until(lambda: app.process.poll() is not None or is_draining(app), 5)
        begun = time.monotonic()
        assert app.process.wait(15) == 0
        assert time.monotonic() - begun < 5
        with pytest.raises(ConnectionClosed):
            reader.wait_for(lambda: False)
    wait_until(lambda: bedrock.state()["active"] == 0, 5)


def is_draining(app: Replica) -> bool:
    try:
        return get(f"{app.url}/readyz?serve").status == 503
    except OSError:
        return True
