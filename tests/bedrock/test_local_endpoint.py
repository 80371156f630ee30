"""The embedded endpoint as a child process: its start, its restarts after a crash, and its end."""

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.bedrock.local_endpoint import ROOT, LocalEndpoint, LocalEndpointError
from lib.mistral.catalog import LOCAL_MODEL_ID
from tests.support.calls import client
from tests.support.scripted_endpoint import state
from tests.support.waiting import eventually

PARENT = """
import json, signal, threading
from lib.bedrock.local_endpoint import LocalEndpoint
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
endpoint = LocalEndpoint("tests.support.scripted_endpoint")
endpoint.start()
print(json.dumps({"url": endpoint.url()}), flush=True)
threading.Event().wait()
"""


@pytest.fixture
def endpoint() -> Iterator[LocalEndpoint]:
    endpoint = LocalEndpoint("tests.support.scripted_endpoint")
    yield endpoint
    endpoint.close()


def answers(url: str) -> bool:
    try:
        return bool(urllib.request.urlopen(f"{url}/health", timeout=5).read() == b"ok")
    except (OSError, urllib.error.URLError):
        return False


def crash(endpoint: LocalEndpoint) -> None:
    assert endpoint.pid
    os.kill(endpoint.pid, signal.SIGKILL)


def test_start_returns_before_the_endpoint_is_there_and_url_waits_for_it(endpoint: LocalEndpoint) -> None:
    endpoint.start()
    assert endpoint.state == "starting"
    url = endpoint.url()
    assert endpoint.state == "ready"
    assert answers(url)


def test_starting_twice_starts_one_child(endpoint: LocalEndpoint) -> None:
    endpoint.start()
    endpoint.url()
    first = endpoint.pid
    endpoint.start()
    assert endpoint.pid == first


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_the_child_gets_no_aws_keys(endpoint: LocalEndpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-of-tests")
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "token-of-tests")
    endpoint.start()
    endpoint.url()
    given = Path(f"/proc/{endpoint.pid}/environ").read_text(encoding="utf-8")
    assert "PATH=" in given
    assert "AWS_" not in given


def test_close_ends_the_child_and_may_be_called_again(endpoint: LocalEndpoint) -> None:
    endpoint.start()
    url = endpoint.url()
    endpoint.close()
    endpoint.close()
    assert not answers(url)
    with pytest.raises(LocalEndpointError, match="stopped"):
        endpoint.url()


def test_a_child_that_crashed_is_started_again_on_the_same_port(endpoint: LocalEndpoint) -> None:
    endpoint.start()
    url, first = endpoint.url(), endpoint.pid
    crash(endpoint)
    eventually(lambda: endpoint.pid != first and endpoint.state == "ready")
    assert endpoint.url() == url
    assert answers(url)


def test_a_child_that_keeps_crashing_fails_with_its_exit_code_and_last_lines() -> None:
    endpoint = LocalEndpoint("tests.bedrock.crashing_endpoint")
    endpoint.start()
    with pytest.raises(LocalEndpointError) as caught:
        endpoint.url(timeout=20)
    assert endpoint.state == "failed"
    assert "exit code 7" in caught.value.cause
    assert "illegal instruction" in caught.value.cause
    assert caught.value.fix


def test_a_missing_model_file_is_told_at_once_with_its_fix() -> None:
    endpoint = LocalEndpoint(options=["--model", "no-such-model.gguf"])
    endpoint.start()
    with pytest.raises(LocalEndpointError) as caught:
        endpoint.url(timeout=20)
    assert caught.value.cause == "The local model file no-such-model.gguf is missing."
    assert "make run" in caught.value.fix
    endpoint.close()


def test_an_endpoint_that_was_never_started_says_so() -> None:
    with pytest.raises(LocalEndpointError, match="not been started"):
        LocalEndpoint().url()


def test_a_start_that_takes_too_long_is_an_error_and_not_a_hang(endpoint: LocalEndpoint) -> None:
    endpoint.start()
    with pytest.raises(LocalEndpointError, match=r"within 0\.001 seconds"):
        endpoint.url(timeout=0.001)


def test_much_output_of_the_child_does_not_block_it() -> None:
    endpoint = LocalEndpoint("tests.bedrock.chatty_endpoint")
    endpoint.start()
    assert endpoint.url() == "http://127.0.0.1:1"
    endpoint.close()


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process in another folder that runs an endpoint, and the endpoint's URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    with process:
        yield process, json.loads(process.stdout.readline())["url"]
        process.kill()


def test_the_child_ends_when_its_parent_is_killed(parent: tuple[subprocess.Popen[str], str]) -> None:
    process, url = parent
    assert answers(url)
    process.send_signal(signal.SIGKILL)
    eventually(lambda: not answers(url), within=3)


def test_the_child_ends_when_its_parent_is_killed_in_the_middle_of_an_answer(
    parent: tuple[subprocess.Popen[str], str],
) -> None:
    process, url = parent
    body = json.dumps({"prompt": "chunks=1000 rate=10", "max_tokens": 1000})
    response = client(url).invoke_model_with_response_stream(modelId=LOCAL_MODEL_ID, body=body)
    next(iter(response["body"]))
    assert state(url)["active"] == 1
    process.send_signal(signal.SIGKILL)
    eventually(lambda: not answers(url), within=4)
    response["body"].close()


def test_ctrl_c_ends_parent_and_child(parent: tuple[subprocess.Popen[str], str]) -> None:
    process, url = parent
    process.send_signal(signal.SIGINT)
    process.wait(5)
    assert not answers(url)


def test_a_taken_port_gives_one_plain_sentence_and_an_exit_code() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = subprocess.run(
            [sys.executable, "-m", "lib.local", "--port", str(port)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
        )
    assert run.returncode == 3
    assert run.stdout == ""
    assert run.stderr == (
        f"Port {port} is already in use. Choose another with --port, or 0 for a free one.\n"
    )


def test_the_first_line_of_output_is_the_url_and_the_end_of_input_is_the_end() -> None:
    command = [sys.executable, "-m", "tests.support.scripted_endpoint", "--port", "0", "--watch-stdin"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        url = json.loads(child.stdout.readline())["url"]
        assert answers(url)
        child.stdin.close()
        child.wait(3)
    assert not answers(url)
