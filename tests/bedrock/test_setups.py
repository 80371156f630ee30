"""Set-ups with a fault, each in a process of its own: it starts, and one problem names the cause."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.doctor_command import ROOT, run_doctor
from tests.support.environment import NOBODY, aws_settings, without_aws

START = """
import json, os, sys, time
from pathlib import Path
from lib.bedrock.backend import Backend
from lib.bedrock.settings import load_settings
from lib.mistral.recipe import Message, Recipe

begun = time.monotonic()
load_settings(Path(os.environ["SETUP_ROOT"]), {})
backend = Backend.detect()
took, problem, status = time.monotonic() - begun, None, None
if backend.kind == "aws":
    reply = backend.stream(Recipe(model_id=backend.default_model.id, messages=(Message("user", "hello"),)))
    assert reply.wait_ended(20)
    problem, status = reply.answer.problem, reply.answer.status
else:
    backend.endpoint.close()
print(json.dumps({
    "kind": backend.kind, "region": backend.region, "took": took, "notes": backend.notes, "status": status,
    "problem": problem and problem.kind,
    "card": problem and " ".join((problem.title, problem.cause, problem.fix)),
}))
"""
AWS = aws_settings(NOBODY)
ACCOUNT_ARN = "arn:aws:bedrock:us-east-1:123456789012"
EXPIRED = (
    '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"B","SessionToken":"C",'
    '"Expiration":"2020-01-01T00:00:00Z"}'
)
ROLE = "role_arn=arn:aws:iam::123456789012:role/x\n"


def started(root: Path, **settings: str) -> dict[str, Any]:
    """The backend, the notes and the problem of a first prompt, after a start with these settings."""
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        env={**without_aws(root), "AWS_ENDPOINT_URL_BEDROCK": NOBODY, "SETUP_ROOT": str(root), **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["took"] < 8
    return found


def doctor(root: Path, **settings: str) -> dict[str, dict[str, str]]:
    """The checks of the command, by name."""
    run = run_doctor(root, "--json", "--free", **{"AWS_ENDPOINT_URL_BEDROCK": NOBODY, **settings})
    assert run.code in (0, 1), run.err
    return run.checks


def config(root: Path, text: str) -> dict[str, str]:
    path = root / "config"
    path.write_text(text, encoding="utf-8")
    return {"AWS_CONFIG_FILE": str(path)}


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture
def refusing_proxy(request: pytest.FixtureRequest) -> Iterator[str]:
    """A proxy that answers every request with one status."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(f"HTTP/1.1 {request.param}\r\nContent-Length: 0\r\n\r\n".encode())

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("process", "said"),
    [
        ("/nowhere/tool", "is not there"),
        ("echo hello", "prints something else than JSON"),
        ("sleep 60", "did not answer within 5 seconds"),
    ],
)
def test_a_credential_process_that_does_not_work_is_named(tmp_path: Path, process: str, said: str) -> None:
    settings = config(tmp_path, f"[default]\nregion=us-east-1\ncredential_process={process}\n")
    found = started(tmp_path, **settings)
    assert (found["kind"], found["problem"]) == ("aws", "credential-process")
    assert said in found["card"]
    if process != "sleep 60":
        check = doctor(tmp_path, **settings)["Credentials"]
        assert (check["status"], said in check["says"]) == ("failed", True)


@pytest.mark.slow
def test_doctor_does_not_wait_for_a_credential_process_that_hangs(tmp_path: Path) -> None:
    settings = config(tmp_path, "[default]\nregion=us-east-1\ncredential_process=sleep 60\n")
    assert "did not answer" in doctor(tmp_path, **settings)["Credentials"]["says"]


@pytest.mark.parametrize(
    ("data", "note", "region"),
    [
        ("AWS_DEFAULT_REGION=eu-west-3\n".encode("utf-16"), "UTF-16", "eu-west-3"),
        ("AWS_DEFAULT_REGION=eu-west-3\n".encode("utf-8-sig"), "", "eu-west-3"),
        ("AWS_DEFAULT_REGION=eu-west-3\nNAME=José\n".encode("latin-1"), "not in UTF-8", "eu-west-3"),
        (b"\x00\x01binary\x00", "not a text", None),
        (b"AWS_DEFAULT_REGION=eu-west-3\n= = =\nexport\n", "", "eu-west-3"),
    ],
)
def test_an_env_file_in_any_encoding_is_read_or_named(
    tmp_path: Path, data: bytes, note: str, region: str | None
) -> None:
    (tmp_path / ".env").write_bytes(data)
    keys = {name: value for name, value in AWS.items() if name != "AWS_DEFAULT_REGION"}
    found = started(tmp_path, **keys)
    assert found["region"] == region
    assert len(found["notes"]) == bool(note)
    assert all(note in said and ".env" in said for said in found["notes"])


def test_an_env_that_is_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    assert ".env cannot be opened" in started(tmp_path, **AWS)["notes"][0]


@pytest.mark.parametrize("name", ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"])
def test_a_line_break_at_the_end_of_a_key_is_removed_and_one_inside_is_named(
    tmp_path: Path, name: str
) -> None:
    assert started(tmp_path, **{**AWS, name: "abc\r\n"})["problem"] == "unreachable"
    found = started(tmp_path, **{**AWS, "AWS_SESSION_TOKEN": "abc\ndef"})
    assert found["problem"] == "line-break"
    assert "AWS_SESSION_TOKEN" in found["card"]
    assert "AWS_SESSION_TOKEN" in found["notes"][0]


@pytest.mark.parametrize(
    "address", ["http://user:p#ss@127.0.0.1:8662", "http://user:p/ss@host:80", "http://"]
)
def test_a_proxy_whose_address_cannot_be_read_is_named(tmp_path: Path, address: str) -> None:
    settings = {**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://bedrock.example", "HTTPS_PROXY": address}
    found = started(tmp_path, **settings)
    assert found["problem"] in ("bad-proxy", "proxy", "unreachable")
    if "@" in address:
        assert found["problem"] == "bad-proxy"
        assert "HTTPS_PROXY" in found["card"]
        assert "%23" in found["card"]
        assert "ss@" not in found["card"]


def test_a_web_identity_token_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = {
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token",
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    found = started(tmp_path, **settings)
    assert found["problem"] == "web-identity-file"
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in found["card"]
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in doctor(tmp_path, **settings)["Credentials"]["says"]


def test_credentials_that_a_process_gives_after_their_expiry_are_called_expired(tmp_path: Path) -> None:
    (tmp_path / "expired.json").write_text(EXPIRED, encoding="utf-8")
    process = f"cat {tmp_path / 'expired.json'}"
    settings = config(tmp_path, f"[default]\nregion=us-east-1\ncredential_process={process}\n")
    assert started(tmp_path, **settings)["problem"] == "key-expired"


@pytest.mark.parametrize(
    "refusing_proxy", ["407 Proxy Authentication Required", "403 Forbidden"], indirect=True
)
def test_a_proxy_that_refuses_is_said_to_refuse(tmp_path: Path, refusing_proxy: str) -> None:
    settings = {
        **AWS,
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://bedrock.example",
        "HTTPS_PROXY": refusing_proxy,
    }
    found = started(tmp_path, **settings)
    assert found["problem"] == "proxy-refused"
    assert "answered 40" in found["card"]


def test_a_file_of_certificates_that_is_not_there_is_named(tmp_path: Path, silent_port: int) -> None:
    address = f"https://127.0.0.1:{silent_port}"
    settings = {**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": address, "AWS_CA_BUNDLE": "/nowhere/ca.pem"}
    found = started(tmp_path, **settings)
    assert found["problem"] == "ca-bundle"
    assert "AWS_CA_BUNDLE" in found["card"]


@pytest.mark.parametrize(
    "unused",
    [
        {"HTTPS_PROXY": "http://user:p#ss@127.0.0.1:8662"},
        {"AWS_CA_BUNDLE": "/nowhere/ca.pem"},
        {"HTTPS_PROXY": "http://user:p#ss@127.0.0.1:8662", "AWS_CA_BUNDLE": "/nowhere/ca.pem"},
    ],
)
def test_a_wrong_setting_is_not_blamed_for_an_error_of_a_call_that_does_not_use_it(
    tmp_path: Path, unused: dict[str, str], silent_port: int
) -> None:
    assert started(tmp_path, **AWS, **unused)["problem"] == "unreachable"
    silent = {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": f"http://127.0.0.1:{silent_port}",
        "SIROCCO_READ_TIMEOUT": "1",
    }
    assert started(tmp_path, **{**AWS, **unused, **silent})["problem"] == "no-answer"
    direct = {
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://bedrock.invalid",
        "NO_PROXY": "bedrock.invalid,127.0.0.1",
    }
    assert started(tmp_path, **{**AWS, **unused, **direct})["problem"] == "unreachable"
    process = config(tmp_path, "[default]\nregion=us-east-1\ncredential_process=/nowhere/tool\n")
    assert started(tmp_path, **process, **unused)["problem"] == "credential-process"
    process = config(tmp_path, "[default]\nregion=us-east-1\ncredential_process=echo hello\n")
    assert started(tmp_path, **process, **unused)["problem"] == "credential-process"


@pytest.mark.parametrize(
    "resource",
    [
        "application-inference-profile/abc",
        "provisioned-model/abc",
        "imported-model/abc",
        "custom-model-deployment/a",
    ],
)
def test_an_arn_whose_model_is_not_known_is_refused_and_nothing_is_called(
    tmp_path: Path, resource: str
) -> None:
    settings = {**AWS, "BEDROCK_MODEL_ID": f"{ACCOUNT_ARN}:{resource}"}
    found = started(tmp_path, **settings)
    assert (found["status"], found["problem"]) == ("failed", "model-refused")
    assert "BEDROCK_MODEL_ID" in found["card"]
    assert "123456789012" not in json.dumps(found)
    assert doctor(tmp_path, **settings)["Model"]["status"] == "failed"


def test_an_arn_of_another_region_is_called_there(tmp_path: Path) -> None:
    arn = "arn:aws:bedrock:eu-west-1::foundation-model/mistral.mistral-large-2402-v1:0"
    found = started(tmp_path, **{**AWS, "BEDROCK_MODEL_ID": arn})
    assert (found["region"], found["problem"]) == ("eu-west-1", "unreachable")
    assert "eu-west-1" in found["notes"][0]


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"AWS_PROFILE": "ghost"}, "profile-not-found"),
        ({**AWS, "AWS_DEFAULT_REGION": "us east 1"}, "bad-region"),
        ({**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "bedrock.local"}, "bad-endpoint"),
        ({**AWS, "AWS_RETRY_MODE": "gently", "AWS_MAX_ATTEMPTS": "many"}, "unreachable"),
        ({**AWS, "AWS_CONFIG_FILE": "/", "AWS_PROFILE": " "}, "unreachable"),
        (
            {
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/credentials",
            },
            "credentials-failed",
        ),
    ],
)
def test_other_broken_set_ups_start_and_have_their_problem(
    tmp_path: Path, settings: dict[str, str], problem: str
) -> None:
    assert started(tmp_path, **settings)["problem"] == problem


@pytest.mark.parametrize(
    "text",
    [
        "region=us-east-1\n[broken\n",
        f"[default]\nregion=us-east-1\n{ROLE}source_profile=b\n[profile b]\n{ROLE}",
    ],
)
def test_a_configuration_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"} if "broken" in text else {}
    found = started(tmp_path, **{**config(tmp_path, text), **keys})
    assert found["problem"] in ("aws-file", "credentials-failed", "partial-credentials")
    assert doctor(tmp_path, **{**config(tmp_path, text), **keys})
