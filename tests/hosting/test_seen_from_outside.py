"""What a process shows to probes and to strangers: health, readiness, metrics, log, and no more."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from lib.mistral.catalog import find
from tests.support.chromium_pages import wait_until
from tests.support.replica import Replica, free_port, get, replica
from tests.support.scripted_endpoint import Endpoint, scripted
from tests.support.visitor import Visitor

pytestmark = pytest.mark.slow
METRICS_PORT = free_port()


@pytest.fixture(scope="module")
def bedrock() -> Iterator[Endpoint]:
    with scripted() as running_endpoint:
        yield running_endpoint


@pytest.fixture(scope="module")
def app(bedrock: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replica]:
    log = tmp_path_factory.mktemp("app") / "log"
    with replica(
        log,
        bedrock,
        SIROCCO_LOG="json",
        SIROCCO_METRICS_TOKEN="test",
        SIROCCO_METRICS_PORT=str(METRICS_PORT),
    ) as served:
        yield served


def log_lines(app: Replica) -> list[str]:
    return app.log.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    "path", ["/", "/chat", "/compare", "/next_word", "/shared?r=x", "/doctor", "/favicon.png"]
)
def test_pages_and_files_of_the_page_are_found(path: str, app: Replica) -> None:
    assert get(app.url + path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        *("/nope", "/chat/more", "/x/_stcore/health", "/wp-login.php", "/.env"),
        *("/static/nope.js", "/_stcore/nope", "/auth/nope", "/_stcore/metrics", "/media/nope"),
    ],
)
def test_everything_else_is_404(path: str, app: Replica) -> None:
    assert get(app.url + path).status == 404


def test_healthz_says_ok_and_is_not_cached(app: Replica) -> None:
    reply = get(f"{app.url}/healthz")
    assert (reply.status, reply.body, reply.headers["cache-control"]) == (200, "ok", ["no-store"])


def test_readiness_names_its_parts(app: Replica) -> None:
    """The listing of models fails here, and prompts can be answered all the same."""
    reply = get(f"{app.url}/readyz")
    assert reply.status == 200
    assert {name for name, part in reply.json().items() if isinstance(part, dict)} == {
        *("backend", "credentials", "ledger")
    }


def test_metrics_need_the_token_or_their_own_port(app: Replica) -> None:
    assert get(f"{app.url}/metrics").status == 401
    assert get(f"{app.url}/metrics", Authorization="Bearer wrong").status == 401
    assert "sirocco_streams" in get(f"http://localhost:{METRICS_PORT}/metrics").body


def test_an_answer_is_counted_and_logged_without_a_word_of_it(app: Replica) -> None:
    before, lines = app.figures(), len(log_lines(app))
    with Visitor(app.url) as visitor:
        assert app.figures()["sirocco_sessions"] == before["sirocco_sessions"] + 1
        visitor.ask("chunks=8 rate=50 a secret prompt")
        visitor.wait_for(lambda: len(visitor.words()) > 1)
        visitor.wait_for(lambda: visitor.idle and len(visitor.words()) == 8)
    wait_until(lambda: len(log_lines(app)) > lines, 5)
    (line,) = log_lines(app)[lines:]
    assert "secret" not in line
    assert "w1" not in line
    told = json.loads(line)
    assert {name: told[name] for name in ("event", "status", "stop_reason", "output_tokens")} == {
        "event": "answer",
        "status": "complete",
        "stop_reason": "stop",
        "output_tokens": 8,
    }
    assert told["answer_ms"] >= told["first_token_ms"] > 0
    model, after = told["model"], app.figures()
    assert after[f'sirocco_calls_total{{model="{model}",status="complete"}}'] >= 1
    assert after[f'sirocco_tokens_total{{direction="output",model="{model}"}}'] >= 8
    price = find(model).price
    assert price
    assert told["microdollars"] == price.cost(told["input_tokens"], told["output_tokens"]) > 0
    counted = f'sirocco_microdollars_total{{model="{model}"}}'
    assert after[counted] - before.get(counted, 0) == told["microdollars"]
    for name in ("sirocco_first_token_seconds_count", "sirocco_answer_seconds_count"):
        assert after[name] == before[name] + 1
    assert after["sirocco_streams"] == 0


def send(app: Replica, frame: str | bytes) -> int | None:
    """The close code after one frame on a websocket of its own."""
    address = f"{app.url.replace('http', 'ws')}/_stcore/stream"
    with connect(address, subprotocols=["streamlit"], proxy=None) as websocket:  # type: ignore[list-item]
        websocket.send(frame)
        try:
            while True:
                websocket.recv(timeout=10)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


def test_garbage_makes_one_short_line_of_each_kind(app: Replica) -> None:
    lines = len(log_lines(app))
    for _ in range(5):
        assert send(app, "text") == 1003
        assert send(app, b"\xff\xff\xff\x01garbage") == 1002
        with socket.create_connection(("127.0.0.1", app.port)) as raw:
            raw.sendall(b"rubbish\r\n\r\n")
            assert b" 400 " in raw.recv(100)
    written = log_lines(app)[lines:]
    assert 0 < len(written) <= 3
    assert all(len(line) < 120 for line in written)


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": ""}, "credentials"),
        ({"AWS_DEFAULT_REGION": ""}, "credentials"),
        ({"SIROCCO_DAILY_USD": "5", "SIROCCO_LEDGER": "redis://127.0.0.1:9/0"}, "ledger"),
        ({"SIROCCO_DAILY_USD": "five"}, "ledger"),
    ],
)
def test_without_what_calls_need_a_process_serves_but_is_not_ready(
    env: dict[str, str], says: str, bedrock: Endpoint, tmp_path: Path
) -> None:
    with replica(tmp_path / "log", bedrock, **env) as app:
        assert get(f"{app.url}/readyz?serve").status == 200
        reply = get(f"{app.url}/readyz")
        assert reply.status == 503
        assert not reply.json()[says]["ready"]
        assert re.fullmatch(r"[A-Z].+\.", reply.json()[says]["says"])


def test_prompts_that_the_gate_refuses_are_counted_by_their_kind_and_are_no_calls(
    bedrock: Endpoint, tmp_path: Path
) -> None:
    settings = {"SIROCCO_DAILY_USD": "0.000001", "SIROCCO_LEDGER": f"sqlite:{tmp_path / 'ledger.db'}"}
    with (
        replica(tmp_path / "log", bedrock, SIROCCO_METRICS_TOKEN="test", **settings) as app,
        Visitor(app.url) as visitor,
    ):
        visitor.ask("chunks=2")
        visitor.wait_for(
            lambda: any("costs more than may be spent" in text for text in visitor.drawn.values())
        )
        figures = app.figures()
        assert figures['sirocco_refusals_total{kind="too-dear"}'] == 1
        assert not any(name.startswith("sirocco_calls_total{") for name in figures)
        assert figures["sirocco_streams"] == 0


def test_without_settings_there_are_no_metrics_and_lines_are_plain(bedrock: Endpoint, tmp_path: Path) -> None:
    with replica(tmp_path / "log", bedrock) as app:
        assert get(f"{app.url}/metrics").status == 404
        with Visitor(app.url) as visitor:
            visitor.ask("chunks=2")
            visitor.wait_for(lambda: "w2" in visitor.words())
        wait_until(lambda: any(" event=answer model=" in line for line in log_lines(app)), 5)


def test_below_a_path_only_what_is_below_it_is_found(bedrock: Endpoint, tmp_path: Path) -> None:
    with replica(tmp_path / "log", bedrock, base="demo/chat") as app:
        for path, status in {
            "/demo/chat": 200,
            "/demo/chat/compare": 200,
            "/demo/chat/healthz": 200,
            "/healthz": 200,
            "/compare": 404,
            "/demo": 404,
            "/demo/chat/nope": 404,
        }.items():
            assert get(app.url + path).status == status, path


def test_a_response_does_not_name_the_software(app: Replica) -> None:
    """Fails if uvicorn's server can no longer be found (lib/hosting/uvicorn_server.py)."""
    assert "server" not in get(f"{app.url}/").headers


def test_over_tls_cookies_and_the_address_are_bound_to_tls(app: Replica) -> None:
    """uvicorn trusts a proxy on this computer, which reports that the browser came over TLS."""
    reply = get(f"{app.url}/_stcore/health", X_Forwarded_Proto="https", Host="sirocco.localhost")
    assert all("Secure" in cookie for cookie in reply.headers["set-cookie"])
    plain = get(f"{app.url}/_stcore/health")
    assert all("Secure" not in cookie for cookie in plain.headers["set-cookie"])


def test_another_name_is_refused(app: Replica) -> None:
    assert get(f"{app.url}/", Host="evil.example").status == 421
    assert get(f"{app.url}/healthz", Host="evil.example").status == 200
