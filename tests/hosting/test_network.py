"""Doctor's check whether Stop can end a running call, and the command that its fix names."""

from __future__ import annotations

from pathlib import Path

import pytest

from lib.bedrock import connection
from lib.bedrock.backend import Backend
from lib.hosting.check import reinstall
from lib.hosting.network import stop
from tests.support.environment import NOBODY


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    monkeypatch.setenv("SIROCCO_BACKEND", "local")
    monkeypatch.setenv("SIROCCO_LOCAL_URL", NOBODY)
    return Backend.detect()


def test_a_stop_that_ends_a_call_at_once_is_ok(backend: Backend) -> None:
    assert stop(backend).status == "ok"


def test_a_botocore_without_the_private_attribute_is_a_warning_with_a_fix(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_pool_classes", lambda _client: {})
    found = stop(backend)
    assert found.status == "warning"
    assert "Stop cannot end a call" in found.says
    assert found.fix == reinstall()


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        ("home = /usr/bin\nuv = 0.13.9\n", "uv pip install -r requirements.txt"),
        ("home = /usr/bin\nversion = 3.11.7\n", "pip install -r requirements.txt"),
        (None, "pip install -r requirements.txt"),
    ],
)
def test_the_fix_names_the_command_of_the_tool_that_made_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str | None, command: str
) -> None:
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    if settings:
        (tmp_path / "pyvenv.cfg").write_text(settings)
    assert reinstall() == f"Run: {command}"


@pytest.mark.usefixtures("no_aws")
def test_without_a_client_the_check_is_skipped_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIROCCO_BACKEND", "aws")
    found = stop(Backend.detect())
    assert (found.status, found.says) == ("skipped", "Needs a region.")
