"""Set-ups that hosts really have: chat page and Doctor open in a process of their own and name the cause."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.environment import NOBODY, aws_settings, without_aws

ROOT = Path(__file__).resolve().parents[2]
OPEN = """
import json, os, sys, time
from pathlib import Path
from streamlit.testing.v1 import AppTest
from lib.ui.app import shell, startup

load, root = startup.load_settings, Path(os.environ["SETUP_ROOT"])  # where .env is
startup.load_settings = lambda _, secrets: load(root, secrets)
begun = time.monotonic()
at = AppTest.from_file(shell.__file__, default_timeout=30).run()
opened_s = time.monotonic() - begun
problems = [each.value for each in at.exception]
if at.chat_input:
    at.chat_input[0].set_value("hello")
    at.run()
def shown(at):
    found = [*at.markdown, *at.caption, *at.text, *at.warning, *at.error]
    return " ".join(str(each.value) for each in found)
chat = shown(at)
problems += [each.value for each in at.exception]
at.switch_page(str(Path(shell.__file__).resolve().parents[3] / "pages" / "doctor.py")).run()
problems += [each.value for each in at.exception]
sys.stdout.write(json.dumps({"problems": problems, "opened_s": opened_s, "chat": chat, "doctor": shown(at)}))
sys.stdout.flush()
os._exit(0)  # threads of the page still run
"""
AWS = aws_settings(NOBODY)
REMOTE = {**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "https://bedrock.invalid"}
KEYLESS = {"SIROCCO_BACKEND": "aws", "SIROCCO_DAILY_USD": "none", "AWS_DEFAULT_REGION": "us-east-1"}
ARN = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc"
PROCESS = "[default]\nregion=us-east-1\ncredential_process={}\n"
SETUPS: dict[str, tuple[dict[str, str], dict[str, bytes], str]] = {
    "a program that is not there": (
        KEYLESS,
        {"config": PROCESS.format("/nowhere/tool").encode()},
        "credential_process",
    ),
    "a program that prints text": (
        KEYLESS,
        {"config": PROCESS.format("echo hello").encode()},
        "credential_process",
    ),
    "a .env in UTF-16": (AWS, {".env": "AWS_MAX_ATTEMPTS=1\n".encode("utf-16")}, "UTF-16"),
    "a line break inside a token": ({**AWS, "AWS_SESSION_TOKEN": "abc\ndef"}, {}, "AWS_SESSION_TOKEN"),
    "a proxy with # in its password": (
        {**REMOTE, "HTTPS_PROXY": "http://user:p#ss@127.0.0.1:8662"},
        {},
        "HTTPS_PROXY",
    ),
    "a web identity token that is not there": (
        {
            **KEYLESS,
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/nowhere/token",
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/x",
        },
        {},
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ),
    "a proxy that does not answer": ({**REMOTE, "HTTPS_PROXY": NOBODY}, {}, "proxy"),
    "an ARN whose model is not known": ({**AWS, "BEDROCK_MODEL_ID": ARN}, {}, "BEDROCK_MODEL_ID"),
    "a profile that is not there": ({**KEYLESS, "AWS_PROFILE": "ghost"}, {}, "AWS_PROFILE"),
    "a configuration that cannot be read": (AWS, {"config": b"region=us-east-1\n[broken\n"}, "“config”"),
    "a credentials file that cannot be read": (AWS, {"credentials": b"\xff\xfe[x"}, "“credentials”"),
    "a region with spaces": ({**AWS, "AWS_DEFAULT_REGION": "us east 1"}, {}, "region"),
    "an endpoint without a scheme": (
        {**AWS, "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "bedrock.local"},
        {},
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    ),
    "half a pair of keys": (
        {**KEYLESS, "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"},
        {},
        "AWS_SECRET_ACCESS_KEY",
    ),
    "a .env that is a picture": (AWS, {".env": b"\x89PNG\x00\x01\x00"}, ".env"),
}


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", SETUPS)
def test_chat_and_doctor_open_within_seconds_and_name_the_cause(tmp_path: Path, name: str) -> None:
    settings, files, named = SETUPS[name]
    for file, data in files.items():
        (tmp_path / file).write_bytes(data)
    env = {**without_aws(tmp_path), "AWS_ENDPOINT_URL_BEDROCK": NOBODY, **settings}
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", OPEN],
        cwd=ROOT,
        env={**env, "SETUP_ROOT": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"{name}: opened after {found['opened_s']:.1f} s, all {time.monotonic() - begun:.1f} s")
    assert not found["problems"]
    assert found["opened_s"] < 10
    assert named.lower() in found["chat"].lower()
    assert "123456789012" not in found["chat"] + found["doctor"]
    assert len(found["doctor"]) > 200
